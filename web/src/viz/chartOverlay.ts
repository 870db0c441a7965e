/**
 * What WebGL does not draw on the link chart: names, dates on edges, and the dashes of rival accounts. One pass in order
 * of importance; a text that would lie on another is left out and comes back on zooming in.
 */

import type Graph from "graphology";
import type Sigma from "sigma";

import type { Palette } from "../theme";

export interface NodeAttributes {
  x: number;
  y: number;
  size: number;
  color: string;
  label: string;
  type: string;
  ring: string;
  ringSize: number;
  gap: string;
  gapSize: number;
  outer: string;
  outerSize: number;
  hops: number;
  degree: number;
  /** The layout leaves it where it is. */
  fixed: boolean;
}

export interface EdgeAttributes {
  size: number;
  color: string;
  type: string;
  curvature: number;
  /** What the edge says: relation and role. */
  says: string;
  /** When it held; empty where undated. */
  dates: string;
  rival: boolean;
  ink: string;
}

export type ChartGraph = Graph<NodeAttributes, EdgeAttributes>;
export type ChartSigma = Sigma<NodeAttributes, EdgeAttributes>;

export interface Focus {
  center: string;
  node: string | null;
  edge: string | null;
  /** Drawn in full: the chosen or pointed-at edge, or all edges of such a node. */
  edges: ReadonlySet<string>;
  /** Nodes and links of the chain that stands out, if one does. */
  path: ReadonlySet<string> | null;
}

type Box = [number, number, number, number];
const FONT = '"Inter Variable", Inter, system-ui, "Noto Sans CJK KR", sans-serif';

interface Point {
  x: number;
  y: number;
}

/** Control point of the quadratic curve between two places; in the chart's own pixels. */
const bend = (a: Point, b: Point, curvature: number): Point => ({
  x: (a.x + b.x) / 2 + (b.y - a.y) * curvature,
  y: (a.y + b.y) / 2 - (b.x - a.x) * curvature,
});

/** Where that curve passes at the share `t` of its way. */
function passes(a: Point, control: Point, b: Point, t: number): Point {
  const [p, q, r] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
  return { x: p * a.x + q * control.x + r * b.x, y: p * a.y + q * control.y + r * b.y };
}

export function drawDashes(
  context: CanvasRenderingContext2D,
  sigma: ChartSigma,
  graph: ChartGraph,
  palette: Palette,
  focus: Focus,
  hidden: (edge: string) => boolean,
): void {
  context.setLineDash([5, 5]);
  graph.forEachEdge((edge, attributes, _source, _target, from, to) => {
    if (!attributes.rival || hidden(edge)) return;
    const a = sigma.graphToViewport(from);
    const b = sigma.graphToViewport(to);
    const control = bend(a, b, attributes.type === "curved" ? attributes.curvature : 0);
    const strong = focus.edges.has(edge);
    const way = focus.path?.has(edge);
    context.strokeStyle = way || edge === focus.edge ? palette.accent : strong ? palette.soft : focus.path ? palette.line : attributes.ink;
    context.lineWidth = way ? 3 : strong ? 2 : 1.1;
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.quadraticCurveTo(control.x, control.y, b.x, b.y);
    context.stroke();
  });
  context.setLineDash([]);
}

