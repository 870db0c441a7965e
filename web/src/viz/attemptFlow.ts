/**
 * An attempt as a flow in time: accounts as lanes, payments as arrows from lane to lane at their time, as wide as their
 * amount. Time runs to the right and is stretched where payments would lie on each other; its ticks say so. A lane is drawn
 * strong while money is in it. Colours are the page's own variables, so that it follows the scheme, and paper.
 */

import { grouped, lanesOf, type Arrow, type Grouping, type Lane } from "./attemptLanes";
import type { Attempt, AttemptPayment } from "../api/types";
import { onSize, sized, svg, type Drawing, type Look } from "./drawing";
import { ruler, spread, wrap } from "./labels";

export interface AttemptFlowData extends Look {
  attempt: Attempt;
  group: Grouping;
  fold: boolean;
  /** Payments outside the time bar's window stay as shadows. */
  shows: (payment: AttemptPayment) => boolean;
  /** Payment whose evidence is open. */
  chosen: string | null;
  /** Of an arrow, in print: what stands beside it, and what a reader hears. */
  amount: (arrow: Arrow) => string;
  says: (arrow: Arrow) => string;
  /** Of a lane: its name, and what it is. */
  title: (lane: Lane) => string;
  what: (lane: Lane) => string;
  onPayments: (ids: string[]) => void;
  /** A fold was pressed. */
  onUnfold: () => void;
}

const AXIS = 30;
const HEAD = 20;
const COLOUR = { ink: "var(--cf-ink)", soft: "var(--cf-soft)", line: "var(--cf-line)", ground: "var(--cf-ground)", money: "var(--cf-money)", accent: "var(--cf-accent)", listed: "var(--cf-listed)", exercise: "var(--cf-exercise)" };

/** Pixels between lanes: fewer where there are many. */
const laneHeight = (n: number): number => (n <= 14 ? 36 : n <= 26 ? 26 : 20);

const rows = (data: Pick<AttemptFlowData, "attempt" | "group" | "fold">) => {
  const found = lanesOf(data.attempt.accounts, data.attempt.payments, data.fold);
  return { ...found, groups: grouped(found.lanes, data.group) };
};

export function attemptHeight(data: Pick<AttemptFlowData, "attempt" | "group" | "fold">): number {
  const { lanes, groups } = rows(data);
  return AXIS + lanes.length * laneHeight(lanes.length) + groups.filter((one) => one.title).length * HEAD + 10;
}

const HOUR = 3_600_000;
const STEPS = [1 / 60, 5 / 60, 0.25, 1, 3, 6, 12, 24, 48, 24 * 7, 24 * 14, 24 * 30, 24 * 91, 24 * 365, 24 * 3650].map((hours) => hours * HOUR);

/** Round times between two, no more than `most`. */
export function timeTicks(first: number, last: number, most: number): number[] {
  const step = STEPS.find((one) => (last - first) / one <= most) ?? (STEPS.at(-1) as number);
  const found: number[] = [];
  for (let at = Math.ceil(first / step) * step; at <= last; at += step) found.push(at);
  return found;
}

/** `09-04` at midnight, `11:00` in the day, `2022-09-04` where nothing before has said the year. */
export function tickText(at: number, year: boolean): string {
  const iso = new Date(at).toISOString();
  const midnight = at % (24 * HOUR) === 0;
  return year ? iso.slice(0, midnight ? 10 : 16).replace("T", " ") : midnight ? iso.slice(5, 10) : iso.slice(11, 16);
}

