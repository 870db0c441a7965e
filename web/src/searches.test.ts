import { expect, it } from "vitest";

import { parseSearch, stringifySearch } from "./searches";

it("a search survives the address line", () => {
  for (const search of [
    { center: "office39:office-39", hops: "2", expand: ["un:6908524", "ofac:12209"], q: "39호실" },
    { view: "126.50,37.50,9.00", q: "a&b=c #1" },
    {},
  ]) {
    expect(parseSearch(stringifySearch(search))).toEqual(search);
  }
});

it("what is not set leaves no trace, and ids stay legible", () => {
  expect(stringifySearch({ a: undefined, b: null, c: "", center: "office39:bda" })).toBe("?center=office39:bda");
});
