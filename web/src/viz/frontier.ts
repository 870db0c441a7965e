/** What is left of the income for each budget, and the proven bound under it: no plan of that cost can do better. */

import * as Plot from "@observablehq/plot";

import type { Drawing, Look } from "./drawing";
import { amounts, floor, marked, mountPlot, numbers } from "./plotted";

export interface FrontierData extends Look {
  points: readonly { budget: number; residual: number; bound: number }[];
  /** The budget now asked for. */
  budget: number;
  unit: string;
}

export function mountFrontier(element: HTMLElement, initial: FrontierData): Drawing<FrontierData> {
  return mountPlot(element, initial, (data) => {
    const { palette, budget, unit } = data;
    const points = [...data.points].sort((a, b) => a.budget - b.budget);
    return {
      ariaLabel: "What is left, by budget",
      x: numbers("budget"),
      y: amounts(`left, ${unit}`),
      marks: [
        Plot.areaY(points, { x: "budget", y1: "bound", y2: "residual", fill: palette.money, fillOpacity: 0.25, curve: "step-after" }),
        Plot.line(points, { x: "budget", y: "bound", stroke: palette.soft, strokeDasharray: "3 3", curve: "step-after" }),
        Plot.line(points, { x: "budget", y: "residual", stroke: palette.money, strokeWidth: 2, curve: "step-after" }),
        ...marked(data, { x: budget, label: "now" }),
        floor(data),
      ],
    };
  });
}
