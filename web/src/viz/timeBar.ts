/**
 * The time bar: how many records begin in each year (in each month or day where all lies near together), and the window
 * that governs whatever is drawn above it. Above the columns: marks of what can be chosen, at their very time.
 * Drag to open a window, drag it or its ends to move, double click or Escape to clear; the ends are sliders for the keyboard.
 */

import { endOf, momentOf, named, startOf, within, type Grain, type Span } from "./dates";
import { onSize, sized, svg, type Drawing, type Look } from "./drawing";

/** Something that can be chosen, from one moment to another. */
export interface TimeMark {
  id: string;
  title: string;
  start: string;
  end: string;
  /** A silence: drawn as an outline. */
  hollow: boolean;
  exercise: boolean;
}

export interface TimeBarData extends Look {
  /** `start` only, and `end` the same, for what happened at one time; open ends run to the edge of the bar. */
  spans: readonly Span[];
  from: string | undefined;
  to: string | undefined;
  asOf: string | undefined;
  marks?: readonly TimeMark[];
  chosen?: string | null;
  onMark?: (id: string) => void;
  /** `settled` is false while the pointer is still down. */
  onChange: (from: string | undefined, to: string | undefined, settled: boolean) => void;
}

const SIDE = 14;
const FOOT = 16;
/** Height of a row of marks, and how many rows there are at most: further marks lie over those of the last. */
const ROW = 8;
const ROWS = 3;

