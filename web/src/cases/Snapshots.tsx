import { Button, Select } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { useApi } from "../api/client";
import type { CaseFile, SnapshotChanges, SnapshotChart } from "../api/types";
import { KindDot } from "../parts/EntityChip";
import { count, day, span, time, words } from "../parts/format";
import { Marks } from "../parts/Handling";
import { Picture, usePalette } from "../parts/Picture";
import { Answered, Empty } from "../parts/Screen";
import type { CommonSearch, NetworkSearch } from "../searches";
import { within } from "../viz/dates";
import { hidden } from "../viz/hidden";
import { mountLinkChart, type LinkChartData } from "../viz/linkChart";
import { said } from "./Refusal";
import { Row } from "./Row";

const route = getRouteApi("/cases/$id");

/** Link charts as they were. */
export function Snapshots({ file }: { file: CaseFile }) {
  const { row, since } = route.useSearch();
  const navigate = useNavigate();
  const open = (to: string | undefined, than?: string) => void navigate({ to: "/cases/$id", params: { id: file.id }, search: (before) => ({ ...before, tab: "snapshots" as const, row: to, since: than }), replace: true });
  if (!file.snapshots.length) {
    return (
      <Empty title="No chart was kept yet">
        Open the <Link to="/network">link chart</Link> of somebody or of a finding and press <em>Keep in a case</em>: it opens as it was, whatever is learnt later.
      </Empty>
    );
  }
  return (
    <>
      <ul className="cf-plain">
        {file.snapshots.map((one) => (
          <Row
            key={one.row}
            of={one}
            file={file}
            actions={
              <Button size="compact-xs" variant={one.row === row ? "filled" : "default"} onClick={() => open(one.row === row ? undefined : one.row)} aria-expanded={one.row === row} data-testid="open-snapshot">
                {one.row === row ? "Close" : "Open"}
              </Button>
            }
          >
            <strong>{one.title}</strong>{" "}
            <span className="cf-soft">
              {count(one.nodes)} entities · {one.as_of ? `as of ${one.as_of}` : "over all time"} · known on {day(one.known_on)}
            </span>
          </Row>
        ))}
      </ul>
      {row && <Opened key={row} file={file} row={row} since={since} onSince={(to) => open(row, to)} />}
    </>
  );
}

function Opened({ file, row, since, onSince }: { file: CaseFile; row: string; since: string | undefined; onSince: (row: string | undefined) => void }) {
  const query = useApi<SnapshotChart>(`/cases/${file.id}/snapshots/${row}`);
  return (
    <Answered query={query} what="Opening the chart…">
      {(chart) => (
        <section aria-label={chart.title} data-testid="snapshot">
          <div className="cf-brief-foot">
            <span>
              {count(chart.nodes.length)} entities, {count(chart.edges.length)} links
            </span>
            <Marks of={chart} quiet={false} />
            <span className="cf-soft">
              kept by {chart.by}, {time(chart.at)}
            </span>
            <Button size="compact-xs" variant="default" renderRoot={(props) => <Link to="/network" search={{ ...asShown(chart), known_on: day(chart.known_on) }} {...props} />} data-testid="as-known">
              The workspace as known on {day(chart.known_on)}
            </Button>
          </div>
          {!chart.intact && (
            <p role="alert" className="cf-refused">
              It is not as it was kept. Run: counterflow audit verify
            </p>
          )}
          <Chart chart={chart} />
          <p className="cf-soft">
            sha256 of what you see: <code className="cf-anywhere">{chart.sha256}</code>
          </p>
          {file.snapshots.length > 1 && (
            <Select size="xs" w={320} label="What changed since" clearable data={file.snapshots.filter((one) => one.row !== row).map((one) => ({ value: one.row, label: `${one.title}, ${day(one.at)}` }))} value={since ?? null} onChange={(to) => onSince(to ?? undefined)} data-testid="since" />
          )}
          {since && <Changes file={file} row={row} since={since} />}
        </section>
      )}
    </Answered>
  );
}

/** The address of the link chart that was kept. */
const asShown = (chart: SnapshotChart): NetworkSearch & CommonSearch => ({
  ...(chart.finding ? { finding: chart.finding } : { center: chart.center, hops: chart.hops }),
  as_of: chart.as_of || undefined,
  expand: chart.shown.expand,
  hide: chart.shown.hide,
  from: chart.shown.start,
  to: chart.shown.end,
  path: endOf(chart),
  kept: `${chart.case}/${chart.row}`,
});

/** Where the chain ends that was drawn: the one on it, the centre apart, that only one of its links touches. */
function endOf({ center, edges, shown }: SnapshotChart): string | undefined {
  const on = new Set(shown.path);
  const touched = edges.filter((one) => on.has(one.id)).flatMap((one) => [one.source, one.target]);
  return touched.find((id) => id !== center && touched.filter((other) => other === id).length === 1);
}

