/**
 * The world on one canvas, centred on the Pacific, drawn from Natural Earth data in the bundle: no tile server. Symbols:
 * disc = event at a known place, hollow = known to the country only; diamond = finding; square = what others told of a
 * ship; violet line = exercise track, dashed where the ship was silent; green arc = payments between two countries. Coarse land while moving, finer land when it stands still and is near.
 */

import { geoNaturalEarth1, geoPath, type GeoPermissibleObjects } from "d3-geo";
import coarseUrl from "world-atlas/countries-110m.json?url";
import fineUrl from "world-atlas/countries-50m.json?url";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

import type { Brief, MapEvent, ShipEvent, Track } from "../api/types";
import { arcAt, drawArcs, type Arc } from "./corridorArcs";
import { fitCanvas, onSize, type Drawing, type Look } from "./drawing";
import { drawDeed, drawRegion, type Pen } from "./shipEvents";

/** Centre in degrees and magnification (1: the whole world fits). */
export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

export interface WorldMapData extends Look {
  events: readonly MapEvent[];
  tracks: readonly Track[];
  /** MMSI of the ship that is followed: what happened on her track is drawn, and others stand back. */
  ship: string | null;
  findings: readonly Brief[];
  arcs: readonly Arc[];
  arc: string | null;
  chosen: string | null;
  view: View;
  /** All events and findings under the pointer. */
  onPick: (ids: string[]) => void;
  onView: (view: View) => void;
  /** The corridor under the pointer, where no symbol is; null: there is none. */
  onArc: (id: string | null) => void;
}

interface World {
  land: GeoPermissibleObjects;
  borders: GeoPermissibleObjects;
}

interface Mark {
  x: number;
  y: number;
  radius: number;
  ids: string[];
  hollow: boolean;
  finding: boolean;
  /** Told of a ship by others. */
  told: boolean;
  exercise: boolean;
  count: number;
}

export const WORLD: View = { lon: 150, lat: 15, zoom: 1 };
const TURN = 150;

const loaded = new Map<string, Promise<World>>();

function world(url: string): Promise<World> {
  let found = loaded.get(url);
  if (!found) {
    found = fetch(url)
      .then((response) => response.json() as Promise<Topology<{ countries: GeometryCollection; land: GeometryCollection }>>)
      .then((topology) => ({
        land: feature(topology, topology.objects.land),
        borders: mesh(topology, topology.objects.countries, (a, b) => a !== b),
      }));
    loaded.set(url, found);
  }
  return found;
}

/** Whether both ships are in one finding. */
function meets(one: Track, other: Track): boolean {
  const ids = new Set(one.events.map((event) => event.id));
  return other.events.some((event) => ids.has(event.id));
}

