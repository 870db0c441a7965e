import { Button, SegmentedControl } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";

import { get, useApi, type ApiError } from "../api/client";
import { useAsOf, useReader } from "../api/reader";
import type { Attempt, AttemptNetwork, AttemptPayment, Difference, Network, PathAnswer, SnapshotChart, Summary } from "../api/types";
import { AttemptView } from "../parts/AttemptView";
import { KeepChart } from "../cases/KeepChart";
import { ChartPanel } from "../parts/ChartPanel";
import { CompareWith, DifferenceCard } from "../parts/DifferenceCard";
import { PathCard, PathFinder } from "../parts/PathFinder";
import { Marks } from "../parts/Handling";
import { Picture, usePalette } from "../parts/Picture";
import { Answered, Empty, Failure, Screen, Waiting } from "../parts/Screen";
import { openSearch } from "../parts/Spotlight";
import { TimeBar, useTimeWindow } from "../parts/TimeBar";
import { count, span } from "../parts/format";
import { MOST_NODES, type NetworkSearch } from "../searches";
import { SHORTCUTS } from "../shortcuts";
import type { Span } from "../viz/dates";
import { hidden } from "../viz/hidden";
import { mountLinkChart, type LinkChartData } from "../viz/linkChart";

import "../triage.css";

const route = getRouteApi("/network");

/** Nodes drawn without asking. */
const QUIET_LIMIT = 300;

/** Where a comparison ends when no date is set: now. */
const TODAY = new Date().toISOString().slice(0, 10);

/** Every answer in one network: the first wins where two bring the same node or edge. */
function merge(parts: Pick<Network, "nodes" | "edges">[]): Pick<Network, "nodes" | "edges"> {
  const nodes = new Map(parts.flatMap((part) => part.nodes).reverse().map((node) => [node.id, node]));
  const edges = new Map(parts.flatMap((part) => part.edges).reverse().map((edge) => [edge.id, edge]));
  return { nodes: [...nodes.values()].reverse(), edges: [...edges.values()].reverse() };
}

/** A chain as a network, so that it can be drawn where the chart does not reach; what the chart holds already wins. */
const asNetwork = (path: PathAnswer): Pick<Network, "nodes" | "edges"> => ({
  nodes: path.nodes.map((node) => ({ ...node, hops: 1 + path.edges.findIndex((edge) => edge.source === node.id || edge.target === node.id), degree: null })),
  edges: path.edges,
});

/** The link chart around one entity, one hop at a time, governed by the legend and the time bar. */
export function NetworkScreen() {
  const search = route.useSearch();
  if (search.center) return <Chart search={search} center={search.center} />;
  return search.finding ? <OfAttempt search={search} finding={search.finding} /> : <Begin />;
}

/** The parties of a finding over payments, with the attempt drawn in time under them. */
function OfAttempt({ search, finding }: { search: NetworkSearch; finding: string }) {
  const query = useApi<AttemptNetwork>("/network/attempt", { finding }, { steady: true });
  const more = useNeighbours(search.expand);
  const none = useApi<PathAnswer>(null);
  const same = useApi<Difference>(null);
  const kept = useKept(search.kept);
  return (
    <Screen name="network" title="Attempt · Network" wide>
      <Answered query={query} what="Drawing the attempt…">
        {(network) =>
          !network.nodes.length ? (
            <Empty title="Nobody to draw">This finding names no party and no payment.</Empty>
          ) : kept.isLoading ? (
            <Waiting what="Opening the kept chart…" />
          ) : (
            <Drawn network={network} more={more} path={none} difference={same} search={search} center={network.center} of={network} kept={kept.data} />
          )
        }
      </Answered>
    </Screen>
  );
}

/** The chart as it was kept in a case, where the address names one: `CASE/ROW`. */
function useKept(where: string | undefined): UseQueryResult<SnapshotChart, ApiError> {
  const [inCase, row] = where?.split("/") ?? [];
  return useApi<SnapshotChart>(inCase && row ? `/cases/${encodeURIComponent(inCase)}/snapshots/${encodeURIComponent(row)}` : null);
}

