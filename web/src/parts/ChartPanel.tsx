import { Button } from "@mantine/core";
import type { ReactNode } from "react";

import type { Edge, NetworkNode } from "../api/types";
import { AddToCase, type ThingRef } from "../cases/AddToCase";
import { KIND_TITLES, kindOf, type Kind } from "../theme";
import { EntityChip, KindDot } from "./EntityChip";
import { useExplain } from "./ExplainDrawer";
import { Grade, Standing } from "./Grade";
import { Exercise, Marks } from "./Handling";
import { count, country, money, share, span, topic, words } from "./format";

interface Props {
  nodes: NetworkNode[];
  edges: Edge[];
  hidden: { nodes: ReadonlySet<string>; edges: ReadonlySet<string> };
  hide: ReadonlySet<string>;
  center: string;
  node: string | undefined;
  edge: string | undefined;
  /** Stands above all else. */
  children?: ReactNode;
  onHide: (hide: string[]) => void;
  onNode: (id: string) => void;
  onEdge: (id: string) => void;
  onExpand: (id: string) => void;
  onCenter: (id: string) => void;
}

/** Beside the chart: the chosen thing, the legend that filters, and every drawn entity as a list for eyes and readers that need one. */
export function ChartPanel(props: Props) {
  const { nodes, edges, hidden, node, edge } = props;
  const chosen = nodes.find((one) => one.id === node);
  const line = edges.find((one) => one.id === edge);
  const shown = nodes.filter((one) => !hidden.nodes.has(one.id)).sort((a, b) => a.hops - b.hops || (b.degree ?? 0) - (a.degree ?? 0) || (a.caption < b.caption ? -1 : 1));
  return (
    <aside className="cf-side" aria-label="About the chart" data-testid="chart-panel">
      {props.children}
      {chosen && <NodeCard {...props} of={chosen} />}
      {line && <EdgeCard edge={line} nodes={nodes} />}
      <Legend {...props} />
      <h2>Drawn</h2>
      <ul className="cf-plain" data-testid="chart-list">
        {shown.slice(0, 200).map((one) => (
          <li key={one.id}>
            <button type="button" className="cf-row-button" aria-pressed={one.id === node} onClick={() => props.onNode(one.id)}>
              <KindDot schema={one.schema} listed={one.listed} />
              <bdi>{one.caption}</bdi>
              <Exercise when={one.exercise} />
            </button>
          </li>
        ))}
      </ul>
      {shown.length > 200 && <p className="cf-soft">and {count(shown.length - 200)} more</p>}
    </aside>
  );
}

