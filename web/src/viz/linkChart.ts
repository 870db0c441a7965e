/**
 * The link chart: entities as dots (hue: kind; red ring: listed; violet ring: exercise), relationships as dated lines
 * (dashed: rival accounts of one fact; green: money; violet: exercise). Filters hide, they never move what stays.
 */

import { createEdgeCurveProgram } from "@sigma/edge-curve";
import { createNodeBorderProgram } from "@sigma/node-border";
import { MultiDirectedGraph } from "graphology";
import Sigma from "sigma";
import { createEdgeArrowProgram } from "sigma/rendering";

import type { Edge, NetworkNode } from "../api/types";
import { kindOf } from "../theme";
import { drawDashes, drawTexts, type ChartGraph, type ChartSigma, type EdgeAttributes, type Focus, type NodeAttributes } from "./chartOverlay";
import type { Drawing, Look } from "./drawing";
import { place, type Place } from "./layout";

export interface LinkChartData extends Look {
  center: string;
  nodes: readonly NetworkNode[];
  edges: readonly Edge[];
  /** Ids that the legend or the time bar hides. */
  hiddenNodes: ReadonlySet<string>;
  hiddenEdges: ReadonlySet<string>;
  /** Nodes and links of the chain that stands out; null: none does. */
  path: ReadonlySet<string> | null;
  node: string | null;
  edge: string | null;
  /** What an edge says and when, in print. */
  says: (edge: Edge) => string;
  dates: (edge: Edge) => string;
  onNode: (id: string | null) => void;
  onEdge: (id: string) => void;
  /** Double click: add its neighbours. */
  onExpand: (id: string) => void;
  /** Where nodes stand to begin with; the others are laid out around them. */
  places?: ReadonlyMap<string, Place>;
  /** Nodes that stay where they were put by hand, whatever is added. */
  pins?: ReadonlySet<string>;
  onPin?: (id: string) => void;
  /** Given a way to ask where nodes stand now. */
  onMounted?: (where: () => Record<string, [number, number]>) => void;
}

const CLEAR = "rgba(0,0,0,0)";

const nodeProgram = createNodeBorderProgram<NodeAttributes, EdgeAttributes>({
  borders: [
    { size: { attribute: "outerSize", defaultValue: 0, mode: "pixels" }, color: { attribute: "outer", defaultValue: CLEAR } },
    { size: { attribute: "ringSize", defaultValue: 0, mode: "pixels" }, color: { attribute: "ring", defaultValue: CLEAR } },
    { size: { attribute: "gapSize", defaultValue: 0, mode: "pixels" }, color: { attribute: "gap", defaultValue: CLEAR } },
    { size: { fill: true }, color: { attribute: "color" } },
  ],
});
const arrow = { lengthToThicknessRatio: 4.5, widenessToThicknessRatio: 3.2 };

