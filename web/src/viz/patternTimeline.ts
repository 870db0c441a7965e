/**
 * A pattern of activity in time: swim lanes by activity or by party, a bar for each finding over its days, a ring for each
 * record that is a step of its own, lines between the lanes of one step. Arrow keys go through the steps in time, Enter opens
 * the evidence. Colours are the page's own variables, so that it follows the scheme, and paper.
 */

import type { PatternParty, PatternStep } from "../api/types";
import { tickText, timeTicks } from "./attemptFlow";
import { onSize, sized, svg, type Drawing, type Look } from "./drawing";
import { ruler, wrap } from "./labels";
import { laid, type LanesBy, type Mark, type PatternLane } from "./patternLanes";

export interface PatternTimelineData extends Look {
  steps: readonly PatternStep[];
  parties: readonly PatternParty[];
  by: LanesBy;
  chosen: number | null;
  /** Of a step, in words: for its label, and for what a reader hears. */
  says: (step: PatternStep) => string;
  onStep: (step: number) => void;
}

const AXIS = 26;
const ROW = 16;
const PAD = 10;
const LEAST = 12;
const COLOUR = { ink: "var(--cf-ink)", soft: "var(--cf-soft)", line: "var(--cf-line)", ground: "var(--cf-ground)", raised: "var(--cf-raised)", accent: "var(--cf-accent)", listed: "var(--cf-listed)" };

const laneHeight = (lane: PatternLane): number => Math.max(30, lane.rows * ROW + 2 * PAD - 4);
const leftOf = (width: number): number => (width < 560 ? 104 : 190);

function lanesAt(data: Pick<PatternTimelineData, "steps" | "parties" | "by">, width: number) {
  const room = Math.max(120, width - leftOf(width) - 30);
  return { ...laid(data.steps, data.parties, data.by, LEAST / room), room };
}

/** Pixels that the drawing needs, in a width that is near enough until it is known. */
export const timelineHeight = (data: Pick<PatternTimelineData, "steps" | "parties" | "by">, width = 760): number =>
  AXIS + lanesAt(data, width).lanes.reduce((sum, lane) => sum + laneHeight(lane), 0) + 6;