function NodeCard({ of: node, edges, hidden, center, onExpand, onCenter, onEdge }: Props & { of: NetworkNode }) {
  const own = edges.filter((edge) => (edge.source === node.id || edge.target === node.id) && !hidden.edges.has(edge.id));
  return (
    <section className="cf-card" aria-label="Chosen entity" data-testid="node-card">
      <EntityChip id={node.id} caption={node.caption} schema={node.schema} listed={node.listed} />
      <div className="cf-soft">{[words(node.schema), node.countries.map(country).join(", "), node.topics.map(topic).join(", ")].filter(Boolean).join(" · ")}</div>
      <Marks of={node} />
      <div className="cf-card-actions">
        <Button size="compact-xs" onClick={() => onExpand(node.id)} disabled={node.id === center} data-testid="expand">
          Add neighbours{node.degree !== null && ` (${count(node.degree)})`}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onCenter(node.id)} disabled={node.id === center}>
          Centre here
        </Button>
        {!node.id.startsWith("account:") && <AddToCase thing={{ thing: "entity", id: node.id }} size="compact-xs" />}
      </div>
      <ul className="cf-plain">
        {own.slice(0, 12).map((edge) => (
          <li key={edge.id}>
            <button type="button" className="cf-row-button" onClick={() => onEdge(edge.id)}>
              <span>{edge.role || edge.label}</span>
              <span className="cf-soft cf-nowrap">{span(edge.start, edge.end)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a case holds of a link: the one record or claim that it is; of several each has its own sign, behind their door. */
function saidOnce({ rows, claim_ids }: Edge): ThingRef | null {
  const [id, more] = rows ?? claim_ids;
  return id && !more ? { thing: rows ? "record" : "claim", id } : null;
}

function EdgeCard({ edge, nodes }: { edge: Edge; nodes: NetworkNode[] }) {
  const explain = useExplain();
  const chip = (id: string) => {
    const node = nodes.find((one) => one.id === id);
    return node ? <EntityChip id={id} caption={node.caption} schema={node.schema} listed={node.listed} /> : id;
  };
  const said = saidOnce(edge);
  const sizes = [share(edge.share_low, edge.share_high), money(edge.amount, edge.currency)].filter(Boolean).join(", ");
  return (
    <section className="cf-card" aria-label="Chosen link" data-testid="edge-card">
      {chip(edge.source)}
      <div>
        <b>{edge.label}</b>
        {edge.role && `: ${edge.role}`} {sizes}
      </div>
      {chip(edge.target)}
      <div className="cf-soft">{span(edge.start, edge.end) || "undated"}</div>
      <div>
        <Grade value={edge.grade} /> <Standing stance={edge.stance} verified={edge.verified} />{" "}
        {edge.conflict && <span className="cf-rival">rival accounts {edge.conflict}</span>} <Marks of={edge} />
      </div>
      <div className="cf-card-actions">
        {edge.rows ? (
          <Button size="compact-xs" onClick={() => explain(...(edge.rows ?? []).slice(0, 40))} data-testid="edge-payments">
            {edge.rows.length === 1 ? "Its payment" : `Its ${edge.rows.length} payments`}
          </Button>
        ) : (
          <Button size="compact-xs" onClick={() => explain(edge.id)} data-testid="edge-claims">
            {edge.claim_ids.length === 1 ? "Its claim" : `Its ${edge.claim_ids.length} claims`}
          </Button>
        )}
        {said && <AddToCase key={said.id} thing={said} size="compact-xs" />}
      </div>
    </section>
  );
}

function Legend({ nodes, edges, hide, onHide }: Props) {
  const kinds = new Map<Kind, number>();
  for (const node of nodes) kinds.set(kindOf(node.schema), (kinds.get(kindOf(node.schema)) ?? 0) + 1);
  const links = new Map<string, number>();
  for (const { label } of edges) links.set(label, (links.get(label) ?? 0) + 1);
  const toggle = (key: string) => onHide(hide.has(key) ? [...hide].filter((one) => one !== key) : [...hide, key]);
  const entry = (key: string, label: string, n: number, mark?: ReactNode) => (
    <button key={key} type="button" className="cf-row-button" aria-pressed={!hide.has(key)} data-off={hide.has(key) || undefined} onClick={() => toggle(key)} data-testid={`legend-${key}`}>
      {mark}
      <span className="cf-grow">{label}</span>
      <span className="cf-soft">{count(n)}</span>
    </button>
  );
  return (
    <section aria-label="Legend" className="cf-legend" data-testid="legend">
      <h2>Legend: press to hide</h2>
      {(Object.keys(KIND_TITLES) as Kind[])
        .filter((kind) => kinds.has(kind))
        .map((kind) => entry(`kind:${kind}`, KIND_TITLES[kind], kinds.get(kind) ?? 0, <span className="cf-dot" style={{ background: `var(--cf-kind-${kind})` }} />))}
      <div className="cf-legend-signs cf-soft">
        <span>
          <span className="cf-dot" data-listed style={{ background: "transparent" }} /> listed
        </span>
        <span>
          <span className="cf-sign-exercise" /> exercise
        </span>
        <span>
          <span className="cf-sign-rival" /> dashed: rival accounts of one fact
        </span>
      </div>
      {[...links].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([label, n]) => entry(`link:${label}`, words(label), n))}
    </section>
  );
}
