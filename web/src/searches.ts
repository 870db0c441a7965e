/** What the address of each screen may say besides its path, and how it is written and read. */

export type RawSearch = Record<string, string | string[]>;

export interface CommonSearch {
  audience?: string;
  exercise?: 0;
  as_of?: string;
  known_on?: string;
  /** Ids of entities, links or findings unfolded in the drawer. */
  explain?: string[];
  /** Ids of claims listed in the drawer. */
  claims?: string[];
}

/** Nodes that the server sends at most. */
export const MOST_NODES = 2000;

const PARTIAL_DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;

export const text = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined || one === null || one === "" ? undefined : String(one);
};
export const date = (value: unknown): string | undefined => {
  const one = text(value);
  return one && PARTIAL_DATE.test(one) ? one : undefined;
};
export const whole = (value: unknown, low: number, high: number): number | undefined => {
  const one = Number(text(value));
  return text(value) !== undefined && Number.isFinite(one) ? Math.min(high, Math.max(low, Math.round(one))) : undefined;
};
export const amount = (value: unknown): number | undefined => {
  const one = Number(text(value));
  return text(value) !== undefined && Number.isFinite(one) && one >= 0 ? one : undefined;
};
export const list = (value: unknown): string[] | undefined => {
  const all = (Array.isArray(value) ? value : [value]).filter((v) => v !== undefined && v !== "").map(String);
  return all.length ? all : undefined;
};

/** Key=value pairs; a key that repeats is a list. */
export function parseSearch(query: string): RawSearch {
  const found: RawSearch = {};
  for (const [key, value] of new URLSearchParams(query)) {
    const before = found[key];
    found[key] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}

/** Inverse of `parseSearch`; undefined is left out. */
export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(key, String(one));
  }
  // Colons and commas are what ids and views are made of; they need no escape in a query.
  const text = query.toString().replace(/%3A/g, ":").replace(/%2C/g, ",");
  return text ? `?${text}` : "";
}