export function mountWorldMap(element: HTMLElement, initial: WorldMapData): Drawing<WorldMapData> {
  let data = initial;
  let width = 0;
  let height = 0;
  let coarse: World | null = null;
  let fine: World | null = null;
  let moving = false;
  let gone = false;
  let frame = 0;
  let marks: Mark[] = [];
  let pointed: Mark | null = null;
  /** Boxes of the names written so far: one that would lie on another is left out until there is room. */
  let named: [number, number, number, number][] = [];
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "World map; the same records stand in the list beside it");
  canvas.style.touchAction = "none";
  canvas.style.display = "block";
  element.append(canvas);
  const projection = geoNaturalEarth1().rotate([-TURN, 0]);

  void world(coarseUrl).then((answer) => {
    coarse = answer;
    if (!gone) schedule();
  });

  function aim(view: View) {
    projection.fitExtent(
      [
        [4, 4],
        [width - 4, height - 4],
      ],
      { type: "Sphere" },
    );
    const base = projection.scale();
    projection.scale(base * view.zoom).translate([0, 0]);
    const [x, y] = projection([view.lon, view.lat]) ?? [0, 0];
    projection.translate([width / 2 - x, height / 2 - y]).clipExtent([
      [-20, -20],
      [width + 20, height + 20],
    ]);
  }

  function schedule() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  }

  function draw() {
    if (!width || !height || gone) return;
    const { palette, view } = data;
    const context = fitCanvas(canvas, width, height);
    aim(view);
    context.fillStyle = palette.water;
    context.fillRect(0, 0, width, height);
    const path = geoPath(projection, context);
    const near = !moving && view.zoom >= 2.5;
    if (near && !fine) {
      void world(fineUrl).then((answer) => {
        fine = answer;
        if (!gone) schedule();
      });
    }
    eachDeed(context, (_, event, pen) => drawRegion(context, event, pen));
    const shapes = near && fine ? fine : coarse;
    if (shapes) {
      context.beginPath();
      path(shapes.land);
      context.fillStyle = palette.land;
      context.fill();
      context.beginPath();
      path(shapes.borders);
      context.strokeStyle = palette.border;
      context.lineWidth = 0.7;
      context.stroke();
    }
    const project = (at: [number, number]) => projection(at);
    drawArcs(context, data.arcs, {
      colour: (arc) => (arc.id === data.arc ? palette.accent : arc.exercise ? palette.exercise : palette.money),
      chosen: data.arc,
      project,
      path: (shape) => void path(shape),
    });
    named = [];
    const followed = data.tracks.find((track) => track.vessel.mmsi === data.ship);
    for (const track of data.tracks) if (track !== followed) drawTrack(context, track, followed !== undefined && !meets(followed, track));
    if (followed) drawTrack(context, followed, false);
    eachDeed(context, (track, event, pen) => drawDeed(context, track, event, pen));
    marks = cluster();
    for (const mark of marks) drawMark(context, mark);
  }

  const colourOf = (one: { exercise: boolean }) => (one.exercise ? data.palette.exercise : data.palette.ink);

  /** Of the ship that is followed everything that happened, what is chosen last; of all ships what is chosen, or near enough to see. */
  function eachDeed(context: CanvasRenderingContext2D, draw: (track: Track, event: ShipEvent, pen: Pen) => void) {
    const known = new Set(data.findings.map((finding) => finding.id));
    const project = (at: [number, number]) => projection(at);
    const path = geoPath(projection, context);
    const shown = data.tracks.flatMap((track) => {
      const hers = track.vessel.mmsi === data.ship;
      const drawn = (event: ShipEvent) => event.id === data.chosen || hers || (data.ship === null && data.view.zoom >= 4);
      return track.events.filter((event) => (event.finding ? known.has(event.finding) : hers) && drawn(event)).map((event) => ({ track, event, chosen: event.id === data.chosen }));
    });
    for (const { track, event, chosen } of shown.toSorted((a, b) => Number(a.chosen) - Number(b.chosen)))
      draw(track, event, { colour: chosen ? data.palette.accent : colourOf(event), chosen, project, path: (shape) => void path(shape) });
  }

  function drawTrack(context: CanvasRenderingContext2D, track: Track, faint: boolean) {
    const { palette } = data;
    context.strokeStyle = colourOf(track);
    context.globalAlpha = faint ? 0.22 : 1;
    context.lineWidth = track.vessel.mmsi === data.ship ? 1.9 : 1.2;
    let before: { x: number; y: number; silent: boolean } | null = null;
    let last: { x: number; y: number } | null = null;
    for (const silent of [false, true]) {
      context.setLineDash(silent ? [3, 4] : []);
      context.beginPath();
      before = null;
      for (const [lon, lat, , , unheard] of track.points) {
        const at = projection([lon, lat]);
        if (!at) continue;
        const [x, y] = at;
        if (before && before.silent === silent) {
          context.moveTo(before.x, before.y);
          context.lineTo(x, y);
        }
        before = { x, y, silent: unheard };
        last = before;
      }
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
    if (!last || faint || data.view.zoom < 2.5) return;
    context.beginPath();
    context.arc(last.x, last.y, 3, 0, 2 * Math.PI);
    context.fillStyle = context.strokeStyle;
    context.fill();
    write(context, `${track.vessel.caption}${track.exercise ? " · EXERCISE" : ""}`, last.x + 7, last.y + 4, track.exercise ? palette.exercise : palette.ink);
  }

  /** Events within a dot's width of one another become one mark with their number. */
  function cluster(): Mark[] {
    const made: Mark[] = [];
    for (const event of data.events) {
      const at = projection([event.lon, event.lat]);
      if (!at || at[0] < -20 || at[1] < -20 || at[0] > width + 20 || at[1] > height + 20) continue;
      const hollow = event.precision !== null && /country|region|area|sea/i.test(event.precision);
      const near = made.find((m) => !m.finding && m.hollow === hollow && m.exercise === event.exercise && Math.hypot(m.x - at[0], m.y - at[1]) < 11);
      if (near) {
        near.ids.push(event.id);
        near.count += 1;
        near.radius = Math.min(17, 5 + 1.9 * Math.sqrt(near.count));
      } else made.push({ x: at[0], y: at[1], radius: 5, ids: [event.id], hollow, finding: false, told: false, exercise: event.exercise, count: 1 });
    }
    for (const track of data.tracks) {
      if (track.vessel.mmsi !== data.ship) continue;
      for (const event of track.events) {
        const at = event.finding || event.lon === null || event.lat === null ? null : projection([event.lon, event.lat]);
        if (at) made.push({ x: at[0], y: at[1], radius: 5, ids: [event.id], hollow: true, finding: false, told: true, exercise: event.exercise, count: 1 });
      }
    }
    for (const finding of data.findings) {
      const at = finding.lon === null || finding.lat === null ? null : projection([finding.lon, finding.lat]);
      if (!at) continue;
      const near = made.find((m) => m.finding && m.exercise === finding.exercise && Math.hypot(m.x - at[0], m.y - at[1]) < 11);
      if (near) {
        near.ids.push(finding.id);
        near.count += 1;
      } else made.push({ x: at[0], y: at[1], radius: 8, ids: [finding.id], hollow: false, finding: true, told: false, exercise: finding.exercise, count: 1 });
    }
    return made;
  }

  function drawMark(context: CanvasRenderingContext2D, mark: Mark) {
    const { palette, chosen } = data;
    const strong = mark === pointed || (chosen !== null && mark.ids.includes(chosen));
    const colour = strong ? palette.accent : mark.exercise ? palette.exercise : palette.ink;
    context.beginPath();
    if (mark.finding) {
      const r = mark.radius;
      context.moveTo(mark.x, mark.y - r);
      context.lineTo(mark.x + r, mark.y);
      context.lineTo(mark.x, mark.y + r);
      context.lineTo(mark.x - r, mark.y);
      context.closePath();
    } else if (mark.told) context.rect(mark.x - mark.radius, mark.y - mark.radius, 2 * mark.radius, 2 * mark.radius);
    else context.arc(mark.x, mark.y, mark.radius, 0, 2 * Math.PI);
    context.globalAlpha = mark.hollow || mark.finding ? 0.85 : 0.8;
    context.fillStyle = mark.hollow || mark.finding ? palette.ground : colour;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = mark.hollow || mark.finding ? colour : palette.ground;
    context.lineWidth = mark.hollow || mark.finding ? 2 : 1.2;
    context.stroke();
    if (mark.count > 1) {
      context.font = '600 10.5px "Inter Variable", Inter, sans-serif';
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = mark.hollow || mark.finding ? colour : palette.ground;
      context.fillText(String(mark.count), mark.x, mark.y + 0.5);
      context.textBaseline = "alphabetic";
    }
  }

  function write(context: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string) {
    context.font = '500 11.5px "Inter Variable", Inter, sans-serif';
    const box: [number, number, number, number] = [x - 2, y - 11, x + context.measureText(text).width + 2, y + 4];
    if (named.some((other) => other[0] < box[2] && other[2] > box[0] && other[1] < box[3] && other[3] > box[1])) return;
    named.push(box);
    context.textAlign = "left";
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeStyle = data.palette.ground;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  const under = (x: number, y: number): Mark | null =>
    [...marks].reverse().find((mark) => Math.hypot(mark.x - x, mark.y - y) <= mark.radius + 3) ?? null;

  let grip: { x: number; y: number; moved: boolean } | null = null;
  let settle = 0;
  const moved = (view: View) => {
    moving = true;
    data = { ...data, view };
    schedule();
    clearTimeout(settle);
    settle = window.setTimeout(() => {
      moving = false;
      data.onView(data.view);
      schedule();
    }, 180);
  };
  const centre = (zoom: number): View | null => {
    const at = projection.invert?.([width / 2, height / 2]);
    if (!at || !at.every(Number.isFinite)) return null;
    return { lon: at[0], lat: Math.max(-75, Math.min(82, at[1])), zoom };
  };
  const pan = (dx: number, dy: number) => {
    const [x, y] = projection.translate();
    projection.translate([x + dx, y + dy]);
    const view = centre(data.view.zoom);
    if (view) moved(view);
  };
  const down = (event: PointerEvent) => {
    grip = { x: event.offsetX, y: event.offsetY, moved: false };
    canvas.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (grip) {
      const dx = event.offsetX - grip.x;
      const dy = event.offsetY - grip.y;
      if (!grip.moved && Math.hypot(dx, dy) < 4) return;
      grip = { x: event.offsetX, y: event.offsetY, moved: true };
      pan(dx, dy);
      return;
    }
    const mark = under(event.offsetX, event.offsetY);
    if (mark?.ids[0] !== pointed?.ids[0]) {
      pointed = mark;
      canvas.style.cursor = mark ? "pointer" : "grab";
      schedule();
    }
  };
  const up = (event: PointerEvent) => {
    if (grip && !grip.moved) {
      const ids = under(event.offsetX, event.offsetY)?.ids ?? [];
      data.onPick(ids);
      if (data.arcs.length) data.onArc(ids.length ? null : arcAt(data.arcs, event.offsetX, event.offsetY, (at) => projection(at)));
    }
    grip = null;
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const zoom = Math.min(60, Math.max(1, data.view.zoom * Math.exp(-event.deltaY * 0.0016)));
    const anchor = projection.invert?.([event.offsetX, event.offsetY]);
    aim({ ...data.view, zoom });
    if (anchor && anchor.every(Number.isFinite)) {
      const [x, y] = projection(anchor) ?? [event.offsetX, event.offsetY];
      const [tx, ty] = projection.translate();
      projection.translate([tx + event.offsetX - x, ty + event.offsetY - y]);
    }
    moved(zoom === 1 ? WORLD : (centre(zoom) ?? { ...data.view, zoom }));
  };
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("wheel", wheel, { passive: false });
  const stop = onSize(element, (w, h) => {
    width = w;
    height = h;
    schedule();
  });

  return {
    update(next) {
      data = next;
      schedule();
    },
    destroy() {
      gone = true;
      cancelAnimationFrame(frame);
      clearTimeout(settle);
      stop();
      canvas.remove();
    },
  };
}
