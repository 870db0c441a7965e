/** Curves over one axis, each with its band: what is left by budget, or a difference by exposure. */

import * as Plot from "@observablehq/plot";

import type { Interval } from "../api/types";
import type { Drawing, Look } from "./drawing";
import { amounts, floor, marked, mountPlot, numbers } from "./plotted";

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
  return mountPlot(element, initial, (data) => ({
    ariaLabel: data.curves.map((c) => c.label).join(", "),
    x: numbers(data.x),
    y: amounts(data.y),
    marks: [
      ...data.curves.map((c) => Plot.areaY(c.points, { x: "x", y1: "low", y2: "high", fill: c.colour, fillOpacity: 0.13 })),
      ...data.curves.map((c) => Plot.line(c.points, { x: "x", y: "central", stroke: c.colour, strokeWidth: 2, strokeDasharray: c.dashed ? "5 4" : "none" })),
      floor(data),
      ...marked(data, data.mark),
    ],
  }));
}
