/** What is left of the income for each budget, and the proven bound under it: no plan of that cost can do better. */

import * as Plot from "@observablehq/plot";

import { onSize, type Drawing, type Look } from "./drawing";

export interface FrontierData extends Look {
  points: readonly { budget: number; residual: number; bound: number }[];
  /** The budget now asked for. */
  budget: number;
  unit: string;
}

export function mountFrontier(element: HTMLElement, initial: FrontierData): Drawing<FrontierData> {
  let data = initial;
  let width = 0;
  let height = 0;
  function draw() {
    if (!width || !height) return;
    const { palette, budget, unit } = data;
    const points = [...data.points].sort((a, b) => a.budget - b.budget);
    const chart = Plot.plot({
      width,
      height,
      marginLeft: 52,
      marginBottom: 34,
      style: { background: "transparent", color: palette.soft, fontSize: "11px", fontFamily: "inherit", overflow: "visible" },
      ariaLabel: "What is left, by budget",
      x: { label: "budget", labelArrow: "none", nice: true },
      y: { label: `left, ${unit}`, labelArrow: "none", zero: true, grid: true, nice: true, ticks: 5 },
      marks: [
        Plot.areaY(points, { x: "budget", y1: "bound", y2: "residual", fill: palette.money, fillOpacity: 0.25, curve: "step-after" }),
        Plot.line(points, { x: "budget", y: "bound", stroke: palette.soft, strokeDasharray: "3 3", curve: "step-after" }),
        Plot.line(points, { x: "budget", y: "residual", stroke: palette.money, strokeWidth: 2, curve: "step-after" }),
        Plot.ruleX([budget], { stroke: palette.accent, strokeWidth: 1.5 }),
        Plot.text([{ budget }], { x: "budget", frameAnchor: "top", text: () => "now", dx: 5, textAnchor: "start", fill: palette.ink }),
        Plot.ruleY([0], { stroke: palette.line }),
      ],
    });
    chart.setAttribute("role", "img");
    // Plot names its groups after their shapes, which says nothing to a screen reader.
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
