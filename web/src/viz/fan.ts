/** A fan: the middle of a series over time, its bands of 50 and 90 per cent, and the shocks on the way. */

import * as Plot from "@observablehq/plot";

import type { Fan } from "../api/types";
import type { Drawing, Look } from "./drawing";
import { amounts, floor, mountPlot } from "./plotted";

export interface FanData extends Look {
  dates: readonly string[];
  series: Fan;
  shocks: readonly { date: string; title: string }[];
  unit: string;
  colour: string;
}

const when = (text: string): Date => new Date(`${(text + "-01-01").slice(0, 10)}T00:00:00Z`);

export function mountFan(element: HTMLElement, initial: FanData): Drawing<FanData> {
  return mountPlot(element, initial, (data) => {
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
    return {
      marginTop: 22,
      ariaLabel: "Income over time with bands of 50 and 90 per cent",
      x: { type: "utc", label: null },
      y: amounts(unit),
      marks: [
        Plot.areaY(rows, { x: "date", y1: "low", y2: "high", fill: colour, fillOpacity: 0.15 }),
        Plot.areaY(rows, { x: "date", y1: "lower", y2: "upper", fill: colour, fillOpacity: 0.25 }),
        Plot.line(rows, { x: "date", y: "central", stroke: colour, strokeWidth: 2 }),
        Plot.ruleX(marks, { x: "date", stroke: palette.accent, strokeDasharray: "3 3" }),
        Plot.text(marks, { x: "date", text: "number", frameAnchor: "top", dy: -12, fill: palette.ink, fontWeight: 600 }),
        floor(data),
      ],
    };
  });
}
