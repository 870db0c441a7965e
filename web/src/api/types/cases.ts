import type { Marked } from "./marked";
import type { Line } from "./network";

/** A version of a row that stands beside the one that leads: somebody who saw less, or more, changed the same one. */
export interface CaseBeside extends Marked {
  version: string;
  by: string;
  at: string;
  fields: Record<string, unknown>;
}

/** What every row of a case bears. `version` is what a change is based on. */
export interface CaseRow extends Marked {
  row: string;
  kind: string;
  version: string;
  by: string;
  at: string;
  beside: CaseBeside[];
}

export interface CaseMember extends CaseRow {
  organisation: string;
  unit: string;
  person: string;
  agency: string;
  role: "lead" | "member" | "left";
  name: string;
}

export type ThingKind = "finding" | "pattern" | "entity" | "hit" | "document" | "page" | "question" | "claim" | "record" | "case";

export interface CaseThing extends CaseRow {
  thing: ThingKind;
  id: string;
  caption: string;
  why: string;
  asked: string;
  state: "in" | "out";
}

export interface CaseTask extends CaseRow {
  title: string;
  detail: string;
  assignee: string;
  due: string;
  state: "open" | "doing" | "done" | "dropped";
  overdue: boolean;
  /** It waits for the reader, their unit or organisation. */
  mine: boolean;
}

export interface CaseNote extends CaseRow {
  text: string;
  grade: string;
  cites: string[];
  about: string;
  claim: string;
}

export interface CaseRequest extends CaseRow {
  question: string;
  purpose: string;
  to: string;
  deadline: string;
  terms: string;
  state: "asked" | "answered" | "refused" | "withdrawn";
  answer: string;
  score: number | null;
  feedback: string;
  overdue: boolean;
  mine: boolean;
}

export interface CaseReferral extends CaseRow {
  to: string;
  what: string;
  why: string;
  predicate: string;
  agency: string;
  cites: string[];
  state: "sent" | "accepted" | "declined" | "withdrawn";
  reason: string;
}

export interface CaseDecision extends CaseRow {
  what: string;
  because: string;
  evidence: string[];
  act: string;
  proposed_by: string;
  approved_by: string;
}

export interface CaseSnapshot extends CaseRow {
  title: string;
  center: string;
  hops: number;
  as_of: string;
  until: string;
  known_on: string;
  nodes: number;
}

export interface CaseProposal extends CaseRow {
  act: string;
  given: Record<string, unknown>;
  because: string;
  state: "waiting" | "agreed" | "declined" | "withdrawn";
  reason: string;
}

export interface WaitingProposal extends CaseProposal {
  case: string | null;
  mine: boolean;
}

export interface CaseTerms {
  bases: Record<string, { title: string; predicate: boolean; use: string }>;
  outcomes: Record<string, { title: string; use: string }>;
  agencies: Record<string, string>;
}

export interface CaseTermsAnswer {
  terms: CaseTerms;
  four_eyes: Record<string, unknown>;
}

export interface CaseLine extends Marked {
  id: string;
  title: string;
  purpose: string;
  basis: string;
  status: "open" | "closed";
  outcome: string;
  opened: string;
  role: "lead" | "member";
  leads: string[];
  members: number;
  /** Tasks, requests and referrals that wait for somebody; for the reader; past their day; the next day. */
  waiting: number;
  mine: number;
  overdue: number;
  due: string;
  /** The first rows in which the text that was asked for is, and how many there are. */
  hits: { kind: string; row: string; text: string }[];
  found: number;
}

export interface CaseWork extends Marked {
  case: string;
  title: string;
  kind: "task" | "request" | "referral";
  row: string;
  what: string;
  for: string;
  state: string;
  due: string;
  overdue: boolean;
}

export interface CaseWorkAnswer {
  total: number;
  overdue: number;
  work: CaseWork[];
}

export interface RelatedCase extends Marked {
  id: string;
  title: string;
  status: "open" | "closed";
  outcome: string;
  linked: boolean;
  shared: { thing: ThingKind; id: string; caption: string }[];
}

export interface RelatedCases {
  case: string;
  total: number;
  related: RelatedCase[];
}

/** Whom a case may name. */
export interface Colleagues {
  organisations: { name: string; kind: string; units: string[] }[];
  people: { name: string; organisation: string; unit: string }[];
}

export interface CaseList {
  total: number;
  statuses: Record<string, number>;
  cases: CaseLine[];
}

export interface CaseFile extends Marked {
  id: string;
  title: string;
  purpose: string;
  basis: string;
  predicate: string;
  status: "open" | "closed";
  outcome: string;
  because: string;
  version: string;
  by: string;
  at: string;
  beside: CaseBeside[];
  opened: string;
  opened_by: string;
  role: "lead" | "member";
  leads: string[];
  members: CaseMember[];
  things: CaseThing[];
  tasks: CaseTask[];
  notes: CaseNote[];
  requests: CaseRequest[];
  referrals: CaseReferral[];
  decisions: CaseDecision[];
  snapshots: CaseSnapshot[];
  proposals: CaseProposal[];
  counts: Record<string, number>;
  /** Of everything in it that the reader may read. */
  all_handling: string;
  terms: CaseTerms;
  four_eyes: Record<string, unknown>;
}

export interface CaseVersion extends Marked {
  row: string;
  kind: string;
  version: string;
  by: string;
  at: string;
  follows: string[];
  changed: Record<string, unknown[]>;
  fields: Record<string, unknown>;
}

export interface CaseHistory {
  case: string;
  total: number;
  versions: CaseVersion[];
}

export interface SnapshotNode {
  id: string;
  caption: string;
  schema: string;
  topics: string[];
  countries: string[];
  listed: boolean;
  exercise: boolean;
  hops: number;
  x: number | null;
  y: number | null;
}

export interface SnapshotChart extends Marked {
  case: string;
  row: string;
  version: string;
  by: string;
  at: string;
  title: string;
  center: string;
  /** Whose attempt it is a chart of; empty: one around `center`. */
  finding: string;
  hops: number;
  as_of: string;
  until: string;
  known_on: string;
  nodes: SnapshotNode[];
  edges: (Line & { exercise: boolean })[];
  /** What the analyst had set; nothing where the reader may not see all of the chart. */
  shown: { center?: string; expand?: string[]; pins?: string[]; path?: string[]; hide?: string[]; start?: string; end?: string };
  sha256: string;
  intact: boolean;
}

export interface ChangedFields {
  id: string;
  /** Field → before and after. */
  fields: Record<string, unknown[]>;
}

export interface SnapshotChanges extends Marked {
  nodes: { came: SnapshotNode[]; went: SnapshotNode[]; changed: ChangedFields[]; moved: string[] };
  edges: { came: Line[]; went: Line[]; changed: ChangedFields[] };
}

/** Where something happened: nothing of what it says. */
export interface NewsPointer {
  id: string;
  kind: string;
  case: string;
  row: string;
  at: string;
  seen: boolean;
}

export interface NewsAnswer {
  total: number;
  unseen: number;
  news: NewsPointer[];
}

export interface ProposalsAnswer {
  total: number;
  proposals: WaitingProposal[];
}

/** An act that may want a second person. */
export interface ActAnswer {
  done: boolean;
  row: string;
}
