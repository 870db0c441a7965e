/** Findings with their evidence. */

import type { Interval, IsoDate, Marked } from "./marked";
import type { Claim } from "./sources";

export interface Brief extends Marked {
  id: string;
  typology: string;
  title: string;
  sentence: string;
  likelihood: string;
  probability: number;
  subjects: string[];
  captions: Record<string, string>;
  /** Those of the subjects that have a page. */
  entities: string[];
  start: string | null;
  end: string | null;
  lat: number | null;
  lon: number | null;
}

export interface Summary {
  title: string;
  audience: string;
  exercise: boolean;
  as_of?: IsoDate | null;
  counts: Record<string, number>;
  datasets: { dataset: string; title: string; claims: number; handling: string }[];
  findings: Brief[];
  cashbox: (Interval & { unit: string }) | null;
  report: { title: string; summary: string } | null;
}

export interface Audiences {
  current: string;
  exercise: boolean;
  audiences: { name: string; text: string }[];
}

export interface Evidence {
  kind: string;
  id: string;
  role: string;
}

/** How a finding may stand: nothing decided, decided before but no longer so, or as decided. */
export type Standing = "undecided" | "again" | TriageState;
export type TriageState = "escalate" | "watch" | "dismiss";

export interface TriageDecision extends Marked {
  finding: string;
  typology: string;
  sentence: string;
  state: TriageState | "withdrawn";
  reason: string;
  /** The reason in words. */
  title: string;
  note: string;
  until: string | null;
  by: string;
  at: string;
  /** Records that it was decided on. */
  records: number;
  in_force: boolean;
  lapsed: string[];
}

export interface TriageReason {
  code: string;
  title: string;
  use: string;
  states: TriageState[];
  note: boolean;
}

export interface Triaged {
  standing: Standing;
  reason: string | null;
  decision: TriageDecision | null;
  /** Id of what waits for a second person, right after it was proposed. */
  proposal?: string | null;
}

export interface TriageAnswer {
  states: Record<string, number>;
  reasons: Record<string, number>;
  codes: TriageReason[];
  total: number;
  decisions: TriageDecision[];
}

/** A line of the queue. */
export interface QueueRow extends Marked, Triaged {
  id: string;
  typology: string;
  title: string;
  kind: string;
  sentence: string;
  likelihood: string;
  probability: number;
  start: string | null;
  end: string | null;
  subject: string | null;
  payments: number;
  usd: number | null;
  listed: boolean;
  jurisdictions: string[];
}

export interface QueueAnswer {
  /** Findings that the filters let through, and all there are. */
  total: number;
  all: number;
  offset: number;
  /** Place of the finding that was asked for; null: it is not among them. */
  at: number | null;
  findings: QueueRow[];
  /** Facet → value → how many, among those that the other facets let through. */
  facets: {
    typology: Record<string, number>;
    state: Record<string, number>;
    reason: Record<string, number>;
    likelihood: Record<string, number>;
    jurisdiction: Record<string, number>;
    listed: Record<string, number>;
  };
}

/** What one column of a payment moves a model's odds by (TreeSHAP). */
export interface Reason {
  column: string;
  what: string;
  value: number | null;
  /** The value in words. */
  said: string;
  /** Above 1 it speaks for laundering, below against. */
  odds: number;
  text: string;
}

/** What a finding's probability by a model is made of; it adds up to its log-odds. */
export interface LogOdds {
  start: number;
  payments: number;
  rule: number;
  size: number;
  typology: number;
}

export interface Finding extends Brief {
  basis: string;
  evidence: Evidence[];
  refutes: string;
  benign: string[];
  payments: string[];
  transfers: string[];
  vessels: string[];
  accounts: string[];
  detail: Record<string, unknown>;
}

/** One payment of an attempt; `from` and `to` are keys of its accounts. */
export interface AttemptPayment extends Marked {
  id: string;
  payment: string | null;
  at: string | null;
  from: string;
  to: string;
  amount: number | null;
  currency: string | null;
  usd: number | null;
  /** How `usd` is known: stated, or yearly average rate. */
  usd_basis: string | null;
  purpose: string | null;
  status: string | null;
  role: string;
  locator: string | null;
}

export type AccountRole = "origin" | "source" | "relay" | "sink";

export interface AttemptAccount {
  key: string;
  bank: string;
  /** Null: the payments name no account, only a name. */
  number: string | null;
  caption: string;
  holder: string | null;
  listed: boolean;
  near: { entity: string; caption: string; hops: number } | null;
  countries: string[];
  role: AccountRole;
  paid_out: number;
  paid_in: number;
  usd_out: number | null;
  usd_in: number | null;
}

/** Payments in time order, accounts in the order of the flow. */
export interface Attempt {
  payments: AttemptPayment[];
  accounts: AttemptAccount[];
  /** Payments that are not told here. */
  left_out: number;
}

export interface FindingDetail extends Finding, Triaged {
  history: TriageDecision[];
  attempt: Attempt | null;
  records: Record<string, Claim | Record<string, unknown>>;
  typology_doc: {
    title: string;
    what: string;
    why: string;
    standard: string;
    parameters: Record<string, { default: number; value: number; unit: string; doc: string }>;
  };
}
