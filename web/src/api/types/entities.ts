/** Entities, search, screening and review: who is who. */

import type { Brief } from "./findings";
import type { IsoDate, Marked, Stance } from "./marked";
import type { Edge } from "./network";
import type { Conflict } from "./sources";

export interface Hit extends Marked {
  id: string;
  caption: string;
  schema: string;
  countries: string[];
  topics: string[];
  datasets: string[];
  listed: boolean;
  score: number;
  matched: string | null;
}

export interface SearchAnswer {
  query: string;
  results: Hit[];
}

export interface PropertyValue extends Marked {
  value: string;
  caption: string;
  original: string | null;
  claim_ids: string[];
  /** Number of distinct sources that say so; of these, how many do not repeat another. */
  sources: number;
  origins: number;
  grade: string | null;
  stance: Stance;
  verified: boolean;
  valid_from: IsoDate | null;
  valid_to: IsoDate | null;
}

export interface Property {
  name: string;
  label: string;
  type: string;
  values: PropertyValue[];
}

export interface EntityLink extends Edge {
  direction: "out" | "in";
  other: { id: string; caption: string; schema: string; listed: boolean };
}

export interface Referent {
  subject: string;
  dataset: string;
  basis: string;
  score: number;
  reasons: string[];
}

export interface Entity extends Marked {
  id: string;
  caption: string;
  schema: string;
  schema_label: string;
  listed: boolean;
  topics: string[];
  countries: string[];
  datasets: string[];
  claims: number;
  origins: number;
  referents: Referent[];
  properties: Property[];
  links: EntityLink[];
  findings: Brief[];
  conflicts: Conflict[];
}

/** Probability from which it is a match, and from which it is possible. */
export interface Verdicts {
  match: number;
  possible: number;
}

/** One piece of evidence: log-odds, and what it says. */
export interface EvidenceFeature {
  feature: string;
  weight: number;
  left: string;
  right: string;
  says: string;
}

/** What an analyst decided about a screening hit, and why it no longer counts. */
export interface Disposition extends Marked {
  party: string;
  name: string;
  entity: string;
  caption: string;
  verdict: "false-positive" | "true-match" | "undecided";
  reason: string;
  until: IsoDate | null;
  by: string;
  at: string;
  in_force: boolean;
  lapsed: string[];
}

export interface DispositionList {
  dispositions: Disposition[];
}

/** A name as one side bears it. */
export interface MatchedName {
  subject: string;
  property: string;
  name: string;
}

export interface ScreenHit extends Marked {
  id: string;
  caption: string;
  schema: string;
  score: number;
  probability: number;
  match: boolean;
  referents: string[];
  /** One for each list entry: dataset, subject, and the publisher's own numbers. */
  entries: Record<string, string | string[]>[];
  explanation: {
    sentence: string;
    /** confirmed, supported, same name, similar name, contradicted, number only, different */
    standing: string;
    /** Absent where no name agrees. */
    matched?: { left: MatchedName; right: MatchedName };
    /** Log-odds before any evidence; with the features' weights it adds up to the probability. */
    prior: number;
    thresholds: Verdicts;
    features: EvidenceFeature[];
  };
  disposition: Disposition | null;
}

/** A party as it was screened. */
export interface ScreenQuery {
  id: string | null;
  schema: string | null;
  properties: Record<string, string | string[]>;
}

export interface ScreenAnswer {
  id: string;
  results: ScreenHit[];
  error?: string;
  /** What of it could not be used. */
  problems?: string[];
  query: ScreenQuery | null;
}

export interface ScreenBatch {
  answers: ScreenAnswer[];
}

export interface ReviewSide {
  subject: string;
  dataset: string;
  entity: string;
  caption: string;
  schema: string;
  countries: string[];
  listed: boolean;
  names: string[];
  members: number;
}

/** Two subjects that may be one, with what hangs on it. */
export interface ReviewPair extends Marked {
  left: ReviewSide;
  right: ReviewSide;
  probability: number;
  outcome: string;
  sentence: string;
  /** Where two subjects are made one unseen, and from where on a person is asked. */
  thresholds: Verdicts;
  features: EvidenceFeature[];
  risk: number;
  consequence: Record<string, number>;
  value: number;
  others: number;
  judgement: { verdict: string; by: string; at: string; reason: string } | null;
}

export interface ReviewQueue {
  total: number;
  pairs: ReviewPair[];
}

export interface JudgementList {
  judgements: (Marked & {
    left: string;
    right: string;
    verdict: string;
    by: string;
    at: string;
    reason: string;
    left_caption: string;
    right_caption: string;
  })[];
}