/** Records that begin in each part of a year of [first, last); what has only an end counts there. */
export function begun(spans: readonly Span[], first: number, last: number, grain: Grain): number[] {
  const counts = new Array<number>(Math.max(0, Math.round((last - first) * grain))).fill(0);
  for (const span of spans) {
    const at = startOf(span.start) ?? startOf(span.end);
    if (at === null) continue;
    const part = Math.floor((at - first) * grain + 1e-6);
    if (part >= 0 && part < counts.length) counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}

/** The row of each mark, so that marks that would lie on one another stand apart where there is room. */
export function rowsOf(spans: readonly (readonly [number, number])[]): number[] {
  const free: number[] = [];
  const order = spans.map((_, i) => i).sort((a, b) => (spans[a]?.[0] ?? 0) - (spans[b]?.[0] ?? 0) || a - b);
  const rows = new Array<number>(spans.length).fill(0);
  for (const i of order) {
    const [from, to] = spans[i] ?? [0, 0];
    const row = free.findIndex((end) => end <= from);
    rows[i] = row >= 0 ? row : Math.min(free.length, ROWS - 1);
    free[rows[i] as number] = Math.max(free[rows[i] as number] ?? -Infinity, to + 1);
  }
  return rows;
}

/** Years over which months are told apart, and days. */
const MONTHS = 4;
const DAYS = 0.35;

/** [first, after the last, grain]; null where nothing is dated. No finer than what is dated most coarsely. */
export function extent(spans: readonly Span[]): [number, number, Grain] | null {
  let low = Infinity;
  let high = -Infinity;
  let finest: Grain = 372;
  for (const span of spans) {
    for (const date of [span.start, span.end]) {
      const at = startOf(date);
      if (at === null || !date) continue;
      low = Math.min(low, at);
      high = Math.max(high, at);
      if (date.length < 7) finest = 1;
      else if (date.length < 10 && finest === 372) finest = 12;
    }
  }
  if (low > high) return null;
  const wanted: Grain = high - low <= DAYS ? 372 : high - low <= MONTHS ? 12 : 1;
  const grain = Math.min(finest, wanted) as Grain;
  return [Math.floor(low * grain + 1e-6) / grain, Math.floor(high * grain + 1 + 1e-6) / grain, grain];
}

/** Parts of a year between two ticks, the closest first. */
const STEPS: Record<Grain, readonly number[]> = { 1: [1, 2, 5, 10, 20, 50, 100], 12: [1, 2, 3, 6, 12, 24], 372: [1, 2, 5, 10, 31, 62, 124] };

export function mountTimeBar(element: HTMLElement, initial: TimeBarData): Drawing<TimeBarData> {
  let data = initial;
  let width = 0;
  let height = 0;
  const root = svg("svg", { role: "group", "aria-label": "Time bar", style: "display:block;touch-action:none;cursor:crosshair" });
  element.append(root);

  const range = (): [number, number, Grain] => extent(data.spans) ?? [1970, 2026, 1];
  /** Windows are named by months at least. */
  const fine = (): Grain => (range()[2] === 372 ? 372 : 12);
  const at = (moment: number) => {
    const [first, last] = range();
    return SIDE + ((moment - first) / (last - first)) * (width - 2 * SIDE);
  };
  const momentAt = (x: number) => {
    const [first, last] = range();
    return Math.min(last, Math.max(first, first + ((x - SIDE) / (width - 2 * SIDE)) * (last - first)));
  };

  function draw() {
    if (width === 0) return;
    root.replaceChildren();
    sized(root, width, height);
    const { palette } = data;
    const [first, last, grain] = range();
    const floor = height - FOOT;
    const counts = begun(data.spans, first, last, grain);
    const top = Math.max(1, ...counts);
    const marks = placed();
    const taken = marks.length ? (1 + Math.max(...marks.map((one) => one.row))) * ROW + 3 : 5;
    const from = startOf(data.from) ?? first;
    const to = endOf(data.to) ?? last;
    const open = data.from !== undefined || data.to !== undefined;
    counts.forEach((n, i) => {
      if (!n) return;
      const begin = first + i / grain;
      const after = first + (i + 1) / grain;
      const name = named(begin, grain);
      const tall = Math.max(1.5, (n / top) * (floor - taken));
      const inside = !open || (begin < to - 1e-6 && after > from + 1e-6);
      const bar = svg(
        "rect",
        { x: at(begin) + 0.5, y: floor - tall, width: Math.max(1, at(after) - at(begin) - 1), height: tall, fill: palette.soft, opacity: inside ? 0.75 : 0.22 },
        root,
      );
      svg("title", {}, bar).textContent = `${name}: ${n} begin, ${data.spans.filter((s) => within(s, name, name)).length} hold or are undated`;
    });
    svg("line", { x1: SIDE, x2: width - SIDE, y1: floor + 0.5, y2: floor + 0.5, stroke: palette.line }, root);
    const room = grain === 1 ? 56 : grain === 12 ? 66 : 84;
    const step = STEPS[grain].find((one) => ((width - 2 * SIDE) * one) / ((last - first) * grain) >= room) ?? (STEPS[grain].at(-1) as number);
    let free = -Infinity;
    for (let part = Math.ceil((first * grain) / step - 1e-6) * step; part <= last * grain + 1e-6; part += step) {
      const x = at(part / grain);
      const anchor = x > width - 22 ? "end" : x < SIDE + 18 ? "start" : "middle";
      const long = room - 24;
      const begins = anchor === "start" ? x : anchor === "end" ? x - long : x - long / 2;
      if (begins < free) continue;
      free = begins + long + 4;
      const tick = svg("text", { x: Math.min(Math.max(x, 2), width - 2), y: height - 4, "text-anchor": anchor, "font-size": 10.5, fill: palette.soft }, root);
      tick.textContent = named(part / grain, grain);
    }
    if (open) {
      svg("rect", { x: at(from), y: 0, width: Math.max(2, at(to) - at(from)), height: floor, fill: palette.accent, opacity: 0.14, "data-part": "body", style: "cursor:grab" }, root);
      handle("from", from);
      handle("to", to);
    }
    for (const one of marks) drawMark(one);
    const asOf = endOf(data.asOf);
    if (asOf !== null && asOf >= first && asOf <= last) {
      svg("line", { x1: at(asOf), x2: at(asOf), y1: 0, y2: floor, stroke: palette.ink, "stroke-dasharray": "3 2" }, root);
      const mark = svg("text", { x: at(asOf) + (at(asOf) > width - 70 ? -4 : 4), y: 10, "font-size": 10, fill: palette.ink, "text-anchor": at(asOf) > width - 70 ? "end" : "start" }, root);
      mark.textContent = `as of ${data.asOf}`;
    }
  }

  /** Marks in pixels, wide enough to be hit. */
  function placed() {
    const [first, last] = range();
    const known = (data.marks ?? []).flatMap((mark) => {
      const [from, to] = [momentOf(mark.start), momentOf(mark.end)];
      return from === null || to === null || to < first || from > last ? [] : [{ mark, from: at(from), to: Math.max(at(to), at(from) + 7) }];
    });
    const rows = rowsOf(known.map(({ from, to }) => [from, to]));
    return known.map((one, i) => ({ ...one, row: rows[i] ?? 0 }));
  }

  function drawMark({ mark, from, to, row }: ReturnType<typeof placed>[number]) {
    const { palette } = data;
    const chosen = mark.id === data.chosen;
    const colour = chosen ? palette.accent : mark.exercise ? palette.exercise : palette.ink;
    const group = svg("g", { "data-mark": mark.id, tabindex: 0, role: "button", "aria-pressed": String(chosen), "aria-label": mark.title, style: "cursor:pointer" }, root);
    svg("rect", { x: from - 2, y: row * ROW, width: to - from + 4, height: ROW, fill: "transparent" }, group);
    const shape = { x: from, y: row * ROW + 2, width: to - from, height: ROW - 3, rx: 2 };
    svg("rect", { ...shape, fill: mark.hollow ? palette.panel : colour, stroke: colour, "stroke-width": chosen ? 2 : 1.2, "stroke-dasharray": mark.hollow ? "3 2" : undefined }, group);
    svg("title", {}, group).textContent = mark.title;
  }

  function handle(part: "from" | "to", moment: number) {
    const [first, last] = range();
    const group = svg(
      "g",
      {
        "data-part": part,
        tabindex: 0,
        role: "slider",
        "aria-label": part === "from" ? "Window from" : "Window to",
        "aria-valuemin": first,
        "aria-valuemax": last,
        "aria-valuenow": Math.round(moment * 12) / 12,
        "aria-valuetext": (part === "from" ? data.from : data.to) ?? named(moment, fine()),
        style: "cursor:ew-resize",
      },
      root,
    );
    svg("rect", { x: at(moment) - 6, y: 0, width: 12, height: height - FOOT, fill: "transparent" }, group);
    svg("rect", { x: at(moment) - 1.5, y: 0, width: 3, height: height - FOOT, rx: 1.5, fill: data.palette.accent }, group);
  }

  function emit(from: number, to: number, settled: boolean) {
    const [first, last] = range();
    const low = Math.min(from, to);
    const high = Math.max(from, to);
    const start = low <= first + 1e-6 ? undefined : named(low, fine());
    const end = high >= last - 1e-6 ? undefined : named(Math.max(low, high - 1 / (2 * fine())), fine());
    data = { ...data, from: start, to: end };
    data.onChange(start, end, settled);
    draw();
  }

  let drag: { part: string; grabbed: number; from: number; to: number } | null = null;

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const mark = (event.target as Element).closest("[data-mark]")?.getAttribute("data-mark");
    if (mark) return data.onMark?.(mark);
    const [first, last] = range();
    const moment = momentAt(event.offsetX);
    const part = (event.target as Element).closest("[data-part]")?.getAttribute("data-part") ?? "new";
    drag = { part, grabbed: moment, from: startOf(data.from) ?? first, to: endOf(data.to) ?? last };
    root.setPointerCapture(event.pointerId);
    event.preventDefault();
  };
  const change = (x: number, settled: boolean) => {
    if (!drag) return;
    const moment = momentAt(x);
    if (drag.part === "from") emit(moment, drag.to, settled);
    else if (drag.part === "to") emit(drag.from, moment, settled);
    else if (drag.part === "body") {
      const [first, last] = range();
      const by = Math.min(last - drag.to, Math.max(first - drag.from, moment - drag.grabbed));
      emit(drag.from + by, drag.to + by, settled);
    } else if (Math.abs(at(moment) - at(drag.grabbed)) > 4) emit(drag.grabbed, moment, settled);
  };
  const position = (event: PointerEvent) => event.clientX - root.getBoundingClientRect().left;
  const move = (event: PointerEvent) => change(position(event), false);
  const up = (event: PointerEvent) => {
    change(position(event), true);
    drag = null;
  };
  const clear = () => {
    data = { ...data, from: undefined, to: undefined };
    data.onChange(undefined, undefined, true);
    draw();
  };
  const key = (event: KeyboardEvent) => {
    const part = (event.target as Element).getAttribute("data-part");
    const mark = (event.target as Element).getAttribute("data-mark");
    if (mark && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      return data.onMark?.(mark);
    }
    if (event.key === "Escape") return clear();
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -5, PageUp: 5 }[event.key];
    if (!by || (part !== "from" && part !== "to")) return;
    event.preventDefault();
    const [first, last, grain] = range();
    const from = startOf(data.from) ?? first;
    const to = endOf(data.to) ?? last;
    const bound = (moment: number) => Math.min(last, Math.max(first, moment));
    if (part === "from") emit(bound(Math.min(from + by / grain, to - 1 / fine())), to, true);
    else emit(from, bound(Math.max(to + by / grain, from + 1 / fine())), true);
    root.querySelector<SVGGElement>(`[data-part="${part}"]`)?.focus();
  };
  root.addEventListener("pointerdown", down);
  root.addEventListener("pointermove", move);
  root.addEventListener("pointerup", up);
  root.addEventListener("dblclick", clear);
  root.addEventListener("keydown", key);

  const stop = onSize(element, (w, h) => {
    width = w;
    height = h;
    draw();
  });
  return {
    update(next) {
      data = next;
      if (!drag) draw();
    },
    destroy() {
      stop();
      root.remove();
    },
  };
}
