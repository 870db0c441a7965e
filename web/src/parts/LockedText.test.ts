import { expect, it } from "vitest";

import { locks, pieces } from "./LockedText";

it("puts a sentence together again", () => {
  for (const text of ["It takes in 420 (300 to 960) million.", "No number.", "2016-09-29: it did.", "1"]) {
    expect(pieces(text, false).map((one) => one.text).join("")).toBe(text);
  }
});

it("locks numbers, and a judgement's word of likelihood", () => {
  expect(locks("It takes in 1,200 (3.5 to 9) in 2016-09.", false).split("\u0000")).toEqual(["1,200", "3.5", "9", "2016-09"]);
  expect(locks("It is very likely that 3 come.", true).split("\u0000")).toEqual(["very likely", "3"]);
  expect(locks("It is very likely.", false)).toBe("");
});