/** What was set on a chart, in words. */
function Shown({ of: { shown }, all, onAll }: { of: SnapshotChart; all: boolean; onAll: (all: boolean) => void }) {
  const told = [
    shown.start || shown.end ? `time ${span(shown.start, shown.end)}` : "",
    shown.hide?.length ? `hidden: ${shown.hide.map((one) => words(one.slice(one.indexOf(":") + 1))).join(", ")}` : "",
    shown.expand?.length ? `${count(shown.expand.length)} expanded` : "",
    shown.pins?.length ? `${count(shown.pins.length)} moved by hand` : "",
    shown.path?.length ? "with a chain" : "",
  ].filter(Boolean);
  if (!told.length) return null;
  return (
    <p className="cf-soft" data-testid="as-shown">
      As it was set: {told.join(" · ")}{" "}
      {(shown.start || shown.end || shown.hide?.length) && (
        <button type="button" className="cf-door" aria-pressed={all} onClick={() => onAll(!all)} data-testid="show-hidden">
          {all ? "hide again what was hidden" : "show what was hidden too"}
        </button>
      )}
    </p>
  );
}

function Chart({ chart }: { chart: SnapshotChart }) {
  const palette = usePalette();
  const center = chart.shown.center ?? chart.center;
  const [node, setNode] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const path = useMemo(() => (chart.shown.path?.length ? new Set(chart.shown.path) : null), [chart]);
  const off = useMemo(() => {
    const { hide, start, end } = all ? {} : (chart.shown as SnapshotChart["shown"]);
    return hidden(chart.nodes, chart.edges, center, new Set(hide), (dates) => within(dates, start, end), path);
  }, [chart, all, path]);
  const data = useMemo<LinkChartData>(() => {
    const placed = chart.nodes.filter((one) => one.x !== null && one.y !== null);
    return {
      palette,
      center,
      nodes: chart.nodes.map((one) => ({ ...one, degree: chart.edges.filter((edge) => edge.source === one.id || edge.target === one.id).length, handling: chart.handling })),
      edges: chart.edges.map((edge) => ({ ...edge, handling: chart.handling })),
      ...off,
      path,
      pins: new Set(chart.shown.pins),
      node,
      edge: null,
      says: (edge) => edge.role || edge.label,
      dates: (edge) => span(edge.start, edge.end),
      onNode: setNode,
      onEdge: () => undefined,
      onExpand: () => undefined,
      places: new Map(placed.map((one) => [one.id, { x: one.x ?? 0, y: one.y ?? 0 }])),
    };
  }, [chart, palette, node, off, path]);
  const names = new Map(chart.nodes.map((one) => [one.id, one.caption]));
  const drawn = chart.nodes.filter((one) => !off.hiddenNodes.has(one.id));
  const shown = node ? chart.edges.filter((edge) => edge.source === node || edge.target === node) : chart.edges;
  return (
    <>
      <Shown of={chart} all={all} onAll={setAll} />
    <div className="cf-snapshot">
      <Picture mount={mountLinkChart} data={data} name="snapshot" className="cf-snapshot-chart" />
      <div className="cf-snapshot-list">
        <ul className="cf-plain" aria-label="On the chart">
          {drawn.map((one) => (
            <li key={one.id}>
              <button type="button" className="cf-row-button" aria-pressed={one.id === node} onClick={() => setNode(one.id === node ? null : one.id)}>
                <KindDot schema={one.schema} listed={one.listed} />
                <bdi>{one.caption}</bdi>
              </button>
            </li>
          ))}
        </ul>
        <ul className="cf-plain cf-soft" aria-label="Links">
          {shown.filter((one) => !off.hiddenEdges.has(one.id)).slice(0, 60).map((edge) => (
            <li key={edge.id}>
              {names.get(edge.source)} · {edge.role || edge.label} · {names.get(edge.target)} {span(edge.start, edge.end)}
            </li>
          ))}
        </ul>
      </div>
    </div>
    </>
  );
}

function Changes({ file, row, since }: { file: CaseFile; row: string; since: string }) {
  const query = useApi<SnapshotChanges>(`/cases/${file.id}/snapshots/${row}/changes`, { since });
  return (
    <Answered query={query} what="Comparing…">
      {({ nodes, edges }) => (
        <ul className="cf-changes" data-testid="snapshot-changes">
          {nodes.came.map((one) => (
            <li key={one.id}>+ {one.caption}</li>
          ))}
          {nodes.went.map((one) => (
            <li key={one.id}>− {one.caption}</li>
          ))}
          {edges.came.map((one) => (
            <li key={one.id}>
              + link: {one.role || one.label} {span(one.start, one.end)}
            </li>
          ))}
          {edges.went.map((one) => (
            <li key={one.id}>
              − link: {one.role || one.label} {span(one.start, one.end)}
            </li>
          ))}
          {[...nodes.changed, ...edges.changed].map((one) => (
            <li key={one.id}>
              {Object.entries(one.fields).map(([key, [before, after]]) => (
                <div key={key}>
                  {key}: {said(before)} → {said(after)}
                </div>
              ))}
            </li>
          ))}
          {![nodes, edges].some((one) => one.came.length || one.went.length || one.changed.length) && <li className="cf-soft">Nothing but places.</li>}
        </ul>
      )}
    </Answered>
  );
}
