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

import { Nowhere } from "./parts/Nowhere";
import { Gate } from "./parts/Shell";
import {
  amount,
  CORRIDORS,
  date,
  list,
  METHODS,
  MOST_NODES,
  parseSearch,
  SORTS,
  STAGES,
  STATUSES,
  WAITS,
  stringifySearch,
  TABS,
  text,
  whole,
  window_,
  type CaseSearch,
  type CasesSearch,
  type CommonSearch,
  type CustodySearch,
  type DocumentSearch,
  type EntitySearch,
  type FindingsSearch,
  type FlowSearch,
  type HypothesesSearch,
  type MapSearch,
  type MeasuresSearch,
  type NetworkSearch,
  type PatternsSearch,
  type QuestionsSearch,
  type ReportSearch,
  type RetentionSearch,
  type ReviewSearch,
  type ScreeningSearch,
  type SearchSearch,
  type SharingSearch,
  type SourcesSearch,
  type TaintSearch,
} from "./searches";

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
    kept: text(s.kept),
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
const redactionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/documents/$id/redaction",
  component: lazyRouteComponent(() => import("./screens/redaction"), "RedactionScreen"),
});
const custodyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/custody",
  validateSearch: (s: Record<string, unknown>): CustodySearch => ({ sha256: text(s.sha256) }),
  component: lazyRouteComponent(() => import("./screens/custody"), "CustodyScreen"),
});
const retentionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/retention",
  validateSearch: (s: Record<string, unknown>): RetentionSearch => ({ on: date(s.on), dataset: text(s.dataset) }),
  component: lazyRouteComponent(() => import("./screens/retention"), "RetentionScreen"),
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
  validateSearch: (s: Record<string, unknown>): CasesSearch => ({ status: STATUSES.find((one) => one === text(s.status)), open: whole(s.open, 1, 1), q: text(s.q), waits: WAITS.find((one) => one === text(s.waits)) }),
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
    redactionRoute,
    custodyRoute,
    retentionRoute,
  ]),
  parseSearch,
  stringifySearch,
  pathParamsAllowedCharacters: [":", "@", ","],
  defaultPreload: false,
  defaultNotFoundComponent: Nowhere,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
