/** Answers to the four questions, as the server gives them. */

import type { Interval } from "./marked";

interface Answer {
  title: string;
  as_of: string | null;
  handling: string;
  why_empty?: string;
  unit: string;
}

export interface Fan {
  low: number[];
  lower: number[];
  central: number[];
  upper: number[];
  high: number[];
}

interface Judged {
  probability: number;
  likelihood: { word: string; low: number; high: number };
}

export interface Substitution extends Answer {
  day: string;
  until: string;
  draws: number;
  effective_draws: number;
  own_assumptions: boolean;
  answer: {
    rise: Judged;
    more_than_without: Judged;
    illicit_now: Interval;
    illicit_then: Interval;
    illicit_then_without: Interval;
  };
  fan: {
    dates: string[];
    activities: (Fan & { code: string; caption: string; lawful: boolean })[];
    illicit: Fan;
    all: Fan;
    shocks: { date: string; title: string }[];
  };
  matrix: {
    months: number;
    activities: { code: string; caption: string }[];
    rows: { code: string; caption: string; to: { code: string; low?: number; central: number | null; high?: number }[]; all: Interval }[];
  };
  backtest: {
    rows: (Interval & {
      shock: string;
      activity: string;
      what: string;
      figure: string;
      from: string;
      until: string;
      seen: number;
      inside: boolean;
      dull: Record<string, { value: number; error: number }>;
    })[];
    words: string;
  };
  identifiability: { words: string; before: Interval; after: Interval };
  rivals: { name: string; says: string; would_show: string }[];
  assumptions: { activity: string; caption: string; why: string; size: number[]; margin: number[] }[];
  claim_ids: Record<string, string[]>;
}

export interface Merger extends Answer {
  budget: number;
  exposure: number;
  node_cost: number;
  curves: { how: "split" | "merged"; measures: string; points: (Interval & { budget: number })[] }[];
  sign: { budget: number; points: (Interval & { exposure: number })[] }[];
  flips_at: { budget: number; exposure: number | null }[];
  theorem: string;
  note: string;
  merged: { id: string; caption: string };
  into: { id: string; caption: string };
  chronology: {
    id: string;
    what: string;
    start: string | null;
    end: string | null;
    grade: string;
    stance: string;
    claim_ids: string[];
  }[];
  chronology_note: string;
}

interface BackTest {
  day: string;
  published_by: string | null;
  target: { id: string; caption: string };
  banks: { rank: number; bank: string; caption: string; clients: string[]; passes: Interval; lost: Interval; top_three: number; claim_ids: string[] }[];
  rank: number | null;
  of: number;
  rank_by_value: number | null;
  contagion: { predicted: { id: string; caption: string }[]; withdrew: { id: string; caption: string }[] };
  rerouted: number | null;
  words: string;
}

export interface Cashbox extends Answer {
  budget: number;
  baseline: Interval;
  left: Interval;
  draws: number;
  plan: { gap: number; certificate: string; cost: number };
  measures: {
    id: string;
    title: string;
    agency: string;
    cost: number;
    alone: number;
    contribution: number | null;
    inclusion: number;
    in_plan: boolean;
  }[];
  frontier: (Interval & { budget: number; bound: number })[];
  note: string;
  in_force: { cashbox: Interval; measures: { id: string; title: string; counted: boolean; in_force: boolean; date: string; claim_ids: string[] }[] };
  back_test: BackTest[];
}

export interface Coordination extends Answer {
  budget: number;
  budgets: Record<string, number>;
  baseline: Interval;
  stages: (Interval & { name: string; title: string; share: number; plan: string[] })[];
  claims: { sum: number; share: number; by_agency: { agency: string; claim: number }[] };
  withholding: { agency: string; price: number }[];
  facts: { id: string; title: string; worth: number }[];
  note: string;
}