export function mountAttemptFlow(element: HTMLElement, initial: AttemptFlowData): Drawing<AttemptFlowData> {
  let data = initial;
  let width = 0;
  let current = 0;
  const scroller = document.createElement("div");
  scroller.className = "cf-attempt-scroll";
  const words = document.createElement("div");
  words.className = "cf-attempt-words";
  words.setAttribute("data-testid", "attempt-words");
  const root = svg("svg", { role: "group", "aria-label": "The attempt in time; arrow keys go through its payments, Enter opens the evidence", style: "display:block;overflow:visible" }, scroller);
  element.append(scroller, words);

  function draw() {
    if (!width) return;
    const { attempt } = data;
    const { lanes, arrows, groups, folded, undated } = rows(data);
    const tall = laneHeight(lanes.length);
    const left = width < 560 ? 112 : 218;
    const thick = thickness(arrows, (width - left) / Math.max(1, arrows.length));
    const needed = arrows.reduce((sum, one) => sum + thick(one) + 8, 0);
    const right = Math.max(width, left + 40 + needed);
    const height = attemptHeight(data);
    root.replaceChildren();
    sized(root, right, height);
    const y = new Map<string, number>();
    let top = AXIS;
    for (const group of groups) {
      if (group.title) {
        text(group.title, 2, top + 14, { size: 11.5, weight: 640, fill: COLOUR.ink, most: left - 6 });
        svg("line", { x1: 0, x2: right, y1: top + HEAD - 1, y2: top + HEAD - 1, stroke: COLOUR.line }, root);
        top += HEAD;
      }
      for (const lane of group.lanes) {
        y.set(lane.key, top + tall / 2);
        top += tall;
      }
    }
    if (!arrows.length) {
      words.textContent = undated ? `${undated} payments bear no time: they stand in the table.` : "";
      return;
    }
    const x = places(arrows, left + 24, right - 26, thick);
    ticks(arrows, x, height, right);
    for (const lane of lanes) laneOf(lane, y.get(lane.key) ?? 0, arrows, x, left, right, tall);
    current = Math.min(current, arrows.length - 1);
    arrows.forEach((arrow, i) => arrowOf(arrow, i, x[i] ?? 0, y, thick(arrow)));
    const boxes = arrows.map((one, i): Box => {
      const ends = [y.get(one.from) ?? 0, y.get(one.to) ?? 0];
      return [(x[i] ?? 0) - thick(one) / 2 - 1, Math.min(...ends), (x[i] ?? 0) + thick(one) / 2 + 1, Math.max(...ends)];
    });
    const order = arrows.map((_, i) => i).sort((a, b) => (arrows[b]?.usd ?? 0) - (arrows[a]?.usd ?? 0));
    for (const i of order) label(arrows[i] as Arrow, x[i] ?? 0, y, tall, boxes, left, right, thick(arrows[i] as Arrow));
    hint(folded, undated, attempt.left_out);
  }

  function hint(folded: boolean, undated: number, out: number) {
    const parts = [folded && "Accounts that do the same, and payments of nearly the same time, are folded together", undated && `${undated} undated in the table`, out && `${out} more payments are not drawn`];
    words.textContent = parts.filter(Boolean).join(". ");
  }

  /** Where each arrow stands: at its time on a straight scale, moved as little as keeps it off its neighbours. */
  function places(arrows: Arrow[], from: number, to: number, thick: (arrow: Arrow) => number): number[] {
    const first = arrows[0]?.at ?? 0;
    const span = Math.max(1, (arrows.at(-1)?.at ?? 0) - first);
    const boxes = arrows.map((one) => ({ middle: from + ((one.at - first) / span) * (to - from), height: thick(one) + 8 }));
    const edges = spread(boxes, from - 8, to + 8);
    return arrows.map((one, i) => (edges[i] ?? 0) + (thick(one) + 8) / 2);
  }

  function ticks(arrows: Arrow[], x: number[], height: number, right: number) {
    const first = arrows[0] as Arrow;
    const last = arrows.at(-1) as Arrow;
    const place = (at: number): number => {
      const k = arrows.findIndex((one) => one.at >= at);
      const [a, b] = [arrows[k - 1], arrows[k]];
      if (!b) return x.at(-1) ?? 0;
      if (!a || b.at === a.at) return x[k] ?? 0;
      return (x[k - 1] ?? 0) + ((at - a.at) / (b.at - a.at)) * ((x[k] ?? 0) - (x[k - 1] ?? 0));
    };
    let free = -Infinity;
    let year = true;
    const found = timeTicks(first.at, last.at, Math.max(2, (right - (x[0] ?? 0)) / 62));
    for (const at of found.length ? found : [first.at]) {
      const where = place(at);
      svg("line", { x1: where, x2: where, y1: AXIS - 8, y2: height - 6, stroke: COLOUR.line, "stroke-width": at % (24 * HOUR) ? 0.5 : 1 }, root);
      const said = tickText(at, year);
      const long = measure(10.5, 400)(said);
      if (where - (year ? 0 : long / 2) < free) continue;
      free = where + (year ? long : long / 2) + 10;
      svg("text", { x: where, y: 14, "text-anchor": year ? "start" : "middle", "font-size": 10.5, fill: COLOUR.soft }, root).textContent = said;
      year = false;
    }
  }

  function laneOf(lane: Lane, at: number, arrows: Arrow[], x: number[], left: number, right: number, tall: number) {
    const group = svg("g", { "data-lane": lane.key }, root);
    const own = arrows.flatMap((one, i) => (one.from === lane.key || one.to === lane.key ? [x[i] ?? 0] : []));
    svg("line", { x1: left, x2: right - 4, y1: at, y2: at, stroke: COLOUR.line, "stroke-dasharray": "1 4" }, group);
    if (own.length) svg("line", { x1: Math.min(...own), x2: Math.max(...own), y1: at, y2: at, stroke: COLOUR.soft, "stroke-width": lane.role === "relay" || lane.role === "origin" ? 3 : 1.4, "stroke-opacity": 0.6, "stroke-linecap": "round" }, group);
    sign(lane, left - 9, at, group);
    const name = data.title(lane);
    const what = data.what(lane);
    svg("title", {}, group).textContent = [name, what].filter(Boolean).join("\n");
    if (tall >= 30) {
      text(name, 2, at - 2, { size: 12, weight: 550, fill: COLOUR.ink, most: left - 24 }, group);
      text(what, 2, at + 12, { size: 10.5, weight: 400, fill: COLOUR.soft, most: left - 24 }, group);
    } else text(`${name} · ${what}`, 2, at + 4, { size: 11, weight: 500, fill: COLOUR.ink, most: left - 24 }, group);
    if (lane.accounts.length > 1) {
      const fold = svg("rect", { x: 0, y: at - tall / 2 + 1, width: left - 20, height: tall - 2, fill: "transparent", style: "cursor:pointer", role: "button", tabindex: 0, "aria-label": `${name}: draw each by itself` }, group);
      fold.addEventListener("click", data.onUnfold);
      fold.addEventListener("keydown", (event) => event.key === "Enter" && data.onUnfold());
    }
  }

  /** What an account does, by shape: source a triangle, relay a diamond, sink a square, where it comes back to a ring. */
  function sign(lane: Lane, x: number, y: number, group: Element) {
    const r = 5;
    const look = { fill: lane.role === "origin" ? "none" : COLOUR.ink, stroke: COLOUR.ink, "stroke-width": 1.6 };
    if (lane.listed) svg("circle", { cx: x, cy: y, r: 9, fill: "none", stroke: COLOUR.listed, "stroke-width": 2 }, group);
    if (lane.role === "origin") svg("circle", { cx: x, cy: y, r: r - 0.5, ...look, "stroke-width": 2.4 }, group);
    else {
      const shape = { source: `M${x - r + 1},${y - r}L${x + r},${y}L${x - r + 1},${y + r}Z`, relay: `M${x},${y - r}L${x + r},${y}L${x},${y + r}L${x - r},${y}Z`, sink: `M${x - r + 1},${y - r + 1}h${2 * r - 2}v${2 * r - 2}h${2 - 2 * r}Z` }[lane.role];
      svg("path", { d: shape, ...look }, group);
    }
  }

  function arrowOf(arrow: Arrow, i: number, x: number, y: ReadonlyMap<string, number>, thick: number): SVGGElement {
    const from = y.get(arrow.from) ?? 0;
    const to = y.get(arrow.to) ?? 0;
    const shown = arrow.payments.some(data.shows);
    const chosen = arrow.payments.some((one) => one.id === data.chosen);
    const colour = chosen ? COLOUR.accent : arrow.payments.every((one) => one.exercise) ? COLOUR.exercise : COLOUR.money;
    const group = svg("g", { "data-payment": arrow.payments[0]?.id, tabindex: i === current ? 0 : -1, role: "button", "aria-label": data.says(arrow), class: "cf-attempt-arrow", opacity: shown ? 1 : 0.18 }, root);
    const head = Math.max(4.5, thick * 1.3);
    if (from === to) {
      svg("path", { d: `M${x - 5},${from}a7 7 0 1 1 10 0`, fill: "none", stroke: colour, "stroke-width": thick }, group);
    } else {
      const way = Math.sign(to - from);
      svg("rect", { x: x - Math.max(6, thick), y: Math.min(from, to), width: 2 * Math.max(6, thick), height: Math.abs(to - from), fill: "transparent" }, group);
      svg("line", { x1: x, x2: x, y1: from, y2: to - way * head, stroke: colour, "stroke-width": thick }, group);
      svg("path", { d: `M${x - head},${to - way * head * 1.5}L${x + head},${to - way * head * 1.5}L${x},${to}Z`, fill: colour }, group);
      svg("circle", { cx: x, cy: from, r: Math.max(2.4, thick / 2 + 0.8), fill: COLOUR.ground, stroke: colour, "stroke-width": 1.4 }, group);
    }
    svg("title", {}, group).textContent = data.says(arrow);
    const open = () => data.onPayments(arrow.payments.map((one) => one.id));
    const told = () => {
      words.textContent = data.says(arrow);
      scroller.setAttribute("data-pointing", "");
    };
    group.addEventListener("click", open);
    group.addEventListener("pointerenter", told);
    group.addEventListener("focus", () => {
      current = i;
      told();
    });
    group.addEventListener("pointerleave", () => scroller.removeAttribute("data-pointing"));
    group.addEventListener("blur", () => scroller.removeAttribute("data-pointing"));
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") open();
      else {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
        if (by === undefined) return;
        focus(i + by);
      }
      event.preventDefault();
      event.stopPropagation();
    });
    return group;
  }

  /** One stop of the Tab key for all payments; the arrow keys go through them in time. */
  function focus(to: number) {
    const all = [...root.querySelectorAll<SVGGElement>("[data-payment]")];
    const next = Math.min(all.length - 1, Math.max(0, to));
    all.forEach((one, i) => one.setAttribute("tabindex", i === next ? "0" : "-1"));
    all[next]?.focus();
  }

  type Box = [number, number, number, number];

  /** The amount beside its arrow, where nothing else is; the largest first. Where there is no room it is told on hover. */
  function label(arrow: Arrow, x: number, y: ReadonlyMap<string, number>, tall: number, boxes: Box[], left: number, right: number, thick: number) {
    const said = data.amount(arrow);
    if (!said) return;
    const long = measure(11, 500)(said);
    const from = y.get(arrow.from) ?? 0;
    const to = y.get(arrow.to) ?? 0;
    const way = Math.sign(to - from) || -1;
    const gaps = Array.from({ length: Math.max(1, Math.round(Math.abs(to - from) / tall)) }, (_, k) => to - way * tall * (k + 0.5));
    for (const middle of gaps) {
      for (const side of [1, -1]) {
        const near = x + side * (thick / 2 + 5);
        const box: Box = side > 0 ? [near, middle - 6, near + long, middle + 6] : [near - long, middle - 6, near, middle + 6];
        if (box[2] > right || box[0] < left || boxes.some((one) => one[0] < box[2] + 2 && one[2] + 2 > box[0] && one[1] < box[3] && one[3] > box[1])) continue;
        boxes.push(box);
        svg("text", { x: near, y: middle + 4, "text-anchor": side > 0 ? "start" : "end", "font-size": 11, "font-weight": 500, fill: COLOUR.ink, stroke: COLOUR.ground, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke", "pointer-events": "none" }, root).textContent = said;
        return;
      }
    }
  }

  const measure = (size: number, weight: number) => ruler(`${weight} ${size}px ${getComputedStyle(element).fontFamily}`);

  function text(said: string, x: number, y: number, how: { size: number; weight: number; fill: string; most: number }, parent: Element = root) {
    const [cut = ""] = wrap(said, how.most, 1, measure(how.size, how.weight));
    svg("text", { x, y, "font-size": how.size, "font-weight": how.weight, fill: how.fill }, parent).textContent = cut;
  }

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
      scroller.remove();
      words.remove();
    },
  };
}

/** Pixels of an arrow: its area grows with its worth; alike where the worth of some is not known. */
function thickness(arrows: readonly Arrow[], room: number): (arrow: Arrow) => number {
  const broad = Math.min(6, Math.max(1.5, room * 0.3));
  const known = arrows.every((one) => one.usd !== null);
  const most = Math.max(1e-9, ...arrows.map((one) => one.usd ?? 0));
  return (arrow) => (known ? 1.4 + broad * Math.sqrt((arrow.usd ?? 0) / most) : 2);
}
