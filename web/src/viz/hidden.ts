/** What the legend and the time bar hide of a link chart; the chain that was asked for is drawn whole whatever they say. */

import { kindOf } from "../theme";
import type { Span } from "./dates";

interface Node {
  id: string;
  schema: string;
}
interface Link extends Span {
  id: string;
  source: string;
  target: string;
  label: string;
}

export interface Hidden {
  hiddenNodes: ReadonlySet<string>;
  hiddenEdges: ReadonlySet<string>;
}

/** `hide`: `kind:…` and `link:…` switched off in the legend; `shows`: whether dates lie in the window. */
export function hidden(nodes: readonly Node[], edges: readonly Link[], center: string, hide: ReadonlySet<string>, shows: (dates: Span) => boolean, onPath: ReadonlySet<string> | null): Hidden {
  const out = new Set(edges.filter((e) => !onPath?.has(e.id) && (hide.has(`link:${e.label}`) || !shows(e))).map((e) => e.id));
  const off = new Set(nodes.filter((n) => n.id !== center && !onPath?.has(n.id) && hide.has(`kind:${kindOf(n.schema)}`)).map((n) => n.id));
  const held = new Set(edges.filter((e) => !out.has(e.id) && !off.has(e.source) && !off.has(e.target)).flatMap((e) => [e.source, e.target]));
  const lonely = nodes.filter((n) => n.id !== center && !held.has(n.id)).map((n) => n.id);
  return { hiddenEdges: out, hiddenNodes: new Set([...off, ...lonely]) };
}
