/** Swim lanes of a pattern's steps, by activity or by party: which step lies in which lane and row, and where in time. */

import type { PatternParty, PatternStep } from "../api/types";

export const LANES = ["activity", "party"] as const;
export type LanesBy = (typeof LANES)[number];

/** A step in a lane. `from` and `to` are 0 to 1 of the time that is drawn. */
export interface Mark {
  step: number;
  row: number;
  from: number;
  to: number;
}

export interface PatternLane {
  key: string;
  title: string;
  listed: boolean;
  rows: number;
  marks: Mark[];
}

export interface Laid {
  lanes: PatternLane[];
  /** Milliseconds at both ends of what is drawn. */
  first: number;
  last: number;
  /** Steps that bear no date. */
  undated: number;
}

/** Parties that have a lane of their own; the others share the last. */
export const MOST_LANES = 10;
const OTHERS = "\u0000others";
const DAY = 86_400_000;

/** Time of a partial ISO date; `end`: the last instant that it can mean. */
export function instant(iso: string, end = false): number {
  if (iso.length > 10) return Date.parse(iso);
  const [year = 1970, month = end ? 12 : 1, day] = iso.split("-").map(Number);
  if (day !== undefined) return Date.UTC(year, month - 1, day) + (end ? DAY - 1 : 0);
  return end ? Date.UTC(year, month, 1) - 1 : Date.UTC(year, month - 1, 1);
}

/** :param least: share of the width that a mark takes at least, so that none lies on another in its row */
export function laid(steps: readonly PatternStep[], parties: readonly PatternParty[], by: LanesBy, least: number): Laid {
  const dated = steps.flatMap((one, step) => (one.start ? [{ step, at: instant(one.start), till: instant(one.end ?? one.start, true) }] : []));
  const first = Math.min(...dated.map(({ at }) => at));
  const last = Math.max(...dated.map(({ till }) => till));
  const span = Math.max(1, last - first);
  const named = new Map(parties.slice(0, MOST_LANES).map((one) => [one.entity, one]));
  const lanesOf = (step: PatternStep): string[] => {
    if (by === "activity") return [step.activity];
    const own = step.parties.filter((one) => named.has(one));
    return own.length ? own : [OTHERS];
  };
  const lanes = new Map<string, PatternLane>();
  const open = (key: string) => {
    const party = named.get(key);
    const title = by === "activity" ? key : (party?.caption ?? "others");
    const made: PatternLane = { key, title, listed: party?.listed ?? false, rows: 0, marks: [] };
    lanes.set(key, made);
    return made;
  };
  if (by === "party") for (const { entity } of named.values()) if (dated.some(({ step }) => steps[step]?.parties.includes(entity))) open(entity);
  const ends = new Map<string, number[]>();
  for (const { step, at, till } of [...dated].sort((a, b) => a.at - b.at || a.step - b.step)) {
    const one = steps[step] as PatternStep;
    const from = (at - first) / span;
    const to = Math.max((till - first) / span, from);
    for (const key of lanesOf(one)) {
      const lane = lanes.get(key) ?? open(key);
      const taken = ends.get(key) ?? [];
      const free = taken.findIndex((end) => end <= from);
      const row = free < 0 ? taken.length : free;
      taken[row] = Math.max(to, from + least);
      ends.set(key, taken);
      lane.rows = Math.max(lane.rows, row + 1);
      lane.marks.push({ step, row, from, to });
    }
  }
  return { lanes: [...lanes.values()], first, last, undated: steps.length - dated.length };
}
