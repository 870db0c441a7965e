/**
 * Money from activities through operators and channels to the cash-box and on to its uses. An arc is drawn three times on
 * one centre line, as wide as its high, central and low estimate, so that its edge is as fuzzy as the figure; hatching
 * marks an assumption. With `baseline`, places and widths are those of the baseline, whose arcs stay as outlines.
 */

import { sankey, sankeyLinkHorizontal, type SankeyLink, type SankeyNode } from "d3-sankey";

import type { Flow, FlowArc, FlowLayer } from "../api/types";
import { onSize, svg, type Drawing, type Look } from "./drawing";

export interface MoneyFlowData extends Look {
  flow: Flow;
  baseline?: Flow | null;
  /** Arc whose claims are open. */
  arc: string | null;
  print: (low: number, central: number, high: number) => string;
  /** Leave out figures under names, for small drawings. */
  terse?: boolean;
  onArc: (id: string) => void;
}

export const LAYERS: readonly FlowLayer[] = ["activity", "operator", "channel", "cashbox", "use"];

export const LAYER_TITLES: Record<FlowLayer, string> = {
  activity: "Activities",
  operator: "Operators",
  channel: "Channels",
  cashbox: "Cash-box",
  use: "Uses",
};

/** Room for the names right of the last layer. */
const MARGIN = 225;

interface NodeDatum {
  id: string;
  caption: string;
  layer: number;
}
interface ArcDatum {
  id: string;
}
type PlacedNode = SankeyNode<NodeDatum, ArcDatum>;
type PlacedArc = SankeyLink<NodeDatum, ArcDatum>;

/** Arcs that lead forward; one that leads back cannot be placed on a line and stands in the table only. */
export function forward(flow: Flow): FlowArc[] {
  const layer = new Map(flow.nodes.map((node) => [node.id, LAYERS.indexOf(node.layer)]));
  return flow.arcs.filter((arc) => (layer.get(arc.source) ?? 9) < (layer.get(arc.target) ?? -1));
}

/** What passes a node: the larger of what comes in and what goes out; adding bounds up gives the widest interval. */
export function through(id: string, arcs: readonly FlowArc[]): { low: number; central: number; high: number } {
  const sum = (side: "source" | "target", of: "low" | "central" | "high") =>
    arcs.reduce((all, arc) => all + (arc[side] === id ? arc[of] : 0), 0);
  const larger = sum("source", "central") > sum("target", "central") ? "source" : "target";
  return { low: sum(larger, "low"), central: sum(larger, "central"), high: sum(larger, "high") };
}

