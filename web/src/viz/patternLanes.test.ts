import { describe, expect, it } from "vitest";

import type { PatternParty, PatternStep } from "../api/types";
import { instant, laid, MOST_LANES } from "./patternLanes";

const step = (start: string | null, end: string | null = start, more: Partial<PatternStep> = {}): PatternStep => ({
  finding: "f-1", kind: "ship", activity: "ships", parties: ["a"], start, end, what: "it", record: null, evidence: ["e"], lat: null, lon: null, ...more,
});
const party = (entity: string, listed = false): PatternParty => ({ entity, caption: entity.toUpperCase(), roles: [], findings: 1, listed });

describe("partial dates", () => {
  it("a year is all of it, a day to its last instant", () => {
    expect(instant("2016")).toBe(Date.UTC(2016, 0, 1));
    expect(instant("2016", true)).toBe(Date.UTC(2017, 0, 1) - 1);
    expect(instant("2016-02", true)).toBe(Date.UTC(2016, 2, 1) - 1);
    expect(instant("2016-02-03", true)).toBe(Date.UTC(2016, 1, 4) - 1);
    expect(instant("2016-02-03T10:00:00Z", true)).toBe(Date.UTC(2016, 1, 3, 10));
  });
});

describe("lanes", () => {
  it("by activity, in the order in which they begin", () => {
    const steps = [step("2017-05-02", "2017-05-02", { activity: "laundering" }), step("2017-05-01")];
    expect(laid(steps, [], "activity", 0.01).lanes.map((lane) => lane.title)).toEqual(["ships", "laundering"]);
  });

  it("by party: a step lies in the lane of each, and of the others together where there are too many", () => {
    const parties = Array.from({ length: MOST_LANES + 2 }, (_, i) => party(`p${i}`, i === 0));
    const steps = [step("2017-05-01", null, { parties: ["p0", "p1"] }), step("2017-05-02", null, { parties: [`p${MOST_LANES}`] })];
    const { lanes } = laid(steps, parties, "party", 0.01);
    expect(lanes.map((lane) => lane.title)).toEqual(["P0", "P1", "others"]);
    expect(lanes[0]?.listed).toBe(true);
    expect(lanes[0]?.marks[0]?.step).toBe(0);
  });

  it("what overlaps in a lane lies in rows of its own", () => {
    const steps = [step("2017-05-01", "2017-05-10"), step("2017-05-05"), step("2017-05-11", "2017-05-20")];
    const [lane] = laid(steps, [], "activity", 0.01).lanes;
    expect(lane?.rows).toBe(2);
    expect(lane?.marks.map((mark) => mark.row)).toEqual([0, 1, 0]);
  });

  it("two of one day do not lie on each other", () => {
    const [lane] = laid([step("2017-05-01"), step("2017-05-01"), step("2018-05-01")], [], "activity", 0.02).lanes;
    expect(lane?.rows).toBe(2);
  });

  it("undated steps are counted, and none of them is no error", () => {
    expect(laid([step(null), step("2017")], [], "activity", 0.01).undated).toBe(1);
    expect(laid([step(null)], [], "activity", 0.01).lanes).toEqual([]);
  });
});
