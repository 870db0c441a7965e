/** A fan: the middle of a series over time, its bands of 50 and 90 per cent, and the shocks on the way. */

import * as Plot from "@observablehq/plot";

import type { Fan } from "../api/questions";
import { onSize, type Drawing, type Look } from "./drawing";

export interface FanData extends Look {
  dates: readonly string[];
  series: Fan;
  shocks: readonly { date: string; title: string }[];
  unit: string;
  colour: string;
}

const when = (text: string): Date => new Date(`${(text + "-01-01").slice(0, 10)}T00:00:00Z`);

export function mountFan(element: HTMLElement, initial: FanData): Drawing<FanData> {
  let data = initial;
  let width = 0;
  let height = 0;
  function draw() {
    if (!width || !height) return;
    const { palette, dates, series, shocks, unit, colour } = data;
    const rows = dates.map((date, i) => ({
      date: when(date),
      low: series.low[i],
      lower: series.lower[i],
      central: series.central[i],
      upper: series.upper[i],
      high: series.high[i],
    }));
    const marks = shocks.map((shock, i) => ({ date: when(shock.date), number: String(i + 1) }));
    const chart = Plot.plot({
      width,
      height,
      marginLeft: 54,
      marginTop: 22,
      style: { background: "transparent", color: palette.soft, fontSize: "11px", fontFamily: "inherit", overflow: "visible" },
      ariaLabel: "Income over time with bands of 50 and 90 per cent",
      x: { type: "utc", label: null },
      y: { label: unit, labelArrow: "none", zero: true, grid: true, nice: true, ticks: 5 },
      marks: [
        Plot.areaY(rows, { x: "date", y1: "low", y2: "high", fill: colour, fillOpacity: 0.15 }),
        Plot.areaY(rows, { x: "date", y1: "lower", y2: "upper", fill: colour, fillOpacity: 0.25 }),
        Plot.line(rows, { x: "date", y: "central", stroke: colour, strokeWidth: 2 }),
        Plot.ruleX(marks, { x: "date", stroke: palette.accent, strokeDasharray: "3 3" }),
        Plot.text(marks, { x: "date", text: "number", frameAnchor: "top", dy: -12, fill: palette.ink, fontWeight: 600 }),
        Plot.ruleY([0], { stroke: palette.line }),
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
