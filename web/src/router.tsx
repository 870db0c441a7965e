/**
 * The URL is the state: what a screen shows is a function of its path and search parameters, so a link is a citation.
 * Four parameters belong to every screen: `audience`, `exercise` (0 hides the exercise), `as_of` (what was true then) and
 * `known_on` (what was known then).
 */

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from "@tanstack/react-router";

import { Gate } from "./parts/Shell";

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

const text = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined || one === null || one === "" ? undefined : String(one);
};
const date = (value: unknown): string | undefined => {
  const one = text(value);
  return one && PARTIAL_DATE.test(one) ? one : undefined;
};
const whole = (value: unknown, low: number, high: number): number | undefined => {
  const one = Number(text(value));
  return text(value) !== undefined && Number.isFinite(one) ? Math.min(high, Math.max(low, Math.round(one))) : undefined;
};
const amount = (value: unknown): number | undefined => {
  const one = Number(text(value));
  return text(value) !== undefined && Number.isFinite(one) && one >= 0 ? one : undefined;
};
const list = (value: unknown): string[] | undefined => {
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

const rootRoute = createRootRoute({
  component: Gate,
  validateSearch: (search: Record<string, unknown>): CommonSearch => ({
    audience: text(search.audience),
    exercise: text(search.exercise) === "0" ? 0 : undefined,
    as_of: date(search.as_of),
    known_on: date(search.known_on),
    explain: list(search.explain),
    claims: list(search.claims),
  }),
  search: { middlewares: [retainSearchParams(["audience", "exercise", "as_of", "known_on"])] },
});

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
export interface CasesSearch {
  status?: (typeof STATUSES)[number];
  /** 1: the form for a new case is open. */
  open?: number;
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

const window_ = (search: Record<string, unknown>): TimeWindow => ({ from: date(search.from), to: date(search.to) });

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (s: Record<string, unknown>): SearchSearch => ({ q: text(s.q) }),
  component: lazyRouteComponent(() => import("./screens/search"), "SearchScreen"),
});
const entityRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/entity/$id",
  validateSearch: (s: Record<string, unknown>): EntitySearch => ({
    property: text(s.property),
    value: text(s.value),
    link: text(s.link),
  }),
  component: lazyRouteComponent(() => import("./screens/entity"), "EntityScreen"),
});
const networkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/network",
  validateSearch: (s: Record<string, unknown>): NetworkSearch => ({
    center: text(s.center),
    finding: text(s.finding),
    hops: whole(s.hops, 1, 3),
    expand: list(s.expand),
    hide: list(s.hide),
    limit: whole(s.limit, 1, MOST_NODES),
    path: text(s.path),
    nearest: whole(s.nearest, 1, 1),
    compare: date(s.compare),
    node: text(s.node),
    edge: text(s.edge),
    ...window_(s),
  }),
  component: lazyRouteComponent(() => import("./screens/network"), "NetworkScreen"),
});
const mapRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/map",
  validateSearch: (s: Record<string, unknown>): MapSearch => ({
    hide: list(s.hide),
    event: text(s.event),
    ship: text(s.ship),
    view: text(s.view),
    corridors: CORRIDORS.find((one) => one === text(s.corridors)),
    corridor: text(s.corridor),
    ...window_(s),
  }),
  component: lazyRouteComponent(() => import("./screens/map"), "MapScreen"),
});
const flowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/flow",
  validateSearch: (s: Record<string, unknown>): FlowSearch => ({ arc: text(s.arc) }),
  component: lazyRouteComponent(() => import("./screens/flow"), "FlowScreen"),
});
const findingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/findings",
  validateSearch: (s: Record<string, unknown>): FindingsSearch => ({
    finding: text(s.finding),
    typology: text(s.typology),
    standing: text(s.standing),
    reason: text(s.reason),
    likelihood: text(s.likelihood),
    listed: text(s.listed),
    jurisdiction: text(s.jurisdiction),
    sort: SORTS.find((one) => one === text(s.sort)),
  }),
  component: lazyRouteComponent(() => import("./screens/findings"), "FindingsScreen"),
});
const patternsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/patterns",
  validateSearch: (s: Record<string, unknown>): PatternsSearch => ({
    pattern: text(s.pattern),
    activity: text(s.activity),
    across: whole(s.across, 1, 1),
  }),
  component: lazyRouteComponent(() => import("./screens/patterns"), "PatternsScreen"),
});
const taintRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/taint",
  validateSearch: (s: Record<string, unknown>): TaintSearch => ({
    address: list(s.address),
    method: METHODS.find((one) => one === text(s.method)),
    hops: whole(s.hops, 1, 100),
    days: whole(s.days, 1, 36_500),
    receiver: text(s.receiver),
    ...window_(s),
  }),
  component: lazyRouteComponent(() => import("./screens/taint"), "TaintScreen"),
});
const measuresRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/measures",
  validateSearch: (s: Record<string, unknown>): MeasuresSearch => ({
    budget: amount(s.budget),
    must: list(s.must),
    never: list(s.never),
    purse: list(s.purse),
    collateral: amount(s.collateral),
    each: amount(s.each),
    state: list(s.state),
    periods: whole(s.periods, 1, 24),
    recovery: list(s.recovery),
    days: whole(s.days, 1, 3660),
    packing: whole(s.packing, 1, 1),
    stage: STAGES.find((one) => one === text(s.stage)),
    versus: text(s.versus),
    arc: text(s.arc),
  }),
  component: lazyRouteComponent(() => import("./screens/measures"), "MeasuresScreen"),
});
const questionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/questions",
  validateSearch: (s: Record<string, unknown>): QuestionsSearch => ({ ask: text(s.ask), budget: amount(s.budget) }),
  component: lazyRouteComponent(() => import("./screens/questions"), "QuestionsScreen"),
});
const reportRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/report",
  validateSearch: (s: Record<string, unknown>): ReportSearch => ({
    saved: text(s.saved),
    edit: whole(s.edit, 1, 1),
    answers: whole(s.answers, 1, 1),
    against: text(s.against),
  }),
  component: lazyRouteComponent(() => import("./screens/report"), "ReportScreen"),
});
const hypothesesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/hypotheses",
  validateSearch: (s: Record<string, unknown>): HypothesesSearch => ({
    question: text(s.question),
    without: list(s.without),
    item: text(s.item),
  }),
  component: lazyRouteComponent(() => import("./screens/hypotheses"), "HypothesesScreen"),
});
const sourcesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sources",
  validateSearch: (s: Record<string, unknown>): SourcesSearch => ({
    tab: text(s.tab),
    q: text(s.q),
    diff: text(s.diff),
    before: date(s.before),
    after: date(s.after),
  }),
  component: lazyRouteComponent(() => import("./screens/sources"), "SourcesScreen"),
});

