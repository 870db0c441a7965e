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

export type FrontierPoint = FrontierData["points"][number];

/** By budget, with a plan of one's own among them: what less money can do, more can; what more cannot, less cannot. */
export function stepped(points: readonly FrontierPoint[], own?: FrontierPoint): FrontierPoint[] {
  const all = [...points, ...(own ? [own] : [])].sort((a, b) => a.budget - b.budget || b.residual - a.residual);
  let least = Infinity;
  const lowered = all.map((point) => ({ ...point, residual: (least = Math.min(least, point.residual)) }));
  let most = -Infinity;
  for (const point of lowered.toReversed()) point.bound = most = Math.max(most, point.bound);
  return lowered;
}

export function mountFrontier(element: HTMLElement, initial: FrontierData): Drawing<FrontierData> {
  return mountPlot(element, initial, (data) => {
    const { palette, budget, unit } = data;
    const points = stepped(data.points);
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
