/**
 * Corridors on the map: an arc for what one country paid another, as wide as its worth, bent to the right of its way so
 * that there and back are told apart; a ring for what stayed within one.
 */

import { geoInterpolate, type GeoPermissibleObjects } from "d3-geo";

import type { Corridor } from "../api/types";

export interface Arc {
  id: string;
  /** Longitude and latitude of points along it; of a ring its one place. */
  points: [number, number][];
  width: number;
  exercise: boolean;
}

const STEPS = 28;
/** How far an arc leaves the shortest way, as a part of its length. */
const BEND = 0.12;
/** Corridors drawn at most, the largest. */
const DRAWN = 250;

/** Arcs and rings of corridors whose countries have a place; widths by worth, or by number where no worth is known. */
export function arcsOf(corridors: readonly Corridor[], places: Record<string, [number, number]>): Arc[] {
  const shown = corridors.filter((one) => places[one.source] && places[one.target]).slice(0, DRAWN);
  const worth = shown.some((one) => one.usd > 0) ? (one: Corridor) => one.usd : (one: Corridor) => one.payments;
  const most = Math.max(1e-9, ...shown.map(worth));
  return shown.map((one) => {
    const from = places[one.source] as [number, number];
    const to = places[one.target] as [number, number];
    const width = 1 + 8 * Math.sqrt(worth(one) / most);
    return { id: one.id, points: one.source === one.target ? [[from[1], from[0]]] : bent([from[1], from[0]], [to[1], to[0]]), width, exercise: one.exercise };
  });
}

/** A curve over the globe between two places, to the right of the shortest way. */
export function bent(from: [number, number], to: [number, number]): [number, number][] {
  const straight = geoInterpolate(from, to);
  const [x, y, z] = cross(vector(from), vector(to));
  const length = Math.hypot(x, y, z) || 1;
  const middle = vector(straight(0.5));
  // the normal of the way points to its left
  const aside = place([middle[0] - (BEND * 2 * length * x) / length, middle[1] - (BEND * 2 * length * y) / length, middle[2] - (BEND * 2 * length * z) / length]);
  const [first, second] = [geoInterpolate(from, aside), geoInterpolate(aside, to)];
  return Array.from({ length: STEPS + 1 }, (_, i) => geoInterpolate(first(i / STEPS), second(i / STEPS))(i / STEPS));
}

type Vector = [number, number, number];
const RADIANS = Math.PI / 180;
const vector = ([lon, lat]: [number, number]): Vector => [Math.cos(lat * RADIANS) * Math.cos(lon * RADIANS), Math.cos(lat * RADIANS) * Math.sin(lon * RADIANS), Math.sin(lat * RADIANS)];
const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const place = ([x, y, z]: Vector): [number, number] => [Math.atan2(y, x) / RADIANS, Math.atan2(z, Math.hypot(x, y)) / RADIANS];

interface Look {
  colour: (arc: Arc) => string;
  chosen: string | null;
  project: (at: [number, number]) => [number, number] | null;
  path: (shape: GeoPermissibleObjects) => void;
}

/** Radius of the ring of what stays within a country. */
const ring = (arc: Arc): number => 8 + arc.width;

export function drawArcs(context: CanvasRenderingContext2D, arcs: readonly Arc[], look: Look) {
  context.lineCap = "round";
  // the largest first, so that what is small lies on top; what is chosen last
  for (const arc of [...arcs].sort((a, b) => Number(a.id === look.chosen) - Number(b.id === look.chosen) || b.width - a.width)) {
    context.globalAlpha = look.chosen === null ? 0.6 : arc.id === look.chosen ? 1 : 0.22;
    context.strokeStyle = context.fillStyle = look.colour(arc);
    context.lineWidth = arc.width;
    context.beginPath();
    if (arc.points.length === 1) {
      const at = look.project(arc.points[0] as [number, number]);
      if (at) context.arc(at[0], at[1], ring(arc), 0, 2 * Math.PI);
      context.stroke();
      continue;
    }
    look.path({ type: "LineString", coordinates: arc.points });
    context.stroke();
    head(context, arc, look);
  }
  context.globalAlpha = 1;
}

/** An arrow head three quarters along, where several that end in one place are still apart. */
function head(context: CanvasRenderingContext2D, arc: Arc, look: Look) {
  const k = Math.round(STEPS * 0.72);
  const [a, b] = [arc.points[k], arc.points[k + 1]];
  const [from, to] = [a && look.project(a), b && look.project(b)];
  if (!from || !to || Math.hypot(to[0] - from[0], to[1] - from[1]) > 120) return; // the map is cut between them
  const turn = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const r = 5 + arc.width;
  context.save();
  context.translate(to[0], to[1]);
  context.rotate(turn);
  context.beginPath();
  context.moveTo(r, 0);
  context.lineTo(-r * 0.7, -r * 0.75);
  context.lineTo(-r * 0.7, r * 0.75);
  context.closePath();
  context.fill();
  context.restore();
}

/** The narrowest arc near a place on the screen; null: there is none. */
export function arcAt(arcs: readonly Arc[], x: number, y: number, project: Look["project"]): string | null {
  let best: Arc | null = null;
  for (const arc of arcs) {
    const near = Math.max(5, arc.width / 2 + 2);
    const drawn = arc.points.map(project);
    const hit =
      drawn.length === 1
        ? drawn[0] && Math.abs(Math.hypot(drawn[0][0] - x, drawn[0][1] - y) - ring(arc)) < near
        : drawn.some((to, i) => {
            const from = drawn[i - 1];
            return from && to && Math.hypot(to[0] - from[0], to[1] - from[1]) < 200 && distance(x, y, from, to) < near;
          });
    if (hit && (!best || arc.width < best.width)) best = arc;
  }
  return best?.id ?? null;
}

function distance(x: number, y: number, [ax, ay]: [number, number], [bx, by]: [number, number]): number {
  const along = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2 || 1)));
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}