/** What was added around entities of the chart. */
function useNeighbours(expand: string[] | undefined): Network[] {
  const reader = useReader();
  const asOf = useAsOf();
  return useQueries({
    queries: (expand ?? []).map((id) => ({
      queryKey: [reader, "/network", { center: id, hops: 1, as_of: asOf, limit: QUIET_LIMIT }, null],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<Network>("/network", reader, { center: id, hops: 1, as_of: asOf, limit: QUIET_LIMIT }, signal),
      meta: { onScreen: true },
    })),
    combine: (answers) => answers.map((one) => one.data).filter((one) => one !== undefined),
  });
}

/** Without a centre: the subjects of the first findings are the places to start. */
function Begin() {
  const query = useApi<Summary>("/summary");
  const navigate = useNavigate();
  const starts = new Map(query.data?.findings.flatMap((finding) => finding.entities.map((id) => [id, finding.captions[id] ?? id] as const)) ?? []);
  return (
    <Screen name="network" title="Network">
      <Empty title="Around whom?">
        <p>Search for a person, company, bank or ship, and open its link chart.</p>
        <Button onClick={openSearch} data-testid="choose-center">
          Search
        </Button>
        {starts.size > 0 && <p>or start where a finding points:</p>}
        <p className="cf-starts">
          {[...starts].slice(0, 8).map(([id, caption]) => (
            <button key={id} type="button" className="cf-door" onClick={() => void navigate({ to: "/network", search: { center: id } })}>
              {caption}
            </button>
          ))}
        </p>
      </Empty>
    </Screen>
  );
}

function Chart({ search, center }: { search: NetworkSearch; center: string }) {
  const { hops = 1, expand, limit = QUIET_LIMIT } = search;
  const asOf = useAsOf();
  const first = useApi<Network>("/network", { center, hops, as_of: asOf, limit }, { steady: true });
  const more = useNeighbours(expand);
  const to = useApi<PathAnswer>(search.path ? "/path" : null, { source: center, target: search.path, as_of: asOf });
  const nearest = useApi<PathAnswer>(search.nearest ? "/nearest" : null, { entity: center, as_of: asOf });
  const difference = useApi<Difference>(search.compare ? "/network/difference" : null, { from: search.compare, to: asOf ?? TODAY, center });
  const kept = useKept(search.kept);
  const name = first.data?.nodes.find((node) => node.id === center)?.caption;
  return (
    <Screen name="network" title={name ? `${name} · Network` : "Network"} wide>
      <Answered query={first} what="Drawing the network…">
        {(network) =>
          kept.isLoading ? <Waiting what="Opening the kept chart…" /> : <Drawn network={network} more={more} path={search.path ? to : nearest} difference={difference} search={search} center={center} kept={kept.data} />
        }
      </Answered>
    </Screen>
  );
}

interface DrawnProps {
  network: Network;
  more: Network[];
  path: UseQueryResult<PathAnswer, ApiError>;
  difference: UseQueryResult<Difference, ApiError>;
  search: NetworkSearch;
  center: string;
  /** The attempt that is drawn, where it is one. */
  of?: AttemptNetwork;
  /** A kept chart on which the nodes stood before. */
  kept?: SnapshotChart;
}

const placesOf = (kept: SnapshotChart | undefined) =>
  kept && new Map(kept.nodes.flatMap((one) => (one.x === null || one.y === null ? [] : [[one.id, { x: one.x, y: one.y }] as const])));