export function drawTexts(
  context: CanvasRenderingContext2D,
  sigma: ChartSigma,
  graph: ChartGraph,
  palette: Palette,
  focus: Focus,
  hidden: { node: (id: string) => boolean; edge: (id: string) => boolean },
): void {
  const { width, height } = sigma.getDimensions();
  const taken: Box[] = [];
  const free = (box: Box) =>
    box[2] > 0 && box[3] > 0 && box[0] < width && box[1] < height && !taken.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1]);
  const write = (text: string, x: number, y: number, colour: string, align: CanvasTextAlign) => {
    context.textAlign = align;
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeStyle = palette.ground;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };

  const rank = (id: string) => (id === focus.node ? 3 : id === focus.center || focus.path?.has(id) ? 2 : 0);
  const nodes = graph
    .filterNodes((id) => !hidden.node(id))
    .sort((a, b) => rank(b) - rank(a) || graph.getNodeAttribute(b, "degree") - graph.getNodeAttribute(a, "degree") || (a < b ? -1 : 1));
  const places = nodes.map((id) => {
    const attributes = graph.getNodeAttributes(id);
    const at = sigma.graphToViewport(attributes);
    const radius = sigma.scaleSize(attributes.size);
    taken.push([at.x - radius, at.y - radius, at.x + radius, at.y + radius]);
    return { id, at, radius, attributes };
  });
  context.textBaseline = "middle";
  const name = ({ id, at, radius, attributes }: (typeof places)[number]) => {
    const strong = rank(id) > 0;
    context.font = `${strong ? 650 : 480} ${strong ? 13 : 12}px ${FONT}`;
    const text = strong || attributes.label.length <= 34 ? attributes.label : `${attributes.label.slice(0, 32)}…`;
    const wide = context.measureText(text).width;
    // Right of the dot, else left, below, above.
    const tries: [number, number, CanvasTextAlign, Box][] = [
      [at.x + radius + 4, at.y, "left", [at.x + radius + 2, at.y - 8, at.x + radius + wide + 6, at.y + 8]],
      [at.x - radius - 4, at.y, "right", [at.x - radius - wide - 6, at.y - 8, at.x - radius - 2, at.y + 8]],
      [at.x, at.y + radius + 10, "center", [at.x - wide / 2 - 2, at.y + radius + 2, at.x + wide / 2 + 2, at.y + radius + 18]],
      [at.x, at.y - radius - 10, "center", [at.x - wide / 2 - 2, at.y - radius - 18, at.x + wide / 2 + 2, at.y - radius - 2]],
    ];
    const fit = tries.find(([, , , box]) => free(box) && box[0] > 2 && box[2] < width - 2) ?? (strong ? tries[0] : undefined);
    if (!fit) return;
    taken.push(fit[3]);
    write(text, fit[0], fit[1], palette.ink, fit[2]);
  };
  const say = (edge: string, strong: boolean) => {
    const attributes = graph.getEdgeAttributes(edge);
    const text = strong ? [attributes.says, attributes.dates].filter(Boolean).join(" · ") : attributes.dates;
    if (!text) return;
    const [source, target] = graph.extremities(edge);
    const a = sigma.graphToViewport(graph.getNodeAttributes(source));
    const b = sigma.graphToViewport(graph.getNodeAttributes(target));
    const control = bend(a, b, attributes.type === "curved" ? attributes.curvature : 0);
    context.font = `${strong ? 500 : 400} ${strong ? 11.5 : 10.5}px ${FONT}`;
    const print = text.length > 60 ? `${text.slice(0, 58)}…` : text;
    const half = context.measureText(print).width / 2;
    if (!strong && Math.hypot(a.x - b.x, a.y - b.y) < half * 2 + 16) return;
    const tries = (strong ? [0.5, 0.38, 0.62, 0.27, 0.73] : [0.5]).map((t) => {
      const at = passes(a, control, b, t);
      return { at, box: [at.x - half - 2, at.y - 7, at.x + half + 2, at.y + 7] as Box };
    });
    const fit = tries.find(({ box }) => free(box));
    if (!fit) return;
    taken.push(fit.box);
    write(print, fit.at.x, fit.at.y, strong ? palette.ink : palette.soft, "center");
  };

  const edges = graph.filterEdges((id) => !hidden.edge(id)).sort();
  const near = (edges.length <= 150 && !focus.path) || sigma.getCamera().ratio < 0.5;
  // What is asked about comes first: its names, then what its links say; names and dates of the rest have what is left.
  for (const place of places) if (rank(place.id) > 0) name(place);
  for (const edge of edges) if (focus.edges.has(edge)) say(edge, true);
  for (const place of places) if (rank(place.id) === 0) name(place);
  if (near) for (const edge of edges) if (!focus.edges.has(edge)) say(edge, false);
}