export function mountPatternTimeline(element: HTMLElement, initial: PatternTimelineData): Drawing<PatternTimelineData> {
  let data = initial;
  let width = 0;
  let current = 0;
  const words = document.createElement("div");
  const root = svg("svg", { role: "group", "aria-label": "The pattern in time; arrow keys go through its steps, Enter opens the evidence", style: "display:block;overflow:visible" }, element);
  words.className = "cf-attempt-words";
  words.setAttribute("data-testid", "timeline-words");
  element.append(words);

  function draw() {
    if (!width) return;
    const { lanes, first, last, undated, room } = lanesAt(data, width);
    const left = leftOf(width);
    const height = AXIS + lanes.reduce((sum, lane) => sum + laneHeight(lane), 0) + 6;
    root.replaceChildren();
    sized(root, width, height);
    words.textContent = undated ? `${undated} ${undated === 1 ? "step bears" : "steps bear"} no date: in the list below.` : "";
    if (!lanes.length) return;
    const x = (share: number) => left + 8 + share * room;
    ticks(first, last, x, height);
    let top = AXIS;
    const places = new Map<number, { mark: Mark; y: number }[]>();
    for (const lane of lanes) {
      laneOf(lane, top, left);
      for (const mark of lane.marks) {
        const y = top + PAD + mark.row * ROW + 4;
        places.set(mark.step, [...(places.get(mark.step) ?? []), { mark, y }]);
      }
      top += laneHeight(lane);
    }
    const order = [...places.keys()].sort((a, b) => (places.get(a)?.[0]?.mark.from ?? 0) - (places.get(b)?.[0]?.mark.from ?? 0) || a - b);
    current = Math.min(current, order.length - 1);
    order.forEach((step, i) => stepOf(step, i, places.get(step) ?? [], x));
  }

  function ticks(first: number, last: number, x: (share: number) => number, height: number) {
    const span = Math.max(1, last - first);
    let year = true;
    let free = -1;
    for (const at of timeTicks(first, last, Math.max(2, Math.floor(width / 110)))) {
      const where = x((at - first) / span);
      svg("line", { x1: where, x2: where, y1: AXIS - 8, y2: height - 4, stroke: COLOUR.line }, root);
      const said = tickText(at, year || span > 300 * 86_400_000);
      const long = measure(10.5, 400)(said);
      if (where < free || where + long > width) continue;
      free = where + long + 10;
      svg("text", { x: where, y: 12, "font-size": 10.5, fill: COLOUR.soft }, root).textContent = said;
      year = false;
    }
  }

  function laneOf(lane: PatternLane, top: number, left: number) {
    const group = svg("g", { "data-lane": lane.key }, root);
    svg("line", { x1: 0, x2: width, y1: top, y2: top, stroke: COLOUR.line }, group);
    svg("title", {}, group).textContent = lane.title;
    const lines = wrap(lane.title, left - 18, laneHeight(lane) >= 40 ? 2 : 1, measure(12, 550));
    lines.forEach((line, i) => {
      svg("text", { x: 2, y: top + 18 + i * 14, "font-size": 12, "font-weight": 550, fill: lane.listed ? COLOUR.listed : COLOUR.ink }, group).textContent = line;
    });
  }

  function stepOf(step: number, i: number, places: { mark: Mark; y: number }[], x: (share: number) => number) {
    const one = data.steps[step] as PatternStep;
    const chosen = step === data.chosen;
    const colour = chosen ? COLOUR.accent : one.record ? COLOUR.soft : COLOUR.ink;
    const group = svg("g", { "data-step": step, tabindex: i === current ? 0 : -1, role: "button", "aria-label": data.says(one), class: "cf-pattern-step" }, root);
    const ys = places.map(({ y }) => y);
    if (places.length > 1 && places[0]) svg("line", { x1: x(places[0].mark.from) + 4, x2: x(places[0].mark.from) + 4, y1: Math.min(...ys), y2: Math.max(...ys), stroke: colour, "stroke-width": 1, "stroke-dasharray": "2 2" }, group);
    for (const { mark, y } of places) {
      const from = x(mark.from);
      if (one.record) svg("circle", { cx: from + 4, cy: y, r: 4, fill: COLOUR.ground, stroke: colour, "stroke-width": 1.8 }, group);
      else svg("rect", { x: from, y: y - 5, width: Math.max(8, x(mark.to) - from), height: 10, rx: 2, fill: colour, "fill-opacity": chosen ? 1 : 0.82 }, group);
    }
    svg("title", {}, group).textContent = data.says(one);
    const told = () => {
      words.textContent = data.says(one);
    };
    group.addEventListener("click", () => data.onStep(step));
    group.addEventListener("pointerenter", told);
    group.addEventListener("focus", () => {
      current = i;
      told();
    });
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") data.onStep(step);
      else {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
        if (by === undefined) return;
        focus(i + by);
      }
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** One stop of the Tab key for all steps; the arrow keys go through them in time. */
  function focus(to: number) {
    const all = [...root.querySelectorAll<SVGGElement>("[data-step]")];
    const next = Math.min(all.length - 1, Math.max(0, to));
    all.forEach((one, i) => one.setAttribute("tabindex", i === next ? "0" : "-1"));
    all[next]?.focus();
  }

  const measure = (size: number, weight: number) => ruler(`${weight} ${size}px ${getComputedStyle(element).fontFamily}`);

  const stop = onSize(element, (w) => {
    if (w === width) return;
    width = w;
    draw();
  });
  void document.fonts.ready.then(draw);
  return {
    update(next) {
      data = next;
      draw();
    },
    destroy() {
      stop();
      root.remove();
      words.remove();
    },
  };
}