function Drawn({ network, more, path, difference, search, center, of, kept }: DrawnProps) {
  const navigate = useNavigate();
  const palette = usePalette();
  const window = useTimeWindow();
  const steps = useRef<NetworkSearch[]>([]);
  const where = useRef<() => Record<string, [number, number]>>(() => ({}));
  const places = useMemo(() => placesOf(kept), [kept]);
  const [pins, setPins] = useState<ReadonlySet<string>>(() => new Set(kept?.shown.pins));
  const asked = Boolean(search.path ?? search.nearest);
  const chain = asked ? path.data : undefined;
  const { nodes, edges } = useMemo(() => merge([network, ...more, ...(chain ? [asNetwork(chain)] : [])]), [network, more, chain]);
  const onPath = useMemo(() => (chain?.edges.length ? new Set([...chain.nodes, ...chain.edges].map((one) => one.id)) : null), [chain]);
  const hide = useMemo(() => new Set(search.hide ?? []), [search.hide]);

  const step = useCallback(
    (change: Partial<NetworkSearch>) => {
      steps.current.push(search);
      void navigate({ to: "/network", search: (before) => ({ ...before, ...change }) });
    },
    [navigate, search],
  );
  const undo = useCallback(() => {
    const before = steps.current.pop();
    if (before) void navigate({ to: "/network", search: before });
  }, [navigate]);
  useHotkeys([[SHORTCUTS.undo.keys, undo]]);
  const choose = useCallback(
    (change: Partial<NetworkSearch>) => void navigate({ to: "/network", search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const addNeighbours = useCallback(
    (id: string) => {
      if (id !== center && !search.expand?.includes(id)) step({ expand: [...(search.expand ?? []), id] });
    },
    [center, search.expand, step],
  );

  const { hiddenNodes, hiddenEdges } = useMemo(() => hidden(nodes, edges, center, hide, window.shows, onPath), [nodes, edges, hide, center, window, onPath]);

  const data = useMemo<LinkChartData>(
    () => ({
      palette,
      center,
      nodes,
      edges,
      hiddenNodes,
      hiddenEdges,
      path: onPath,
      node: search.node ?? null,
      edge: search.edge ?? null,
      says: (edge) => edge.role || edge.label,
      dates: (edge) => span(edge.start, edge.end),
      onNode: (id) => choose({ node: id ?? undefined, edge: undefined }),
      onEdge: (id) => choose({ edge: id, node: undefined }),
      onExpand: addNeighbours,
      pins,
      onPin: (id) => setPins((before) => new Set([...before, id])),
      places,
      onMounted: (ask) => {
        where.current = ask;
      },
    }),
    [palette, center, nodes, edges, hiddenNodes, hiddenEdges, onPath, search.node, search.edge, choose, addNeighbours, pins, places],
  );

  const inWindow = useCallback((payment: AttemptPayment) => window.shows({ start: payment.at, end: payment.at }), [window]);
  const spans = useMemo<readonly Span[]>(() => of?.attempt?.payments.map((one) => ({ start: one.at, end: one.at })) ?? edges, [of, edges]);
  const name = (id: string) => nodes.find((node) => node.id === id)?.caption ?? id;

  return (
    <>
      <div className="cf-toolbar">
        {!of && <SegmentedControl
          size="xs"
          aria-label="Hops"
          value={String(search.hops ?? 1)}
          onChange={(value) => step({ hops: Number(value), limit: undefined })}
          data={[
            { value: "1", label: "1 hop" },
            { value: "2", label: "2 hops" },
            { value: "3", label: "3 hops" },
          ]}
          data-testid="hops"
        />}
        <Button variant="default" leftSection={<IconArrowBackUp size={15} />} onClick={undo} disabled={!steps.current.length} data-testid="undo">
          Undo
        </Button>
        {of && <Button renderRoot={(props) => <Link to="/findings" search={{ finding: of.finding, standing: "all" }} {...props} />} variant="default" data-testid="to-finding">The finding</Button>}
        {!of && <PathFinder from={center} to={search.path} onTo={(id) => step({ path: id, nearest: undefined, node: undefined, edge: undefined })} />}
        {!of && <Button variant="default" onClick={() => step({ nearest: 1, path: undefined, node: undefined, edge: undefined })} disabled={search.nearest === 1} data-testid="nearest">
          Nearest listed
        </Button>}
        <KeepChart of={of ? { finding: of.finding } : { center }} hops={search.hops ?? 1} limit={search.limit ?? QUIET_LIMIT} name={of?.sentence ?? name(center)} where={() => where.current()} expand={search.expand} path={search.path ?? (search.nearest ? "nearest" : "")} shown={{ hide: search.hide ?? [], start: window.from ?? "", end: window.to ?? "", pins: [...pins] }} />
        {!of && <CompareWith key={search.compare ?? ""} value={search.compare} onDate={(compare) => step({ compare })} />}
        <span className="cf-soft" data-testid="network-counts">
          {count(nodes.length - hiddenNodes.size)} entities, {count(edges.filter((e) => !hiddenEdges.has(e.id) && !hiddenNodes.has(e.source) && !hiddenNodes.has(e.target)).length)} links
          {search.expand && `, ${search.expand.length} expanded`}
        </span>
        {pins.size > 0 && (
          <Button size="compact-xs" variant="default" onClick={() => setPins(new Set())} data-testid="unpin">
            Release {count(pins.size)} moved by hand
          </Button>
        )}
        <span className="cf-grow" />
        <span className="cf-soft">click: what it is · double click: add neighbours · drag: move</span>
      </div>
      {network.truncated && (
        <div className="cf-ask" role="alert" data-testid="too-many">
          <span>
            <b>{count(network.total)} entities</b> lie within {network.hops} {network.hops === 1 ? "hop" : "hops"}. The {count(network.nodes.length)} nearest are drawn.
          </span>
          {network.nodes.length < MOST_NODES && (
            <Button size="compact-xs" onClick={() => step({ limit: Math.min(network.total, MOST_NODES) })}>
              Draw {network.total > MOST_NODES ? `the nearest ${count(MOST_NODES)}` : `all ${count(network.total)}`}
            </Button>
          )}
          {network.hops > 1 && (
            <Button size="compact-xs" variant="default" onClick={() => step({ hops: network.hops - 1, limit: undefined })}>
              {network.hops - 1} {network.hops === 2 ? "hop" : "hops"} only
            </Button>
          )}
        </div>
      )}
      <div className="cf-split">
        <Picture mount={mountLinkChart} data={data} name="link-chart" className="cf-canvas" />
        <ChartPanel
          nodes={nodes}
          edges={edges}
          hidden={{ nodes: hiddenNodes, edges: hiddenEdges }}
          hide={hide}
          center={center}
          node={search.node}
          edge={search.edge}
          onHide={(next) => step({ hide: next.length ? next : undefined })}
          onNode={(id) => choose({ node: id, edge: undefined })}
          onEdge={(id) => choose({ edge: id, node: undefined })}
          onExpand={addNeighbours}
          onCenter={(id) => step({ center: id, hops: 1, expand: undefined, node: undefined, edge: undefined, limit: undefined, path: undefined, nearest: undefined, compare: undefined, finding: undefined })}
        >
          {asked && path.isError && <Failure error={path.error} />}
          {chain && (
            <PathCard
              path={chain}
              from={name(center)}
              to={chain.target ? name(chain.target) : "any listed party"}
              onEdge={(id) => choose({ edge: id, node: undefined })}
              onClose={() => step({ path: undefined, nearest: undefined })}
            />
          )}
          {search.compare && difference.isError && <Failure error={difference.error} />}
          {search.compare && difference.data && (
            <DifferenceCard difference={difference.data} onEdge={(id) => choose({ edge: id, node: undefined })} onClose={() => step({ compare: undefined })} />
          )}
        </ChartPanel>
      </div>
      {of?.attempt && <Strip of={of} attempt={of.attempt} shows={inWindow} />}
      <TimeBar spans={spans} window={window} what={of?.attempt ? "payments" : "links"} />
    </>
  );
}

/** The attempt in time under its chart; the time bar's window governs both. */
function Strip({ of, attempt, shows }: { of: AttemptNetwork; attempt: Attempt; shows: (payment: AttemptPayment) => boolean }) {
  const [open, setOpen] = useState(true);
  return (
    <section className="cf-attempt-strip" aria-label="The attempt in time" data-testid="attempt-strip">
      <div className="cf-attempt-strip-head">
        <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="strip-toggle">
          {open ? "Hide the flow" : "The flow in time"}
        </Button>
        <span className="cf-ellipsis cf-attempt-sentence" title={of.sentence}>
          {of.sentence}
        </span>
        <Marks of={of} />
      </div>
      {open && <AttemptView attempt={attempt} shows={shows} terse />}
    </section>
  );
}
