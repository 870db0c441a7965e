/** Patterns of activity: findings that are likely traces of one activity, told together. */

import type { Brief } from "./findings";
import type { Marked } from "./marked";

/** A further record that could be had, and what its yes and its no would make of the pattern. */
export interface AskedRecord {
  record: string;
  holder: string;
  shows: string;
  /** Findings that it bears on. */
  findings: string[];
  if_it_shows: number;
  if_not: number;
  /** Information that is expected of it. */
  bits: number;
}

/** A line of the list. */
export interface PatternRow extends Marked {
  id: string;
  sentence: string;
  likelihood: string;
  probability: number;
  /** Kinds of typology: ship, payment, ownership… */
  kinds: string[];
  activities: string[];
  start: string | null;
  end: string | null;
  next_record: AskedRecord | null;
  findings: number;
  parties: { entity: string; caption: string; listed: boolean }[];
}

export interface PatternsAnswer {
  total: number;
  all: number;
  offset: number;
  /** Activity → patterns in which it is done. */
  activities: Record<string, number>;
  patterns: PatternRow[];
}

export interface PatternStep {
  finding: string;
  kind: string;
  activity: string;
  parties: string[];
  start: string | null;
  end: string | null;
  what: string;
  /** The record that is the step; null: the finding as a whole. */
  record: string | null;
  evidence: string[];
  lat: number | null;
  lon: number | null;
}

export interface PatternParty {
  entity: string;
  caption: string;
  roles: string[];
  /** Findings that it is in; 0: it only ties others. */
  findings: number;
  listed: boolean;
}

export interface PatternTie {
  one: string;
  other: string;
  log_odds: number;
  because: { shared: string; what: string; id: string | null; log_odds: number }[];
}

export interface PatternDetail extends Marked {
  id: string;
  sentence: string;
  likelihood: string;
  probability: number;
  basis: string;
  kinds: string[];
  typologies: string[];
  activities: string[];
  start: string | null;
  end: string | null;
  findings: string[];
  members: Brief[];
  timeline: PatternStep[];
  parties: PatternParty[];
  places: { lat: number; lon: number; start: string | null; finding: string }[];
  amounts: { what: string; amount: number; unit: string }[];
  ties: PatternTie[];
  parts: { finding: string; adds: number; new_evidence: number; belongs: number; likelier_of_its_kind: number }[];
  benign: { text: string; explains: string[]; leaves: string[]; share: number };
  next_record: AskedRecord | null;
  other_records: AskedRecord[];
  beside: PatternRow[];
}
