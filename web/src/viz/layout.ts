/**
 * Where the nodes of a link chart stand. Deterministic: the same nodes and edges give the same picture on every machine,
 * because the start is a ring per hop in order of id, ForceAtlas2 has no chance in it, and the iterations are counted.
 *
 * Source: Jacomy et al., ForceAtlas2, PLOS ONE 9(6), 2014.
 */

import type Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";

const STRETCH = 1.6;

export interface Place {
  x: number;
  y: number;
}

/**
 * Places every node of `graph` (attribute `hops`: distance from the centre). Nodes in `before` start where they stood, so
 * that an expansion adds to the picture instead of shuffling it.
 */
export function place(graph: Graph, before: ReadonlyMap<string, Place>): void {
  const rings = new Map<number, string[]>();
  for (const id of graph.nodes().sort()) {
    const hops = graph.getNodeAttribute(id, "hops") as number;
    rings.set(hops, [...(rings.get(hops) ?? []), id]);
  }
  for (const [hops, ring] of rings) {
    ring.forEach((id, i) => {
      const angle = (2 * Math.PI * i) / ring.length + hops * 0.7;
      const old = unstretched(before.get(id)) ?? anchor(graph, id, before, angle);
      graph.mergeNodeAttributes(id, old ?? { x: hops * 100 * Math.cos(angle), y: hops * 100 * Math.sin(angle) });
    });
  }
  if (graph.order < 3) return;
  const iterations = graph.order <= 300 ? 400 : graph.order <= 1500 ? 150 : 60;
  forceAtlas2.assign(graph, {
    iterations,
    settings: {
      adjustSizes: true,
      barnesHutOptimize: graph.order > 400,
      linLogMode: true,
      outboundAttractionDistribution: true,
      strongGravityMode: false,
      gravity: 1.2,
      scalingRatio: 14,
      slowDown: 3,
    },
  });
  // Screens are wide, names run sideways.
  graph.updateEachNodeAttributes((_, attributes) => ({ ...attributes, x: (attributes.x as number) * STRETCH }));
}

/** A new node starts beside a neighbour that already stands. */
function anchor(graph: Graph, id: string, before: ReadonlyMap<string, Place>, angle: number): Place | null {
  for (const other of graph.neighbors(id).sort()) {
    const at = unstretched(before.get(other));
    if (at) return { x: at.x + 12 * Math.cos(angle), y: at.y + 12 * Math.sin(angle) };
  }
  return null;
}

const unstretched = (at: Place | undefined): Place | null => (at ? { x: at.x / STRETCH, y: at.y } : null);
