/**
 * Partial ISO dates as positions in time, in years since 0 (2016.5 is mid-2016). A partial date is the whole period it
 * names: 2016 runs from 2016.0 to 2017.0, so that nothing is ever dated more finely than its source says.
 */

/** First moment of the period; null where it is no date. */
export function startOf(date: string | null | undefined): number | null {
  return parts(date)?.[0] ?? null;
}

/** Moment after the period; null where it is no date. */
export function endOf(date: string | null | undefined): number | null {
  return parts(date)?.[1] ?? null;
}

function parts(date: string | null | undefined): [number, number] | null {
  const match = date ? /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(date) : null;
  if (!match) return null;
  const year = Number(match[1]);
  if (match[2] === undefined) return [year, year + 1];
  const month = Number(match[2]) - 1;
  if (match[3] === undefined) return [year + month / 12, year + (month + 1) / 12];
  const day = (Number(match[3]) - 1) / 31;
  return [year + (month + day) / 12, year + (month + day + 1 / 31) / 12];
}

/** The moment that an ISO time names, to the second, on the same scale; of a date its first. */
export function momentOf(time: string | null | undefined): number | null {
  const day = startOf(time);
  const clock = time ? /T(\d{2}):(\d{2})(?::(\d{2}))?/.exec(time) : null;
  if (day === null || !clock) return day;
  const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
  return day + (hours + minutes / 60 + seconds / 3600) / 24 / 372;
}

/** Parts of a year that a time bar tells apart: the year, its months, or days (31 to each month, as above). */
export type Grain = 1 | 12 | 372;

/** Partial date of the part of a year that holds this moment: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
export function named(moment: number, grain: Grain): string {
  const months = Math.floor(moment * 12 + 1e-6);
  const year = String(Math.floor(months / 12)).padStart(4, "0");
  const month = String((months % 12) + 1).padStart(2, "0");
  if (grain === 1) return year;
  if (grain === 12) return `${year}-${month}`;
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const day = Math.min(last, Math.max(1, Math.floor((moment * 12 - months) * 31 + 1e-6) + 1));
  return `${year}-${month}-${String(day).padStart(2, "0")}`;
}

export interface Span {
  start: string | null;
  end: string | null;
}

/**
 * Whether something that held from `start` to `end` (either may be open) held at any moment of the window.
 * What bears no date at all is in every window: not knowing when is no ground for hiding it.
 */
export function within(span: Span, from: string | undefined, to: string | undefined): boolean {
  const first = startOf(span.start) ?? -Infinity;
  const last = endOf(span.end) ?? Infinity;
  return first < (endOf(to) ?? Infinity) && last > (startOf(from) ?? -Infinity);
}