const SHOWN = ["match", "possible", "none", "error", "decided", "changed"] as const;
const screeningRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/screening",
  validateSearch: (s: Record<string, unknown>): ScreeningSearch => ({
    row: whole(s.row, 0, 10_000_000),
    show: SHOWN.find((one) => one === text(s.show)),
  }),
  component: lazyRouteComponent(() => import("./screens/screening"), "ScreeningScreen"),
});
const reviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/review",
  validateSearch: (s: Record<string, unknown>): ReviewSearch => ({ outcome: text(s.outcome), entity: text(s.entity), pair: text(s.pair) }),
  component: lazyRouteComponent(() => import("./screens/review"), "ReviewScreen"),
});

const documentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/documents",
  component: lazyRouteComponent(() => import("./screens/documents"), "DocumentsScreen"),
});
const sharingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sharing",
  validateSearch: (s: Record<string, unknown>): SharingSearch => ({ ids: list(s.ids), to: text(s.to), format: text(s.format) }),
  component: lazyRouteComponent(() => import("./screens/sharing"), "SharingScreen"),
});
const documentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/documents/$id",
  validateSearch: (s: Record<string, unknown>): DocumentSearch => ({
    page: whole(s.page, 1, 1_000_000),
    start: whole(s.start, 0, 10_000_000),
    end: whole(s.end, 0, 10_000_000),
  }),
  component: lazyRouteComponent(() => import("./screens/document"), "DocumentScreen"),
});

const casesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/cases",
  validateSearch: (s: Record<string, unknown>): CasesSearch => ({ status: STATUSES.find((one) => one === text(s.status)), open: whole(s.open, 1, 1) }),
  component: lazyRouteComponent(() => import("./screens/cases"), "CasesScreen"),
});
const caseRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/cases/$id",
  validateSearch: (s: Record<string, unknown>): CaseSearch => ({ tab: TABS.find((one) => one === text(s.tab)), row: text(s.row), since: text(s.since) }),
  component: lazyRouteComponent(() => import("./screens/case"), "CaseScreen"),
});
const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./identity/account"), "AccountScreen"),
});
const administrationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/administration",
  component: lazyRouteComponent(() => import("./identity/administration"), "AdministrationScreen"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    searchRoute,
    entityRoute,
    networkRoute,
    mapRoute,
    flowRoute,
    findingsRoute,
    patternsRoute,
    taintRoute,
    measuresRoute,
    questionsRoute,
    reportRoute,
    hypothesesRoute,
    sourcesRoute,
    screeningRoute,
    reviewRoute,
    documentsRoute,
    documentRoute,
    casesRoute,
    caseRoute,
    accountRoute,
    administrationRoute,
    sharingRoute,
  ]),
  parseSearch,
  stringifySearch,
  pathParamsAllowedCharacters: [":", "@", ","],
  defaultPreload: false,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