export interface CustodySearch {
  /** Of an original, or of a file that left. */
  sha256?: string;
}
export interface RetentionSearch {
  /** Due by this day; without it, by today. */
  on?: string;
  /** That is being looked at. */
  dataset?: string;
}
export interface SharingSearch {
  /** Entities and findings that are to leave; none: everything that the recipient may read. */
  ids?: string[];
  to?: string;
  format?: string;
}
export interface SearchSearch {
  q?: string;
}
export interface EntitySearch {
  /** Property whose claims are open, and the one value of it. */
  property?: string;
  value?: string;
  /** Link whose claims are open. */
  link?: string;
}
export interface TimeWindow {
  /** Window of the time bar. */
  from?: string;
  to?: string;
}
export interface NetworkSearch extends TimeWindow {
  center?: string;
  /** Finding whose parties are drawn, where there is no centre. */
  finding?: string;
  hops?: number;
  /** Entities whose own neighbours were added. */
  expand?: string[];
  /** Kinds and relations switched off in the legend. */
  hide?: string[];
  limit?: number;
  /** Entity to which a chain from the centre is drawn. */
  path?: string;
  /** 1: a chain to the nearest listed party is drawn. */
  nearest?: number;
  /** Earlier date to compare with: what began and ended since. */
  compare?: string;
  /** Node or edge whose card is open. */
  node?: string;
  edge?: string;
  /** CASE/ROW of a kept chart: nodes begin where they stood on it. */
  kept?: string;
}
export const CORRIDORS = ["all", "findings"] as const;
export interface MapSearch extends TimeWindow {
  hide?: string[];
  /** Payments between countries are drawn: all, or those that findings rest on. */
  corridors?: (typeof CORRIDORS)[number];
  /** Corridor that stands out: `de>hk`. */
  corridor?: string;
  /** Event or finding that stands out. */
  event?: string;
  /** MMSI or IMO number of the ship that is followed. */
  ship?: string;
  /** Centre and magnification: lon,lat,zoom. */
  view?: string;
}
export interface FlowSearch {
  /** Arc whose card is open. */
  arc?: string;
}
export const SORTS = ["likelihood", "newest", "oldest", "amount", "payments"] as const;
export interface FindingsSearch {
  finding?: string;
  typology?: string;
  /** How it stands; none: what is still to be decided; `all`. */
  standing?: string;
  reason?: string;
  likelihood?: string;
  listed?: string;
  jurisdiction?: string;
  sort?: (typeof SORTS)[number];
}
export interface PatternsSearch {
  pattern?: string;
  activity?: string;
  /** 1: only those that join findings of several kinds. */
  across?: number;
}
/** How taint leaves an address. */
export const METHODS = ["haircut", "fifo", "poison"] as const;
/** How far money is followed where nothing else is asked for. */
export const HOPS = 20;
export const DAYS = 365;
export interface TaintSearch extends TimeWindow {
  /** Whose money is followed; none: of all that is marked. */
  address?: string[];
  method?: (typeof METHODS)[number];
  hops?: number;
  days?: number;
  /** The one receiver whose ways are drawn. */
  receiver?: string;
}
export const STAGES = ["before", "after", "after_rerouting"] as const;
export type Stage = (typeof STAGES)[number];
export interface MeasuresSearch extends FlowSearch {
  budget?: number;
  must?: string[];
  never?: string[];
  /** Limits of agencies: `points@agency`. */
  purse?: string[];
  /** What a plan may do to others, in points: together, and each measure. */
  collateral?: number;
  each?: number;
  /** Codes of states that do not cooperate. */
  state?: string[];
  /** Plan so many periods; until what was cut is rebuilt: `periods@all`, or `periods@kind` of measure; length in days. */
  periods?: number;
  recovery?: string[];
  days?: number;
  /** 1: also the activities to forbid when he packs the rest. */
  packing?: number;
  /** The flow that is drawn large: before, after or after_rerouting. */
  stage?: Stage;
  /** Name of a kept scenario that the plan is compared with. */
  versus?: string;
}
export interface ReportSearch {
  /** NAME@NUMBER of a report that was kept; none: as generated now. */
  saved?: string;
  /** 1: it is being edited. */
  edit?: number;
  /** 1: with the founding document's questions answered. */
  answers?: number;
  /** What it is compared with: now, generated, or NAME@NUMBER. */
  against?: string;
}
export interface HypothesesSearch {
  question?: string;
  /** Items and origins left out. */
  without?: string[];
  /** Item whose card is open. */
  item?: string;
}
export interface QuestionsSearch {
  /** Which question is shown. */
  ask?: string;
  budget?: number;
}
export interface SourcesSearch {
  tab?: string;
  q?: string;
  /** Dataset of which two editions are compared, and their dates. */
  diff?: string;
  before?: string;
  after?: string;
}

export interface ScreeningSearch {
  /** Which party's card is open, counted from 0, and which kind is shown. */
  row?: number;
  show?: "match" | "possible" | "none" | "error" | "decided" | "changed";
}
export interface ReviewSearch {
  outcome?: string;
  entity?: string;
  /** The two subjects of the pair whose card is open, with a blank between. */
  pair?: string;
}

export const STATUSES = ["open", "closed"] as const;
export const WAITS = ["me", "overdue", "week"] as const;
export interface CasesSearch {
  status?: (typeof STATUSES)[number];
  /** 1: the form for a new case is open. */
  open?: number;
  /** A text that is in them. */
  q?: string;
  /** What waits in them: for the reader, or until when. */
  waits?: (typeof WAITS)[number];
}
export const TABS = ["overview", "things", "tasks", "notes", "requests", "decisions", "snapshots", "history"] as const;
export interface CaseSearch {
  tab?: (typeof TABS)[number];
  /** The row that is unfolded: a snapshot that is drawn. */
  row?: string;
  /** An earlier snapshot that it is compared with. */
  since?: string;
}

export interface DocumentSearch {
  page?: number;
  /** The chosen passage: characters from the start of the page. */
  start?: number;
  end?: number;
}

export const window_ = (search: Record<string, unknown>): TimeWindow => ({ from: date(search.from), to: date(search.to) });
