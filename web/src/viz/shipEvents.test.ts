import { describe, expect, it } from "vitest";

import type { ShipEvent, Track } from "../api/types";
import { region, stretch, viewOf } from "./shipEvents";

const gap: ShipEvent = {
  id: "f1", finding: "f1", kind: "ais_gap", title: "Silent", told_by: null, start: "2017-09-02T06:00:00Z", end: "2017-09-03T06:00:00Z",
  lat: 0, lon: 179.5, to: [-179.5, 0], uncertainty_metres: 50_000, handling: "TLP:CLEAR", exercise: false,
}; // prettier-ignore
const track: Track = {
  vessel: { id: null, caption: "A", imo: null, mmsi: "211000001" },
  points: [1, 2, 3, 4].map((day) => [178 + day, 0, `2017-09-0${day}T00:00:00Z`, 8, false]),
  events: [gap],
  handling: "TLP:CLEAR",
  exercise: false,
};

describe("where a silent ship was", () => {
  it("lies about both ends, across the date line, as wide as the uncertainty", () => {
    const corners = region(gap) as [number, number][];
    const lats = corners.map(([, lat]) => lat);
    const lons = corners.map(([lon]) => lon);
    expect(Math.max(...lats)).toBeCloseTo(50 / 111.195, 2);
    expect(Math.min(...lons)).toBeLessThan(179.5);
    expect(Math.max(...lons)).toBeGreaterThan(180.5);
    expect((Math.max(...lons) + Math.min(...lons)) / 2).toBeCloseTo(180, 5);
  });
  it("is nowhere in particular between the ends of a jump, or where nothing was told", () => {
    expect(region({ ...gap, kind: "impossible_speed" })).toBeNull();
    expect(region({ ...gap, uncertainty_metres: null })).toBeNull();
  });
});

describe("the stretch of a track", () => {
  it("reaches from the last message before to the first after", () => {
    expect(stretch(track, gap).map(([lon]) => lon)).toEqual([180, 181, 182]);
    expect(stretch(track, { ...gap, start: "2017-08-01T00:00:00Z", end: "2018-01-01T00:00:00Z" })).toHaveLength(4);
  });
  it("is looked at whole, across the date line", () => {
    const view = viewOf(track);
    expect(view.lon).toBeCloseTo(-179.5, 5);
    expect(view.zoom).toBeGreaterThan(20);
  });
});
