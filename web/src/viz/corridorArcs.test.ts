import { geoDistance } from "d3-geo";
import { describe, expect, it } from "vitest";

import type { Corridor } from "../api/types";
import { arcAt, arcsOf, bent } from "./corridorArcs";

const corridor = (source: string, target: string, usd: number): Corridor => ({ id: `${source}>${target}`, source, target, payments: 1, usd, unrated: 0, start: null, end: null, handling: "TLP:CLEAR", exercise: false });
const places: Record<string, [number, number]> = { de: [51, 10], hk: [22.4, 114.2], us: [39.9, -98.8] };

describe("arcs between countries", () => {
  it("begin and end where their countries are", () => {
    const points = bent([10, 51], [114.2, 22.4]);
    expect(geoDistance(points[0] as [number, number], [10, 51])).toBeLessThan(1e-6);
    expect(geoDistance(points.at(-1) as [number, number], [114.2, 22.4])).toBeLessThan(1e-6);
  });
  it("lie apart there and back", () => {
    const there = bent([10, 51], [114.2, 22.4]);
    const back = bent([114.2, 22.4], [10, 51]).reverse();
    expect(geoDistance(there[14] as [number, number], back[14] as [number, number])).toBeGreaterThan(0.05);
  });
  it("are as wide as their worth, and left out where a country has no place", () => {
    const arcs = arcsOf([corridor("de", "hk", 100), corridor("hk", "us", 25), corridor("de", "zz", 9), corridor("us", "us", 4)], places);
    expect(arcs.map((arc) => [arc.id, Math.round(arc.width * 10) / 10, arc.points.length])).toEqual([["de>hk", 9, 29], ["hk>us", 5, 29], ["us>us", 2.6, 1]]);
  });
  it("are found under the pointer, the narrow one where two cross", () => {
    const arcs = arcsOf([corridor("de", "hk", 100), corridor("us", "us", 4)], places);
    const flat = (at: [number, number]): [number, number] => [at[0] * 4, -at[1] * 4];
    const [x, y] = flat(arcs[0]?.points[14] as [number, number]);
    expect(arcAt(arcs, x, y, flat)).toBe("de>hk");
    expect(arcAt(arcs, x, y + 60, flat)).toBe(null);
  });
});
