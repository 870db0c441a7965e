import { describe, expect, it } from "vitest";

import { momentOf } from "./dates";
import { rowsOf } from "./timeBar";

describe("marks on the time bar", () => {
  it("stand in rows where they would lie on one another, no more than three", () => {
    expect(rowsOf([[0, 10], [20, 30], [5, 15], [6, 8], [7, 9]])).toEqual([0, 0, 1, 2, 2]); // prettier-ignore
  });
  it("stand at their very time", () => {
    const [noon, next] = [momentOf("2017-09-10T12:00:00Z"), momentOf("2017-09-11")] as [number, number];
    expect((next - noon) * 372).toBeCloseTo(0.5, 5);
    expect(momentOf("2017")).toBe(2017);
    expect(momentOf(null)).toBeNull();
  });
});
