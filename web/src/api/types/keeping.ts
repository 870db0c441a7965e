/** What becomes of records: redaction, custody, review and purge. */

export interface Redaction {
  document: string;
  title: string;
  handling: string;
  /** Reason code → what it means. */
  codes: Record<string, string>;
  passages: { page: number; words: string; code: string; reason: string; by: string; at: string }[];
  /** As the recipient reads it. */
  pages: { page: number; text: string; handling: string }[];
  marks: { n: number; page: number; code: string }[];
}

/** What is told of a step besides hangs on the action. */
export type CustodyStep = Record<string, unknown> & { n: number; at: string; who: string; action: string };

export interface Custody {
  sha256: string;
  names: string[];
  came: { dataset: string; recorded_at: string; reader: string; publisher: string | null; url: string | null; edition: string | null }[];
  /** Of a file that left: those it was made of. */
  originals: string[];
  steps: CustodyStep[];
}

export interface CustodyCheck {
  sha256: string;
  files: { sha256: string; state: "whole" | "changed" | "gone" }[];
  steps: number;
  entries: number;
  signed: string | null;
  key: string;
  problems: string[];
}

export interface Retention {
  due: { dataset: string; label_id: string; recorded: string; records: number; due: string; handling: string }[];
  reviews: { dataset: string; reason: string; predicate: string; until: string; by: string; at: string }[];
  proposals: { proposal: string; dataset: string | null; ids: string[]; reason: string; by: string; at: string; handling: string; exercise: boolean }[];
  purged: { at: string; by: string; reason: string; table: string; records: number }[];
}

export interface PurgePlan {
  dataset: string | null;
  ids: string[];
  rows: Record<string, number>;
  originals: { sha256: string; name: string }[];
}

/** What a goAML report lacks, each field once. */
export interface Missing {
  path: string;
  field: string;
  reason: string;
  /** By which it is stated; empty: it cannot be. */
  key: string;
  codes: string[];
  times: number;
  records: string[];
}

export interface ReportCheck {
  missing: Missing[];
  problems: string[];
  records: number;
}
