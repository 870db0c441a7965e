/** Curves over one axis, each with its band: what is left by budget, or a difference by exposure. */

import * as Plot from "@observablehq/plot";

import type { Interval } from "../api/types";
import { onSize, type Drawing, type Look } from "./drawing";

export interface Curve {
  label: string;
  colour: string;
  dashed?: boolean;
  points: readonly (Interval & { x: number })[];
}

export interface CurvesData extends Look {
  curves: readonly Curve[];
  x: string;
  y: string;
  /** A value of x to mark, and what to call it. */
  mark?: { x: number; label: string };
}

export function mountCurves(element: HTMLElement, initial: CurvesData): Drawing<CurvesData> {
  let data = initial;
  let width = 0;
  let height = 0;
  function draw() {
    if (!width || !height) return;
    const { palette, curves, x, y, mark } = data;
    const chart = Plot.plot({
      width,
      height,
      marginLeft: 54,
      marginBottom: 34,
      style: { background: "transparent", color: palette.soft, fontSize: "11px", fontFamily: "inherit", overflow: "visible" },
      ariaLabel: curves.map((c) => c.label).join(", "),
      x: { label: x, labelArrow: "none", nice: true },
      y: { label: y, labelArrow: "none", zero: true, grid: true, nice: true, ticks: 5 },
      marks: [
        ...curves.map((c) => Plot.areaY(c.points, { x: "x", y1: "low", y2: "high", fill: c.colour, fillOpacity: 0.13 })),
        ...curves.map((c) => Plot.line(c.points, { x: "x", y: "central", stroke: c.colour, strokeWidth: 2, strokeDasharray: c.dashed ? "5 4" : "none" })),
        Plot.ruleY([0], { stroke: palette.line }),
        ...(mark
          ? [
              Plot.ruleX([mark], { x: "x", stroke: palette.accent, strokeWidth: 1.5 }),
              Plot.text([mark], { x: "x", frameAnchor: "top", text: "label", dx: 5, textAnchor: "start", fill: palette.ink }),
            ]
          : []),
      ],
    });
    chart.setAttribute("role", "img");
    for (const group of chart.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
    element.replaceChildren(chart);
  }
  const stop = onSize(element, (w, h) => {
    width = w;
    height = h;
    draw();
  });
  return {
    update(next) {
      data = next;
      draw();
    },
    destroy() {
      stop();
      element.replaceChildren();
    },
  };
}
