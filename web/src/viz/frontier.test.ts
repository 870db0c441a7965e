import { expect, it } from "vitest";

import { stepped } from "./frontier";

it("what less money can do more can, and a plan of one's own is on the curve", () => {
  const points = [
    { budget: 0, residual: 100, bound: 100 },
    { budget: 20, residual: 100, bound: 40 },
    { budget: 10, residual: 80, bound: 30 },
  ];
  expect(stepped(points, { budget: 30, residual: 60, bound: 60 })).toEqual([
    { budget: 0, residual: 100, bound: 100 },
    { budget: 10, residual: 80, bound: 60 },
    { budget: 20, residual: 80, bound: 60 },
    { budget: 30, residual: 60, bound: 60 },
  ]);
});
