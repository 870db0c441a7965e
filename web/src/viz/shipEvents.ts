/**
 * What happened on a ship's track: a silence as a dashed stretch with the region in which she must have been, a jump as
 * a dotted one, anything else as a ring as wide as its place is uncertain. Only degrees and metres here, and drawing.
 */

import type { ShipEvent, Track } from "../api/types";
import { momentOf } from "./dates";
import type { View } from "./worldMap";

type Degrees = [number, number];

const METRES_PER_DEGREE = 111_195;
const CORNERS = 48;

/**
 * Corners of the region in which the ship was: an ellipse about both ends of a silence, whose lesser half axis is the
 * uncertainty; a circle about any other event. Null: none was told.
 */
export function region(event: ShipEvent): Degrees[] | null {
  const width = event.uncertainty_metres;
  if (event.lat === null || event.lon === null || !width || jump(event)) return null;
  const narrow = Math.max(0.02, Math.cos((event.lat * Math.PI) / 180));
  const [east, north] = event.to
    ? [turn(event.to[0] - event.lon) * METRES_PER_DEGREE * narrow, (event.to[1] - event.lat) * METRES_PER_DEGREE]
    : [0, 0];
  const half = Math.hypot(east, north) / 2;
  const long = Math.hypot(width, half);
  const [along, across] = half ? [east / 2 / half, north / 2 / half] : [1, 0];
  return Array.from({ length: CORNERS + 1 }, (_, k) => {
    const angle = (2 * Math.PI * k) / CORNERS;
    const [u, v] = [long * Math.cos(angle), width * Math.sin(angle)];
    const x = east / 2 + u * along - v * across;
    const y = north / 2 + u * across + v * along;
    return [(event.lon as number) + x / METRES_PER_DEGREE / narrow, Math.max(-89, Math.min(89, (event.lat as number) + y / METRES_PER_DEGREE))];
  });
}

/** Degrees east between two longitudes, the short way round. */
const turn = (degrees: number): number => ((degrees + 540) % 360) - 180;

/** Whether its two places are those of a jump, between which no ship sailed. */
export const jump = (event: ShipEvent): boolean => event.to !== null && event.kind === "impossible_speed";

/** Points of a track from the last before an event to the first after it. */
export function stretch(track: Track, event: ShipEvent): Degrees[] {
  const [start, end] = [momentOf(event.start), momentOf(event.end)];
  if (start === null || end === null) return [];
  const times = track.points.map((point) => momentOf(point[2]) ?? 0);
  const first = Math.max(0, times.findLastIndex((time) => time <= start));
  const last = times.findIndex((time) => time >= end);
  return track.points.slice(first, (last < 0 ? times.length : last) + 1).map(([lon, lat]) => [lon, lat]);
}

/** The view that holds a whole track and what happened on it. */
export function viewOf(track: Track): View {
  const ends = track.events.flatMap((event) => (event.to ? [event.to] : []));
  const first = track.points[0]?.[0] ?? 0;
  const lons = [...track.points.map((point) => point[0]), ...ends.map((end) => end[0])].map((lon) => first + turn(lon - first));
  const lats = [...track.points.map((point) => point[1]), ...ends.map((end) => end[1])];
  const [west, east] = range(lons);
  const [south, north] = range(lats);
  const zoom = Math.min(60, Math.max(1, 200 / Math.max(east - west, 2 * (north - south), 2)));
  return { lon: turn((west + east) / 2), lat: (south + north) / 2, zoom };
}

/** Least and greatest, of any number of values. */
function range(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity]);
}

export interface Pen {
  colour: string;
  chosen: boolean;
  project: (at: Degrees) => Degrees | null;
  path: (shape: GeoJSON.Polygon | GeoJSON.LineString) => void;
}

/** Where she must have been; to be drawn before the land, for ships are at sea. */
export function drawRegion(context: CanvasRenderingContext2D, event: ShipEvent, pen: Pen) {
  const corners = region(event);
  if (!corners) return;
  context.strokeStyle = context.fillStyle = pen.colour;
  context.beginPath();
  // clockwise: what is inside lies to the right, as the projection wants it
  pen.path({ type: "Polygon", coordinates: [corners.toReversed()] });
  context.globalAlpha = pen.chosen ? 0.22 : 0.08;
  context.fill();
  context.globalAlpha = pen.chosen ? 0.9 : 0.35;
  context.lineWidth = 1;
  context.stroke();
  context.globalAlpha = 1;
}

/** What she did: a line between two places, or the stretch of her track that it is about. */
export function drawDeed(context: CanvasRenderingContext2D, track: Track, event: ShipEvent, pen: Pen) {
  context.strokeStyle = context.fillStyle = pen.colour;
  if (event.to && event.lat !== null && event.lon !== null) {
    context.beginPath();
    pen.path({ type: "LineString", coordinates: [[event.lon, event.lat], event.to] });
    context.setLineDash(jump(event) ? [1, 4] : [6, 5]);
    context.lineWidth = pen.chosen ? 3 : 2;
    context.stroke();
    context.setLineDash([]);
    const at = pen.project(event.to);
    if (at) {
      context.beginPath();
      context.arc(at[0], at[1], 3.5, 0, 2 * Math.PI);
      context.fill();
    }
  } else if (pen.chosen) {
    context.beginPath();
    pen.path({ type: "LineString", coordinates: stretch(track, event) });
    context.lineWidth = 3.5;
    context.stroke();
  }
}
