/**
 * Money from activities through operators and channels to the cash-box and on to its uses. An arc is drawn three times on
 * one centre line, as wide as its high, central and low estimate, so that its edge is as fuzzy as the figure; hatching
 * marks an assumption. With `baseline`, places and widths are those of the baseline, whose arcs stay as outlines.
 */

import { sankey, sankeyLinkHorizontal, type SankeyLink, type SankeyNode } from "d3-sankey";

import type { Flow, FlowArc, FlowLayer, FlowNode } from "../api/types";
import { onSize, sized, svg, type Drawing, type Look } from "./drawing";
import { ruler, spread, wrap } from "./labels";

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

/** Room for the names right of the last column. */
const MARGIN = 185;
const NAME = { size: 12, weight: 550, line: 14 };
const FIGURE = { size: 11, line: 13 };

interface NodeDatum {
  id: string;
  caption: string;
  column: number;
}
interface ArcDatum {
  id: string;
}
type PlacedNode = SankeyNode<NodeDatum, ArcDatum>;
type PlacedArc = SankeyLink<NodeDatum, ArcDatum>;

/** Where a node stands from left to right: its layer, and one step on if another node of the same layer pays into it. */
export function columns(flow: Flow): Map<string, number> {
  const layer = new Map(flow.nodes.map((node) => [node.id, LAYERS.indexOf(node.layer)]));
  const within = flow.arcs.filter((arc) => layer.get(arc.source) === layer.get(arc.target));
  const paid = new Set(within.map((arc) => arc.target));
  const second = new Set(within.filter((arc) => !paid.has(arc.source)).map((arc) => arc.target));
  const place = new Map(flow.nodes.map(({ id }) => [id, 2 * (layer.get(id) ?? 0) + (second.has(id) ? 1 : 0)]));
  const used = [...new Set(place.values())].sort((a, b) => a - b);
  return new Map([...place].map(([id, at]) => [id, used.indexOf(at)]));
}

/** Pixels in which the names of the fullest layer stand under one another. */
export const flowHeight = (flow: Flow): number => Math.max(400, 46 * Math.max(...LAYERS.map((layer) => flow.nodes.filter((node) => node.layer === layer).length)));

/** Arcs that lead forward; one that leads back cannot be placed on a line and stands in the table only. */
export function forward(flow: Flow): FlowArc[] {
  const column = columns(flow);
  return flow.arcs.filter((arc) => (column.get(arc.source) ?? 0) < (column.get(arc.target) ?? 0));
}

/** The name as a drawing has room for it; the full one is in its title. */
const drawn = (caption: string): string => caption.replace(/ \(collective\)$/, "");

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
    sized(root, width, height);
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
    const column = columns(baseline ?? flow);
    const layout = sankey<NodeDatum, ArcDatum>()
      .nodeId((node) => node.id)
      .nodeAlign((node) => node.column)
      .nodeWidth(terse ? 7 : 11)
      .nodePadding(terse ? 7 : 20)
      .iterations(24)
      .extent([
        [2, head],
        [width - (terse ? 2 : MARGIN), height - 6],
      ]);
    const graph = layout({
      nodes: nodes.map((node) => ({ id: node.id, caption: node.caption, column: column.get(node.id) ?? 0 })),
      links: [...arcs].map(([id, both]) => {
        const arc = (both.past ?? both.now) as FlowArc;
        return { id, source: arc.source, target: arc.target, value: Math.max(both.past?.high ?? 0, both.now?.high ?? 0, 1e-6) };
      }),
    });
    const scale = unitsToPixels(graph.links);
    for (const link of graph.links) arcOf(link, arcs.get(link.id) ?? { now: undefined, past: undefined }, scale);
    const known = new Map(flow.nodes.map((node) => [node.id, node]));
    for (const node of graph.nodes) nodeOf(node, known.get(node.id), scale);
    if (!terse) names(graph.nodes, known, head);
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

  /** As tall as its arcs need; inside, as on an arc, the node's own high, central and low estimate. */
  function nodeOf(node: PlacedNode, known: FlowNode | undefined, scale: number) {
    const { palette, print } = data;
    const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [node.x0, node.x1, node.y0, node.y1];
    const group = svg("g", {}, root);
    svg("title", {}, group).textContent = known ? `${node.caption}: ${print(known.low, known.central, known.high)}` : node.caption;
    const bar = (height: number, opacity: number) =>
      svg("rect", { x: x0, y: (y0 + y1 - height) / 2, width: x1 - x0, height, fill: palette.money, "fill-opacity": opacity }, group);
    bar(Math.max(1, y1 - y0), 0.18);
    if (!known) return;
    for (const [value, opacity] of [[known.high, 0.25], [known.central, 0.5], [known.low, 1]] as const) {
      bar(Math.min(y1 - y0, Math.max(1, value * scale)), opacity);
    }
  }

  /** Titles over the columns, and beside every node its name and figures, kept off each other. */
  function names(nodes: PlacedNode[], known: ReadonlyMap<string, FlowNode>, head: number) {
    const { palette, print } = data;
    const measure = ruler(`${NAME.weight} ${NAME.size}px ${getComputedStyle(element).fontFamily}`);
    const starts = [...new Set(nodes.map((node) => node.x0 ?? 0))].sort((a, b) => a - b);
    const titled = new Set<FlowLayer>();
    starts.forEach((x, i) => {
      const here = nodes.filter((node) => node.x0 === x).sort((a, b) => (a.y0 ?? 0) - (b.y0 ?? 0));
      const layer = here.map((node) => known.get(node.id)?.layer).find((one) => one !== undefined);
      if (layer && !titled.has(layer)) {
        titled.add(layer);
        svg("text", { x, y: 12, "font-size": 11.5, "font-weight": 600, fill: palette.soft }, root).textContent = LAYER_TITLES[layer];
      }
      const right = (here[0]?.x1 ?? x) + 6;
      const room = (starts[i + 1] ?? width) - right - 4;
      const lines = here.map((node) => wrap(drawn(node.caption), room, 2, measure));
      const boxes = here.map((node, k) => ({ middle: ((node.y0 ?? 0) + (node.y1 ?? 0)) / 2, height: (lines[k]?.length ?? 1) * NAME.line + FIGURE.line + 4 }));
      const edges = spread(boxes, head - 6, height);
      here.forEach((node, k) => {
        const { middle, height: tall } = boxes[k] as (typeof boxes)[number];
        const top = edges[k] ?? 0;
        const own = known.get(node.id);
        if (Math.abs(top + tall / 2 - middle) > tall / 2) {
          svg("path", { d: `M${right - 6},${middle}L${right - 1},${top + tall / 2}`, stroke: palette.soft, "stroke-width": 0.8 }, root);
        }
        const text = svg(
          "text",
          { "font-size": NAME.size, fill: palette.ink, stroke: palette.ground, "stroke-width": 3.5, "stroke-linejoin": "round", "paint-order": "stroke", "pointer-events": "none" },
          root,
        );
        lines[k]?.forEach((line, n) => {
          svg("tspan", { x: right, y: top + NAME.line * (n + 1) - 2, "font-weight": NAME.weight }, text).textContent = line;
        });
        const figures = own ? print(own.low, own.central, own.high) : "";
        svg("tspan", { x: right, y: top + tall - 6, "font-size": FIGURE.size, fill: palette.soft }, text).textContent = figures;
      });
    });
  }

  const stop = onSize(element, (w, h) => {
    width = w;
    height = h;
    draw();
  });
  // Names are measured; their font may come later than the drawing.
  void document.fonts.ready.then(draw);
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