export function mountLinkChart(element: HTMLElement, initial: LinkChartData): Drawing<LinkChartData> {
  let data = initial;
  const graph: ChartGraph = new MultiDirectedGraph<NodeAttributes, EdgeAttributes>();
  let pointed: { node: string | null; edge: string | null } = { node: null, edge: null };
  const places = data.places ?? new Map<string, Place>();
  build(graph, data, places, places.size > 0 && data.nodes.every((node) => places.has(node.id)));
  data.onMounted?.(() => Object.fromEntries(graph.mapNodes((id, { x, y }) => [id, [x, y]])));

  const sigma: ChartSigma = new Sigma<NodeAttributes, EdgeAttributes>(graph, element, {
    allowInvalidContainer: true,
    renderLabels: false,
    renderEdgeLabels: false,
    enableEdgeEvents: true,
    defaultNodeType: "dot",
    nodeProgramClasses: { dot: nodeProgram },
    nodeHoverProgramClasses: { dot: nodeProgram },
    defaultDrawNodeHover: () => undefined,
    edgeProgramClasses: {
      arrow: createEdgeArrowProgram<NodeAttributes, EdgeAttributes>(arrow),
      curved: createEdgeCurveProgram<NodeAttributes, EdgeAttributes>({ arrowHead: { extremity: "target", ...arrow } }),
    },
    minEdgeThickness: 0.8,
    stagePadding: 70,
    zIndex: true,
    doubleClickZoomingRatio: 1,
    zoomDuration: 120,
    inertiaDuration: 0,
    nodeReducer: (id, attributes) => ({ ...attributes, hidden: data.hiddenNodes.has(id), ...chosenNode(id, attributes) }),
    edgeReducer: (id, attributes) => ({ ...attributes, hidden: hiddenEdge(id), ...chosenEdge(id) }),
  });
  const dashes = sigma.createCanvas("dashes", { beforeLayer: "nodes" });
  const texts = sigma.createCanvas("texts", { afterLayer: "nodes" });

  function hiddenEdge(id: string): boolean {
    if (data.hiddenEdges.has(id)) return true;
    const [source, target] = graph.extremities(id);
    return data.hiddenNodes.has(source) || data.hiddenNodes.has(target);
  }

  function focus(): Focus {
    const node = pointed.node ?? data.node;
    const edge = pointed.edge ?? data.edge;
    const edges = new Set<string>();
    if (edge && graph.hasEdge(edge)) edges.add(edge);
    else if (node && graph.hasNode(node)) graph.forEachEdge(node, (id) => edges.add(id));
    else if (data.path) for (const id of data.path) if (graph.hasEdge(id)) edges.add(id);
    return { center: data.center, node, edge, edges, path: data.path };
  }

  function chosenNode(id: string, attributes: NodeAttributes): Partial<NodeAttributes> & { zIndex?: number } {
    if (id !== data.node && !data.path?.has(id) && data.pins?.has(id)) return { outer: data.palette.soft, outerSize: 2 };
    if (id !== data.node) return data.path?.has(id) ? { outer: data.palette.accent, outerSize: 2.5, size: attributes.size + 2, zIndex: 1 } : {};
    return { outer: data.palette.accent, outerSize: 3.5, size: attributes.size + 3, zIndex: 1 };
  }

  function chosenEdge(id: string): Partial<EdgeAttributes> & { zIndex?: number } {
    // Of rival accounts the dashes alone are seen.
    const rival = graph.getEdgeAttribute(id, "rival");
    if (id === data.edge || id === pointed.edge || data.path?.has(id)) return { color: rival ? CLEAR : data.palette.accent, size: 3, zIndex: 2 };
    const node = pointed.node ?? data.node;
    if (node && graph.hasNode(node) && graph.extremities(id).includes(node)) return { size: 2.2, zIndex: 1 };
    if (data.path && !rival) return { color: data.palette.line };
    return {};
  }

  const fit = (canvas: HTMLCanvasElement): CanvasRenderingContext2D | null => {
    const { width, height } = sigma.getDimensions();
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    canvas.style.pointerEvents = "none";
    const context = canvas.getContext("2d");
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    context?.clearRect(0, 0, width, height);
    return context;
  };
  sigma.on("afterRender", () => {
    const below = fit(dashes);
    if (below) drawDashes(below, sigma, graph, data.palette, focus(), hiddenEdge);
    const above = fit(texts);
    if (above) drawTexts(above, sigma, graph, data.palette, focus(), { node: (id) => data.hiddenNodes.has(id), edge: hiddenEdge });
  });

  let alive = true;
  const redraw = () => alive && sigma.refresh({ skipIndexation: true, schedule: true });
  // Texts are measured; their font may come later than the chart.
  void document.fonts.ready.then(redraw);
  const point = (next: typeof pointed) => {
    pointed = next;
    element.style.cursor = next.node || next.edge ? "pointer" : "";
    redraw();
  };
  sigma.on("enterNode", ({ node }) => point({ node, edge: null }));
  sigma.on("leaveNode", () => point({ node: null, edge: null }));
  sigma.on("enterEdge", ({ edge }) => point({ node: null, edge }));
  sigma.on("leaveEdge", () => point({ node: null, edge: null }));
  sigma.on("clickNode", ({ node }) => data.onNode(node));
  sigma.on("clickEdge", ({ edge }) => data.onEdge(edge));
  sigma.on("clickStage", () => data.onNode(null));
  sigma.on("doubleClickNode", ({ node, preventSigmaDefault }) => {
    preventSigmaDefault();
    data.onExpand(node);
  });
  letDrag(sigma, graph, (id) => data.onPin?.(id));
  // The first picture was drawn by the constructor, before anyone listened.
  sigma.refresh();

  return {
    update(next) {
      const before = data;
      data = next;
      if (next.nodes !== before.nodes || next.edges !== before.edges || next.palette !== before.palette) {
        const places = new Map<string, Place>(next.places);
        graph.forEachNode((id, { x, y }) => places.set(id, { x, y }));
        const told = next.places;
        const same = (next.nodes === before.nodes && next.edges === before.edges) || (!!told && next.nodes.every((node) => told.has(node.id)));
        pointed = { node: null, edge: null };
        build(graph, next, places, same);
        if (!same && next.center !== before.center) void sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1 });
        sigma.refresh();
      } else redraw();
    },
    destroy() {
      alive = false;
      sigma.kill();
    },
  };
}

