/** Estimates one under another on one axis: the band from low to high, the central figure as a mark, both in print. */

import type { Interval } from "../api/types";
import { onSize, sized, svg, type Drawing, type Look } from "./drawing";

export interface IntervalRow extends Interval {
  label: string;
  /** `before` is drawn hollow, so that a change reads against it. */
  tone: "before" | "money" | "neutral";
}

export interface IntervalsData extends Look {
  rows: readonly IntervalRow[];
  unit: string;
  print: (value: number) => string;
}

const ROW = 34;
const AXIS = 22;

export const intervalsHeight = (rows: number): number => rows * ROW + AXIS;

/** Round steps of 1, 2 or 5 × 10ⁿ: at most `most` of them between low and high. */
export function ticks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough - 1e-12) ?? 10 * power;
  const found: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) found.push(at * step + 0);
  return found;
}

export function mountIntervals(element: HTMLElement, initial: IntervalsData): Drawing<IntervalsData> {
  let data = initial;
  let width = 0;
  const root = svg("svg", { role: "img", style: "display:block;overflow:visible" });
  element.append(root);

  function draw() {
    if (!width) return;
    const { palette, rows, unit, print } = data;
    root.replaceChildren();
    const height = intervalsHeight(rows.length);
    sized(root, width, height);
    root.setAttribute("aria-label", rows.map((r) => `${r.label}: ${print(r.central)}, ${print(r.low)} to ${print(r.high)} ${unit}`).join("; "));
    const low = Math.min(0, ...rows.map((r) => r.low));
    const high = Math.max(1e-9, ...rows.map((r) => r.high));
    const x = (value: number) => 2 + ((value - low) / (high - low)) * (width - 4);
    for (const value of ticks(low, high, Math.max(2, Math.floor(width / 90)))) {
      svg("line", { x1: x(value), x2: x(value), y1: 0, y2: rows.length * ROW, stroke: palette.line }, root);
      const near = x(value) < 14 ? "start" : x(value) > width - 26 ? "end" : "middle";
      const text = svg("text", { x: x(value), y: height - 7, "font-size": 10.5, fill: palette.soft, "text-anchor": near }, root);
      text.textContent = print(value);
    }
    rows.forEach((row, i) => {
      const top = i * ROW;
      const name = svg("text", { x: 0, y: top + 12, "font-size": 12, fill: palette.ink }, root);
      name.textContent = row.label;
      const figures = svg("text", { x: width, y: top + 12, "font-size": 12, fill: palette.ink, "text-anchor": "end" }, root);
      figures.textContent = `${print(row.central)} (${print(row.low)} to ${print(row.high)})`;
      const colour = row.tone === "money" ? palette.money : palette.soft;
      svg(
        "rect",
        {
          x: x(row.low),
          y: top + 18,
          width: Math.max(2, x(row.high) - x(row.low)),
          height: 9,
          rx: 4.5,
          fill: row.tone === "before" ? "none" : colour,
          "fill-opacity": 0.45,
          stroke: row.tone === "before" ? colour : "none",
        },
        root,
      );
      svg("line", { x1: x(row.central), x2: x(row.central), y1: top + 15, y2: top + 30, stroke: palette.ink, "stroke-width": 2 }, root);
    });
  }
  const stop = onSize(element, (w) => {
    width = w;
    draw();
  });
  return {
    update(next) {
      data = next;
      draw();
    },
    destroy() {
      stop();
      root.remove();
    },
  };
}
