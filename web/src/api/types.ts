/**
 * The JSON that the server sends, one type for each shape. Property names are the server's.
 *
 * Invariant: whatever bears a marking has `handling` (the whole marking in print) and `exercise` (made by the exercise
 * generator, never real).
 */

export interface Marked {
  handling: string;
  exercise: boolean;
}

/** Partial ISO date: 1974, 2016-09, 2016-09-01. */
export type IsoDate = string;

export interface Interval {
  low: number;
  central: number;
  high: number;
}

export type Stance = "asserts" | "denies" | "doubts";

export interface Brief extends Marked {
  id: string;
  typology: string;
  title: string;
  sentence: string;
  likelihood: string;
  probability: number;
  subjects: string[];
  captions: Record<string, string>;
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

export interface Edge extends Marked {
  id: string;
  source: string;
  target: string;
  schema: string;
  label: string;
  role: string | null;
  start: IsoDate | null;
  end: IsoDate | null;
  share_low: number | null;
  share_high: number | null;
  amount: number | null;
  currency: string | null;
  stance: Stance;
  verified: boolean;
  grade: string | null;
  origins: number;
  conflict: string | null;
  claim_ids: string[];
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

/** One side of a conflict. */
export interface Account extends Marked {
  /** Link or record, where the account is one. */
  id: string | null;
  text: string;
  note: string | null;
  stance: Stance;
  verified: boolean;
  grade: string | null;
  start: IsoDate | null;
  end: IsoDate | null;
  sources: { id: string; title: string }[];
  origins: number;
  claim_ids: string[];
}

/** Accounts that cannot all be true. */
export interface Conflict extends Marked {
  id: string;
  kind: "question" | "value" | "link" | "number";
  /** Code of a question that the recorders marked. */
  group: string | null;
  entity: string | null;
  caption: string;
  label: string;
  /** One source gives all the accounts. */
  one_source: boolean;
  accounts: Account[];
}

export interface ConflictsAnswer {
  conflicts: Conflict[];
}

export interface ClaimSource {
  id: string;
  title: string;
  publisher?: string | null;
  author?: string | null;
  date?: IsoDate | null;
  url?: string | null;
  reliability?: string | null;
  kind?: string | null;
  note?: string | null;
}

export interface Claim extends Marked {
  id: string;
  subject: string;
  property: string;
  value: string;
  /** Name of the other party, where the value is one. */
  caption?: string;
  original: string | null;
  lang: string | null;
  source: ClaimSource;
  locator: string | null;
  grade: string | null;
  stance: Stance;
  verified: boolean;
  valid_from: IsoDate | null;
  valid_to: IsoDate | null;
  recorded_at: string;
  note: string | null;
  dataset: string;
  origin: string | null;
  /** The source that it goes back to; null where its own source says it first. */
  repeats: { id: string; title: string; reasons: string[] } | null;
}

/** An entity as a link of a chain. */
export interface ChainNode extends Marked {
  id: string;
  caption: string;
  schema: string;
  topics: string[];
  countries: string[];
  listed: boolean;
}

/** An entity of a link chart, so many hops from its centre. */
export interface NetworkNode extends ChainNode {
  hops: number;
  /** Readable neighbours; null: not counted. */
  degree: number | null;
}

/** A chain between two entities, whatever the links' direction; `edges` in order from `source`. */
export interface Chain {
  source: string;
  /** Null: there is no listed party to lead to. */
  target: string | null;
  as_of: IsoDate | null;
  /** Null: there is no chain. */
  hops: number | null;
  weakest: string | null;
  /** How likely all its links are together, to compare chains by. */
  strength: number | null;
  nodes: ChainNode[];
  edges: Edge[];
}

export interface PathAnswer extends Chain {
  others: Chain[];
}

/** Links of one date that are not there on another. */
export interface Difference {
  center: string | null;
  from: IsoDate;
  to: IsoDate;
  began: Edge[];
  ended: Edge[];
  totals: { began: number; ended: number };
  nodes: ChainNode[];
}

export interface Network {
  center: string;
  hops: number;
  as_of: IsoDate | null;
  total: number;
  truncated: boolean;
  nodes: NetworkNode[];
  edges: Edge[];
  span: [IsoDate | null, IsoDate | null] | null;
}

export interface MapEvent extends Marked {
  id: string;
  caption: string;
  kind: string | null;
  activity: string | null;
  date: IsoDate | null;
  lat: number;
  lon: number;
  precision: string | null;
  value_usd: number | null;
}

/** lon, lat in degrees WGS 84; ISO time; speed over ground in knots. */
export type TrackPoint = [number, number, string, number | null];

export interface Track extends Marked {
  vessel: { id: string | null; caption: string; imo: string | null; mmsi: string | null };
  points: TrackPoint[];
}

export interface MapData {
  events: MapEvent[];
  tracks: Track[];
  findings: Brief[];
}

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

export interface Evidence {
  kind: string;
  id: string;
  role: string;
}

export interface Finding extends Brief {
  basis: string;
  evidence: Evidence[];
  refutes: string;
  benign: string[];
  payments: string[];
  vessels: string[];
  accounts: string[];
  detail: Record<string, unknown>;
}

export interface FindingDetail extends Finding {
  records: Record<string, Claim | Record<string, unknown>>;
  typology_doc: {
    title: string;
    what: string;
    why: string;
    standard: string;
    parameters: Record<string, { default: number; unit: string; doc: string }>;
  };
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

export interface WhatIfQuestion {
  budget: number;
  must: string[];
  never: string[];
  measures: string[] | null;
  /** Limits by agency, beside the budget. */
  budgets: Record<string, number>;
}

/** A what-if question as it was kept: what was left to its default is absent. */
export interface KeptQuestion {
  budget?: number;
  must?: string[];
  never?: string[];
  measures?: string[] | null;
  budgets?: Record<string, number>;
  as_of?: string;
}

/** A what-if question kept under a name. */
export interface KeptScenario {
  name: string;
  question: KeptQuestion;
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
}

export interface Sentence {
  id: string;
  text: string;
  endnotes: number[];
  claim_ids: string[];
  /** Says how the assessment was made, and asserts nothing of the world. */
  method: boolean;
  /** As it was generated, where somebody has reworded it; empty where somebody has added it. */
  generated?: string;
}

export interface Paragraph {
  text: string;
  endnotes: number[];
  handling: string;
  /** The same text sentence by sentence, each with what it alone rests on. */
  sentences: Sentence[];
}

export interface KeyJudgement {
  id: string;
  text: string;
  likelihood: string;
  probability: number;
  confidence: string;
  /** What the confidence rests on. */
  because: string;
  endnotes: number[];
  claim_ids: string[];
  handling: string;
  generated?: string;
}

export interface ReportFigure {
  id: string;
  /** Heading of the section that it belongs to. */
  section: string;
  title: string;
  caption: string;
  svg: string;
  handling: string;
  claim_ids: string[];
}

export interface Report {
  title: string;
  date_of_information: IsoDate;
  as_of: IsoDate | null;
  audience: string;
  handling: string;
  /** Handling of what the figures were computed from. */
  base: Record<string, unknown>;
  summary: string;
  summary_sentences: Sentence[];
  summary_handling: string;
  key_judgements: KeyJudgement[];
  sections: { heading: string; paragraphs: Paragraph[] }[];
  figures: ReportFigure[];
  endnotes: { n: number; text: string; url: string; source_id: string; claim_ids: string[] }[];
  /** With sections that answer the founding document's questions. */
  answers?: boolean;
  /** Which of those kept it is; none: generated now. */
  version?: string;
}

export interface ReportVersion {
  name: string;
  number: number;
  of: number | null;
  note: string;
  by: string;
  at: string;
  as_of: IsoDate | null;
  title: string;
  handling: string;
  edited: number;
  problems: number;
}

export interface ReportVersions {
  versions: ReportVersion[];
}

export interface ReportProblem {
  id: string;
  problem: string;
  text: string;
}

export interface ReportEdits {
  title: string;
  sentences: Record<string, string>;
  drop: string[];
  add: { after: string; text: string; claim_ids: string[] }[];
}

export interface ReportChange {
  kind: string;
  place: string;
  id: string;
  before: string | null;
  after: string | null;
  claims_gone: string[];
  claims_new: string[];
  why: string;
}

export interface ReportChanges {
  before: string;
  after: string;
  handling: string;
  counts: Record<string, number>;
  changes: ReportChange[];
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

export interface Edition {
  date: IsoDate;
  /** The date is the publisher's; else it is the day of reading. */
  dated: boolean;
  /** Older than one that was in force when it came: kept to compare with. */
  archived: boolean;
  in_force: boolean;
  ingested_at: string;
  files: string[];
  parties: number;
  entities: number;
  claims: number;
  added: number;
  retracted: number;
  quarantined: number;
}

export interface HeldEdition extends Marked {
  file: string;
  edition: IsoDate | null;
  held_at: string;
  counts: Record<string, number>;
  failed: { rule: string; found: string; reason: string }[];
}

export interface Dataset extends Marked {
  dataset: string;
  title: string;
  publisher: string | null;
  licence: string | null;
  url: string | null;
  schedule: string | null;
  grade: string | null;
  kind: string;
  complete: boolean;
  readers: string[];
  claims: number;
  entities: number;
  observations: number;
  quarantined: number;
  reasons: { field: string | null; reason: string; rows: number }[];
  editions: Edition[];
  /** Null: the publisher keeps no schedule that it could miss. */
  overdue: boolean | null;
  held: HeldEdition[];
  files: {
    name: string;
    sha256: string;
    reader: string;
    ingested_at: string;
    claims: number;
    observations: number;
    quarantined: number;
  }[];
}

export interface SourcesAnswer {
  datasets: Dataset[];
  sources: {
    id: string;
    title: string;
    publisher: string | null;
    author: string | null;
    date: IsoDate | null;
    kind: string | null;
    reliability: string | null;
    url: string | null;
    note: string | null;
    claims: number;
    handling: string;
  }[];
  /** The first thousand. */
  quarantine: (Marked & { dataset: string; file: string; line: number | null; field: string | null; reason: string; raw: string })[];
}

export interface DiffChange extends Marked {
  change: "added" | "removed" | "changed";
  subject: string;
  schema: string;
  caption: string;
  text: string;
  fields: { property: string; label: string; before: string[]; after: string[]; text: string }[];
}

export interface Diff {
  dataset: string;
  before: { date: IsoDate; parties: number };
  after: { date: IsoDate; parties: number };
  counts: { added: number; removed: number; changed: number };
  changes: DiffChange[];
}

export interface Explanation {
  id: string;
  /** entity, referent, value, link, rival account, finding, figure, claim, row */
  kind: string;
  text: string;
  grade: string | null;
  handling: string;
  source: ClaimSource | null;
  locator: string | null;
  children: Explanation[];
}

export interface DocumentBrief {
  id: string;
  title: string;
  publisher: string | null;
  author: string | null;
  date: IsoDate | null;
  url: string | null;
  note: string | null;
  reliability: string | null;
  /** pdf, html, docx, email, text */
  format: string;
  /** Which attachment of a file it is. */
  part: string | null;
  pages: number;
  characters: number;
  sha256: string;
  ingested_at: string;
  references: number;
  claims: number;
  handling: string;
  exercise: boolean;
}

export interface DocumentsAnswer {
  documents: DocumentBrief[];
}

export interface DocumentDetail extends DocumentBrief {
  /** Number of each page, and its characters. */
  page_sizes: [number, number][];
  reference_list: {
    number: number;
    id: string;
    title: string;
    publisher: string | null;
    author: string | null;
    date: IsoDate | null;
    kind: string | null;
    url: string | null;
    note: string | null;
    handling: string;
  }[];
  /** Claims that cite the document. */
  marks: {
    claim: string;
    subject: string;
    schema: string;
    property: string;
    value: string;
    original: string | null;
    locator: string | null;
    note: string | null;
    dataset: string;
    handling: string;
  }[];
}

export interface DocumentPage {
  document: string;
  page: number;
  /** Characters of the document before the page. */
  offset: number;
  text: string;
  handling: string;
}

export interface Mention {
  page: number;
  /** Characters (code points) from the start of the page. */
  start: number;
  end: number;
  text: string;
  kind: string;
  value: string;
  unit: string | null;
  /** Whether check digits agree; null where there are none. */
  valid: boolean | null;
  sure: boolean;
  entities: { id: string; caption: string; schema: string; listed: boolean; handling: string; exercise: boolean }[];
}

export interface MentionsAnswer {
  mentions: Mention[];
}

export interface MarkAnswer {
  claim: string;
  document: string;
  page: number;
  start: number;
  end: number;
  subject: string;
  property: string;
  value: string;
  handling: string;
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