/** Fills the graph in order of id; lays it out unless only its colours change. */
function build(graph: ChartGraph, data: LinkChartData, places: ReadonlyMap<string, Place>, keep = false): void {
  const { palette } = data;
  graph.clear();
  const crowd = data.nodes.length > 120 ? 0.7 : 1;
  for (const node of [...data.nodes].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const at = places.get(node.id);
    graph.addNode(node.id, {
      x: at?.x ?? 0,
      y: at?.y ?? 0,
      size: crowd * (node.id === data.center ? 12 : Math.min(11, 4.5 + 1.3 * Math.sqrt(node.degree ?? 1))) + (node.listed ? 4 : 0) + (node.exercise ? 2.5 : 0),
      color: palette.kinds[kindOf(node.schema)],
      label: node.caption,
      type: "dot",
      ring: node.listed ? palette.listed : CLEAR,
      ringSize: node.listed ? 3 : 0,
      fixed: data.pins?.has(node.id) ?? false,
      gap: palette.ground,
      gapSize: node.listed ? 2 : 0,
      outer: node.exercise ? palette.exercise : CLEAR,
      outerSize: node.exercise ? 3 : 0,
      hops: node.hops,
      degree: node.degree ?? 0,
    });
  }
  const lanes = new Map<string, number>();
  const lane = (edge: Edge) => [edge.source, edge.target].sort().join("\u0000");
  const known = [...data.edges].filter((e) => graph.hasNode(e.source) && graph.hasNode(e.target)).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const edge of known) lanes.set(lane(edge), (lanes.get(lane(edge)) ?? 0) + 1);
  const used = new Map<string, number>();
  for (const edge of known) {
    if (graph.hasEdge(edge.id)) continue;
    const key = lane(edge);
    const all = lanes.get(key) ?? 1;
    const i = used.get(key) ?? 0;
    used.set(key, i + 1);
    // Parallel edges fan out on both sides of the straight line; the side is the pair's, not the direction's.
    const side = edge.source <= edge.target ? 1 : -1;
    const curvature = all === 1 ? 0 : side * (i - (all - 1) / 2) * Math.min(0.28, 0.8 / all);
    const ink = edge.exercise ? palette.exercise : edge.schema === "Payment" ? palette.money : palette.edge;
    graph.addEdgeWithKey(edge.id, edge.source, edge.target, {
      size: crowd * (edge.verified ? 1.5 : 1.1),
      color: edge.conflict ? CLEAR : ink,
      type: Math.abs(curvature) < 1e-6 ? "arrow" : "curved",
      curvature,
      says: data.says(edge),
      dates: data.dates(edge),
      rival: edge.conflict !== null,
      ink: edge.exercise ? palette.exercise : palette.edge,
    });
  }
  if (!keep) place(graph, places);
}

/** A dot can be pulled where the reader wants it, and stays there. */
function letDrag(sigma: ChartSigma, graph: ChartGraph, onPin: (id: string) => void): void {
  let held: string | null = null;
  let moved = false;
  sigma.on("downNode", ({ node }) => {
    held = node;
    if (!sigma.getCustomBBox()) sigma.setCustomBBox(sigma.getBBox());
  });
  sigma.on("moveBody", ({ event }) => {
    if (!held) return;
    const { x, y } = sigma.viewportToGraph(event);
    moved = true;
    graph.mergeNodeAttributes(held, { x, y });
    event.preventSigmaDefault();
    event.original.preventDefault();
    event.original.stopPropagation();
  });
  const drop = () => {
    if (held && moved) onPin(held);
    moved = false;
    held = null;
  };
  sigma.on("upNode", drop);
  sigma.on("upStage", drop);
}
