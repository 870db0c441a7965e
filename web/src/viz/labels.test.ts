import { expect, it } from "vitest";

import { spread, wrap } from "./labels";

const letters = (text: string) => text.length;

it("breaks between words and says where it left something out", () => {
  expect(wrap("Nuclear weapons programme", 16, 2, letters)).toEqual(["Nuclear weapons", "programme"]);
  expect(wrap("Korea Mining Development Trading Corporation", 16, 2, letters)).toEqual(["Korea Mining", "Development Tra…"]);
  expect(wrap("Dandongzhichengmetallic", 10, 2, letters)).toEqual(["Dandongzh…"]);
  expect(wrap("Narcotics", 16, 2, letters)).toEqual(["Narcotics"]);
});

it("leaves alone what is not in the way", () => {
  expect(spread([{ middle: 10, height: 10 }, { middle: 50, height: 10 }], 0, 100)).toEqual([5, 45]);
});

it("moves neighbours apart evenly, and what they push against with them", () => {
  expect(spread([{ middle: 50, height: 10 }, { middle: 50, height: 10 }], 0, 100)).toEqual([40, 50]);
  const three = spread([{ middle: 40, height: 20 }, { middle: 44, height: 20 }, { middle: 48, height: 20 }], 0, 100);
  expect(three).toEqual([14, 34, 54]);
});

it("stays between top and bottom, even where everything wants to be at one end", () => {
  for (const middle of [-50, 0, 500]) {
    const edges = spread(Array.from({ length: 5 }, () => ({ middle, height: 20 })), 10, 120);
    expect(edges[0]).toBeGreaterThanOrEqual(10);
    expect((edges[4] ?? 0) + 20).toBeLessThanOrEqual(120);
    edges.slice(1).forEach((edge, i) => expect(edge - (edges[i] ?? 0)).toBeGreaterThanOrEqual(20));
  }
});
