import { expect, it } from "vitest";

import { disorder, own, typed } from "./cells";

it("a probability is typed as people write it", () => {
  expect(["0.8", "80 %", "80", " 77% "].map(typed)).toEqual([0.8, 0.8, 0.8, 0.77]);
  expect(["", "0", "1.0%%", "100", "much", "-3"].map(typed)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
});

it("only what differs is a workspace's own", () => {
  expect(own({ A1: 0.9, B2: 0.7 }, { A1: 0.95, B2: 0.7 })).toEqual({ A1: 0.9 });
});

it("a table that turns its order round is told", () => {
  expect(disorder({ A1: 0.5, A2: 0.8, A3: 0.6, A4: 0.3, A5: 0.1 })).toEqual(["A1 is worth less than A2"]);
});
