import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { useAsOf } from "../api/reader";
import { within, type Span } from "../viz/dates";
import { mountTimeBar, type TimeBarData, type TimeMark } from "../viz/timeBar";
import { Picture, usePalette } from "./Picture";
import { count, span } from "./format";

export interface Window {
  from: string | undefined;
  to: string | undefined;
  /** Whether something with these dates is in the window; what bears no date always is. */
  shows: (dates: Span) => boolean;
  set: (from: string | undefined, to: string | undefined, settled: boolean) => void;
}

/** The window of the time bar: in the URL once settled, in memory while it is being drawn. */
export function useTimeWindow(): Window {
  const from = useSearch({ strict: false, select: (search) => search.from });
  const to = useSearch({ strict: false, select: (search) => search.to });
  const [live, setLive] = useState<{ from: string | undefined; to: string | undefined } | null>(null);
  const navigate = useNavigate();
  const now = live ?? { from, to };
  return useMemo(
    () => ({
      ...now,
      shows: (dates: Span) => within(dates, now.from, now.to),
      set: (nextFrom, nextTo, settled) => {
        setLive(settled ? null : { from: nextFrom, to: nextTo });
        if (settled) void navigate({ to: ".", search: (before) => ({ ...before, from: nextFrom, to: nextTo }), replace: true });
      },
    }),
    [now.from, now.to, navigate],
  );
}

const NONE: readonly Span[] = [];

interface Props {
  spans: readonly Span[];
  window: Window;
  what: string;
  /** Spans that the bar reaches over and shows, but does not count as records. */
  also?: readonly Span[];
  alsoWhat?: string;
  /** What can be chosen on it, and what is. */
  marks?: readonly TimeMark[];
  chosen?: string | undefined;
  onMark?: (id: string) => void;
}

/** Governs everything drawn above it. */
export function TimeBar({ spans, window, what, also = NONE, alsoWhat = "dates with payments", marks, chosen, onMark }: Props) {
  const palette = usePalette();
  const asOf = useAsOf();
  const { from, to, set, shows } = window;
  const data = useMemo<TimeBarData>(() => ({ palette, spans: also.length ? [...spans, ...also] : spans, from, to, asOf, marks, chosen: chosen ?? null, onMark, onChange: set }), [palette, spans, also, from, to, asOf, marks, chosen, onMark, set]);
  const undated = spans.filter((s) => !s.start && !s.end).length;
  const inside = spans.filter(shows).length;
  return (
    <section className="cf-timebar" aria-label="Time" data-testid="time-bar">
      <div className="cf-timebar-words">
        <strong>{from || to ? span(from, to) : "All dates"}</strong>
        <span className="cf-soft">
          {spans.length || !also.length ? `${count(inside)} of ${count(spans.length)} ${what}` : `${count(also.length)} ${alsoWhat}`}
          {undated > 0 && `, ${count(undated)} undated`}
        </span>
        {from || to ? (
          <Button size="compact-xs" variant="default" onClick={() => set(undefined, undefined, true)} data-testid="time-clear">
            All dates
          </Button>
        ) : (
          <span className="cf-soft">drag to open a window</span>
        )}
      </div>
      <Picture mount={mountTimeBar} data={data} name="time-bar" className="cf-timebar-picture" />
    </section>
  );
}
