/** A waterfall: what each way of acting cuts, one upon the other, with its interval; and a warning bar that is no effect. */

import type { Interval } from "../api/types";
import { onSize, sized, svg, type Drawing, type Look } from "./drawing";
import { ticks } from "./intervals";

export interface WaterfallData extends Look {
  /** What is cut by each way, in the order in which they build on each other. */
  rows: readonly (Interval & { label: string; share: number })[];
  /** The whole, which nothing can exceed. */
  whole: number;
  warning: { label: string; value: number };
  unit: string;
  print: (value: number) => string;
}

const ROW = 38;
const AXIS = 22;
/** Room for the figures beside the bars. */
const FIGURES = 190;

export const waterfallHeight = (data: WaterfallData): number => (data.rows.length + 1) * ROW + AXIS;

export function mountWaterfall(element: HTMLElement, initial: WaterfallData): Drawing<WaterfallData> {
  let data = initial;
  let width = 0;
  const root = svg("svg", { role: "img", style: "display:block;overflow:visible" });
  element.append(root);

  function draw() {
    if (!width) return;
    const { palette, rows, warning, whole, unit, print } = data;
    const height = waterfallHeight(data);
    root.replaceChildren();
    sized(root, width, height);
    root.setAttribute("aria-label", [...rows.map((r) => `${r.label}: ${print(r.central)}, ${print(r.low)} to ${print(r.high)} ${unit}`), `${warning.label}: ${print(warning.value)}`].join("; "));
    const most = Math.max(whole, warning.value, ...rows.map((r) => r.high), 1e-9);
    const aside = width > 620 ? FIGURES : 0; // a narrow drawing has its figures over the bars
    const x = (value: number) => 2 + (value / most) * (width - aside - 4);
    for (const value of ticks(0, most, Math.max(2, Math.floor(width / 110)))) {
      svg("line", { x1: x(value), x2: x(value), y1: 0, y2: height - AXIS, stroke: palette.line }, root);
      const near = x(value) < 14 ? "start" : x(value) > width - aside - 26 ? "end" : "middle";
      svg("text", { x: x(value), y: height - 7, "font-size": 10.5, fill: palette.soft, "text-anchor": near }, root).textContent = print(value);
    }
    svg("line", { x1: x(whole), x2: x(whole), y1: 0, y2: height - AXIS, stroke: palette.ink, "stroke-dasharray": "4 3" }, root);
    if (aside) svg("text", { x: x(whole) - 5, y: rows.length * ROW + 27, "font-size": 11, fill: palette.soft, "text-anchor": "end" }, root).textContent = `all: ${print(whole)}`;
    rows.forEach((row, i) => {
      const top = i * ROW;
      const before = i ? (rows[i - 1]?.central ?? 0) : 0;
      label(row.label, `${print(row.central)} (${print(row.low)} to ${print(row.high)}), ${Math.round(100 * row.share)} %`, top);
      const start = Math.min(before, row.central);
      svg("rect", { x: x(0), y: top + 18, width: Math.max(0, x(start) - x(0)), height: 11, fill: palette.money, "fill-opacity": 0.25 }, root);
      svg("rect", { x: x(start), y: top + 18, width: Math.max(1.5, x(row.central) - x(start)), height: 11, fill: palette.money, "fill-opacity": 0.8 }, root);
      svg("line", { x1: x(row.low), x2: x(row.high), y1: top + 32, y2: top + 32, stroke: palette.soft, "stroke-width": 2 }, root);
    });
    const top = rows.length * ROW;
    label(warning.label, print(warning.value), top);
    svg("rect", { x: x(0), y: top + 18, width: Math.max(1.5, x(warning.value) - x(0)), height: 11, fill: "none", stroke: palette.listed, "stroke-dasharray": "4 3", "stroke-width": 1.5 }, root);

    function label(left: string, right: string, at: number) {
      svg("text", { x: 0, y: at + 13, "font-size": 12, fill: palette.ink }, root).textContent = left;
      svg("text", { x: width, y: at + 13, "font-size": 12, fill: palette.ink, "text-anchor": "end" }, root).textContent = right;
    }
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
