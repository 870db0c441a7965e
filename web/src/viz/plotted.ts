/** A chart of Observable Plot as a drawing: drawn anew for each size and each change of data, in the page's own type. */

import * as Plot from "@observablehq/plot";

import { onSize, type Drawing, type Look } from "./drawing";

/** What every chart shares; a chart adds its scales and marks, and says in words what it shows. */
export function mountPlot<Data extends Look>(element: HTMLElement, initial: Data, chart: (data: Data) => Plot.PlotOptions & { ariaLabel: string }): Drawing<Data> {
  let data = initial;
  let size: { width: number; height: number } | null = null;
  function draw() {
    if (!size) return;
    const { palette } = data;
    const drawn = Plot.plot({
      ...size,
      marginLeft: 54,
      marginBottom: 34,
      style: { background: "transparent", color: palette.soft, fontSize: "11px", fontFamily: "inherit", overflow: "visible" },
      ...chart(data),
    });
    drawn.setAttribute("role", "img");
    // Plot names its groups after their shapes, which says nothing to a screen reader.
    for (const group of drawn.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
    element.replaceChildren(drawn);
  }
  const stop = onSize(element, (width, height) => {
    size = { width, height };
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

/** An axis of amounts from nought. */
export const amounts = (label: string): Plot.ScaleOptions => ({ label, labelArrow: "none", zero: true, grid: true, nice: true, ticks: 5, tickFormat: (value: number) => String(Number(value.toPrecision(6))).replace(/^(-?\d+)(?=\d{3}$)/, "$1,") });

/** An axis of numbers. */
export const numbers = (label: string): Plot.ScaleOptions => ({ label, labelArrow: "none", nice: true });

/** The line under all amounts. */
export const floor = ({ palette }: Look): Plot.Markish => Plot.ruleY([0], { stroke: palette.line });

/** A place on the first axis, with what to call it; nothing where there is none. */
export function marked({ palette }: Look, mark: { x: number; label: string } | undefined): Plot.Markish[] {
  if (!mark) return [];
  return [
    Plot.ruleX([mark], { x: "x", stroke: palette.accent, strokeWidth: 1.5 }),
    Plot.text([mark], { x: "x", frameAnchor: "top", text: "label", dx: 5, textAnchor: "start", fill: palette.ink }),
  ];
}
