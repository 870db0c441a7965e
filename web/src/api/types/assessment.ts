/** The flow, measures, what-if questions, and hypotheses. */

import type { Interval, IsoDate, Marked } from "./marked";

export type FlowLayer = "activity" | "operator" | "channel" | "cashbox" | "use";

/** With what passes it: an interval of its own, not its arcs' bounds added up. */
export interface FlowNode extends Interval {
  id: string;
  caption: string;
  layer: FlowLayer;
  entity: string | null;
}

export interface FlowArc extends Interval {
  id: string;
  source: string;
  target: string;
  basis: string;
  grade: string | null;
  claim_ids: string[];
  assumption: boolean;
}

export interface FlowTerm {
  name: string;
  year: number | null;
  amount: Interval | null;
  text: string;
  claim_ids: string[];
}

export interface FlowFigure {
  text: string;
  low: number | null;
  high: number | null;
  unit: string;
  currency: string;
  period: string;
  start: IsoDate | null;
  end: IsoDate | null;
  grade: string;
  /** Code of the question on which the recorders say that accounts differ. */
  conflict_group: string | null;
  origin: string;
  repeats: string | null;
  claim_ids: string[];
}

export interface FlowActivity {
  activity: string;
  caption: string;
  flow: Interval;
  kinds: { kind: string; reaches_regime: boolean; why: string; figures: FlowFigure[] }[];
}

export interface Flow extends Marked {
  as_of: IsoDate | null;
  unit: string;
  currency: string;
  /** Node that `balance` speaks of. */
  cashbox: string | null;
  nodes: FlowNode[];
  arcs: FlowArc[];
  balance: { inflow: Interval; outflow: Interval; unexplained: Interval };
  /** Seizures and change in what is held, taken from the residual; amount null: nobody says. */
  terms: FlowTerm[];
  /** What is published on each activity, kind by kind; never added up. */
  activities: FlowActivity[];
  notes: string[];
  excluded: { text: string; claim_ids: string[] }[];
}

export interface Measure {
  id: string;
  title: string;
  kind: string;
  authority: string | null;
  agency: string | null;
  legal_basis: string | null;
  date: IsoDate | null;
  end_date: IsoDate | null;
  cost: number;
  delay_days: number | null;
  /** What it does to others, in points. */
  collateral?: number;
  success: number | null;
  arcs: string[];
  targets: { id: string; caption: string }[];
  jurisdiction: string | null;
  historic: boolean;
  claim_ids: string[];
  assumption: boolean;
  note: string | null;
  handling?: string;
  exercise?: boolean;
}

export interface Measures {
  measures: Measure[];
  agencies: string[];
}

/** A what-if question: what is absent is left to its default. */
export interface WhatIfQuestion {
  budget?: number;
  must?: string[];
  never?: string[];
  /** Evaluate exactly these, instead of solving. */
  measures?: string[] | null;
  /** Limits by agency, beside the budget. */
  budgets?: Record<string, number>;
  /** Points that the plan may do to others, together and each. */
  collateral?: number;
  collateral_each?: number;
  /** Codes of states to be won over first. */
  not_cooperating?: string[];
  /** Plan so many periods, each with the budget; recovery: periods until what was cut is rebuilt, absent: never. */
  periods?: number;
  recovery?: number | Record<string, number>;
  period_days?: number;
  /** Also: the activities to forbid when he packs the rest. */
  substitution?: boolean;
  as_of?: string;
}

/** A what-if question kept under a name. */
export interface KeptScenario {
  name: string;
  question: WhatIfQuestion;
  by: string;
  at: string;
  handling: string;
  exercise: boolean;
}

export interface PlanItem {
  id: string;
  title: string;
  agency: string | null;
  cost: number;
  delay_days: number | null;
  /** What it does to others, in points. */
  collateral?: number;
}

export interface WhatIf {
  budget: number;
  cost: number;
  /** What the plan does to others, in points. */
  collateral?: number;
  plan: PlanItem[];
  objective: number;
  bound: number;
  gap: number;
  certificate: string | null;
  before: Flow;
  after: Flow;
  after_rerouting: Flow;
  cashbox: { before: Interval; after: Interval; after_rerouting: Interval };
  frontier: { budget: number; residual: number; bound: number; plan: string[] }[];
  over_time?: OverTime;
  substitution?: Packing;
}

/** A plan over several periods, with what he has rebuilt by each. */
export interface OverTime {
  budget: number;
  period_days: number;
  recovery: number | Record<string, number> | null;
  why_empty?: string;
  objective?: number;
  bound?: number;
  gap?: number;
  certificate?: string;
  periods: {
    period: number;
    plan: { id: string; title: string; agency: string | null; cost: number }[];
    /** Ids of the measures that bite in this period. */
    in_force: string[];
    left: number;
    cashbox: { before: Interval; after: Interval; after_rerouting: Interval };
  }[];
}

/** The activities to forbid when he turns to the best of the rest. */
export interface Packing {
  why_empty?: string;
  unit?: string;
  before?: number;
  left?: number;
  bound?: number;
  gap?: number;
  forbidden?: { activity: string; title: string; measure: string; cost: number }[];
  activities?: string[];
  /** Limits of the question that this game does not know. */
  not_applied?: string[];
  assumption?: boolean;
}

export interface Questions {
  questions: ({ id: string; title: string; hypotheses: number; items: number; leader: string; preferred: string | null; why_none: string } & Marked)[];
}

export interface Sensitivity {
  leader: string;
  preferred: string | null;
  moves: { hypothesis: string; from: string; to: string }[];
}

export interface EvidenceItem {
  id: string;
  text: string;
  by: string;
  at: string;
  grade: string;
  probability: number;
  origins: string[];
  speaks_for: string[];
  out: boolean;
  why_silent: string;
  diagnosticity: number;
  ratings: Record<string, { rating: string; by?: string; at?: string; reason?: string }>;
  cites: string[];
  claim_ids: string[];
  sensitivity: Sensitivity;
  handling: string;
}

export interface EvidenceOrigin {
  id: string;
  title: string;
  items: string[];
  speaks: string[];
  weight: number;
  diagnosticity: number;
  family: string;
  out: boolean;
  sensitivity: Sensitivity;
}

export interface Matrix extends Marked {
  id: string;
  title: string;
  about: { id: string; caption: string }[];
  by: string;
  at: string;
  dependence: number;
  scale: { rating: string; words: string; probability: number }[];
  without: string[];
  hypotheses: { id: string; text: string; rank: number; against: number; probability: number; likelihood: string }[];
  evidence: EvidenceItem[];
  origins: EvidenceOrigin[];
  preference: {
    hypothesis: string | null;
    sentence: string;
    why_none: string;
    confidence: string;
    because: string;
    chance: number;
    rests_on: string[];
  };
}

/** What an Admiralty grade is taken to be worth: in force, set by the workspace, shipped. */
export interface GradesAnswer {
  probability: Record<string, number>;
  own: Record<string, number>;
  shipped: Record<string, number>;
  made: string;
}

/** What another table would change: before and after. */
export interface GradesTrial {
  claims: Record<string, number>;
  questions: (Marked & {
    id: string;
    title: string;
    preferred: (string | null)[];
    hypotheses: { id: string; text: string; probability: number[]; likelihood: string[] }[];
  })[];
}

/** A table fitted to claims of known truth; calibration errors on the facts it was not fitted to, 0 to 1. */
export interface GradesFit {
  probability: Record<string, number>;
  scored: { fitted_on: number; facts: number; per_origin: number; per_article: number; before: number };
}