export function mountMoneyFlow(element: HTMLElement, initial: MoneyFlowData): Drawing<MoneyFlowData> {
  let data = initial;
  let width = 0;
  let height = 0;
  const key = `f${Math.round(performance.now() * 1000).toString(36)}`;
  const root = svg("svg", { role: "group", "aria-label": "Money flow", style: "display:block" });
  element.append(root);

  function draw() {
    if (!width || !height) return;
    root.replaceChildren();
    root.setAttribute("width", String(width));
    root.setAttribute("height", String(height));
    const { palette, flow, baseline, terse = false } = data;
    hatch(palette.ground);
    const now = forward(flow);
    const past = baseline ? forward(baseline) : now;
    const arcs = new Map<string, { now: FlowArc | undefined; past: FlowArc | undefined }>();
    for (const arc of past) arcs.set(arc.id, { now: undefined, past: arc });
    for (const arc of now) arcs.set(arc.id, { now: arc, past: arcs.get(arc.id)?.past });
    const used = new Set([...arcs.values()].flatMap(({ now: n, past: p }) => [(n ?? p)?.source, (n ?? p)?.target]));
    const nodes = [...new Map([...(baseline?.nodes ?? []), ...flow.nodes].map((node) => [node.id, node])).values()].filter((node) => used.has(node.id));
    if (!nodes.length) return;
    const head = terse ? 4 : 24;
    const layout = sankey<NodeDatum, ArcDatum>()
      .nodeId((node) => node.id)
      .nodeAlign((node) => node.layer)
      .nodeWidth(terse ? 7 : 11)
      .nodePadding(terse ? 7 : 20)
      .iterations(24)
      .extent([
        [2, head],
        [width - (terse ? 2 : MARGIN), height - 6],
      ]);
    const graph = layout({
      nodes: nodes.map((node) => ({ id: node.id, caption: node.caption, layer: LAYERS.indexOf(node.layer) })),
      links: [...arcs].map(([id, both]) => {
        const arc = (both.past ?? both.now) as FlowArc;
        return { id, source: arc.source, target: arc.target, value: Math.max(both.past?.high ?? 0, both.now?.high ?? 0, 1e-6) };
      }),
    });
    const scale = unitsToPixels(graph.links);
    if (!terse) titles(graph.nodes);
    for (const link of graph.links) arcOf(link, arcs.get(link.id) ?? { now: undefined, past: undefined }, scale);
    for (const node of graph.nodes) nodeOf(node, now, scale, terse);
  }

  /** Pixels per unit, from the widest placed arc. */
  function unitsToPixels(links: PlacedArc[]): number {
    const widest = links.reduce((a, b) => (b.value > a.value ? b : a));
    return (widest.width ?? 0) / widest.value;
  }

  function hatch(colour: string) {
    const definitions = svg("defs", {}, root);
    const pattern = svg("pattern", { id: `${key}-hatch`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, definitions);
    svg("rect", { width: 2.6, height: 6, fill: colour }, pattern);
  }

  function titles(nodes: PlacedNode[]) {
    const seen = new Set<number>();
    for (const node of nodes) {
      if (seen.has(node.layer)) continue;
      seen.add(node.layer);
      const text = svg("text", { x: node.x0, y: 12, "font-size": 11.5, "font-weight": 600, fill: data.palette.soft }, root);
      text.textContent = LAYER_TITLES[LAYERS[node.layer] as FlowLayer];
    }
  }

  function arcOf(link: PlacedArc, both: { now: FlowArc | undefined; past: FlowArc | undefined }, scale: number) {
    const { palette, baseline, print } = data;
    const path = sankeyLinkHorizontal<NodeDatum, ArcDatum>()(link) ?? "";
    const group = svg("g", { "data-arc": link.id, tabindex: 0, role: "button", style: "cursor:pointer" }, root);
    const source = (link.source as PlacedNode).caption;
    const target = (link.target as PlacedNode).caption;
    const arc = both.now;
    const words = arc ? `${source} to ${target}: ${print(arc.low, arc.central, arc.high)}. ${arc.assumption ? "Assumption. " : ""}${arc.basis}` : `${source} to ${target}: cut`;
    group.setAttribute("aria-label", words);
    svg("title", {}, group).textContent = words;
    const stroke = (value: number, attributes: Record<string, string | number>) =>
      value > 0 && svg("path", { d: path, fill: "none", "stroke-width": Math.max(0.6, value * scale), ...attributes }, group);
    // A broad, unseen stroke makes thin arcs easy to hit.
    svg("path", { d: path, fill: "none", stroke: "transparent", "stroke-width": Math.max(9, link.width ?? 0) }, group);
    if (baseline && both.past) {
      stroke(both.past.high, { stroke: palette.soft, "stroke-opacity": 0.16 });
    }
    const colour = link.id === data.arc ? palette.accent : palette.money;
    if (arc) {
      stroke(arc.high, { stroke: colour, "stroke-opacity": 0.2 });
      stroke(arc.central, { stroke: colour, "stroke-opacity": 0.28 });
      stroke(arc.low, { stroke: colour, "stroke-opacity": 0.45 });
      if (arc.assumption) stroke(arc.high, { stroke: `url(#${key}-hatch)` });
    }
    const open = () => data.onArc(link.id);
    group.addEventListener("click", open);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }

  function nodeOf(node: PlacedNode, arcs: readonly FlowArc[], scale: number, terse: boolean) {
    const { palette, print } = data;
    const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [node.x0, node.x1, node.y0, node.y1];
    const balanced = node.id === data.flow.cashbox;
    const sums = balanced ? data.flow.balance.inflow : through(node.id, arcs);
    const box = svg("rect", { x: x0, y: y0, width: x1 - x0, height: Math.max(1, y1 - y0), fill: palette.money, "fill-opacity": 0.35 }, root);
    const middle = (y0 + y1) / 2;
    const core = Math.min(y1 - y0, sums.central * scale);
    svg("rect", { x: x0, y: middle - core / 2, width: x1 - x0, height: Math.max(1, core), fill: palette.money }, root);
    const figures = print(sums.low, sums.central, sums.high);
    svg("title", {}, box).textContent = `${node.caption}: ${figures}${balanced ? "" : ", the bounds of its arcs added up"}`;
    if (terse) return;
    const text = svg(
      "text",
      {
        x: x1 + 6,
        y: middle - 2,
        "font-size": 12,
        fill: palette.ink,
        stroke: palette.ground,
        "stroke-width": 3.5,
        "stroke-linejoin": "round",
        "paint-order": "stroke",
        "pointer-events": "none",
      },
      root,
    );
    svg("tspan", { "font-weight": 550 }, text).textContent = node.caption.length > 31 ? `${node.caption.slice(0, 30)}…` : node.caption;
    svg("tspan", { x: x1 + 6, dy: 14, "font-size": 11, fill: palette.soft }, text).textContent = figures;
  }

  const stop = onSize(element, (w, h) => {
    width = w;
    height = h;
    draw();
  });
  return {
    update(next) {
      data = next;
      draw();
    },
    destroy() {
      stop();
      root.remove();
    },
  };
}
