import { useState } from "react";

import type { Explanation, ThingKind } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { SourceLine } from "./ClaimList";
import { Grade } from "./Grade";
import { Exercise, Handling } from "./Handling";
import { count, withTimes, words } from "./format";

const MANY = 8;

/** Kinds of node that a case may be about by themselves. */
const ADDED: Record<string, ThingKind> = { claim: "claim", row: "record" };

/** A conclusion unfolded to the records and the place in the document that it rests on. */
export function EvidenceTree({ roots, open = 2 }: { roots: Explanation[]; open?: number }) {
  return (
    <ul className="cf-tree" role="tree" data-testid="evidence-tree">
      <Branches nodes={roots} depth={0} open={open} />
    </ul>
  );
}

/** Siblings; of very many the first, and the rest on request. */
function Branches({ nodes, depth, open }: { nodes: Explanation[]; depth: number; open: number }) {
  const [all, setAll] = useState(nodes.length <= MANY);
  return (
    <>
      {(all ? nodes : nodes.slice(0, MANY)).map((node, i) => (
        <Branch key={`${node.id}-${i}`} node={node} depth={depth} open={open} />
      ))}
      {!all && (
        <li role="treeitem">
          <button type="button" className="cf-door cf-more" onClick={() => setAll(true)} data-testid="tree-more">
            show all {count(nodes.length)}
          </button>
        </li>
      )}
    </>
  );
}

function Branch({ node, depth, open }: { node: Explanation; depth: number; open: number }) {
  const [unfolded, setUnfolded] = useState(depth < open);
  const children = node.children ?? [];
  return (
    <li role="treeitem" aria-expanded={children.length ? unfolded : undefined} data-kind={node.kind}>
      <div className="cf-tree-row">
        {children.length > 0 ? (
          <button
            type="button"
            className="cf-twist"
            aria-label={unfolded ? "Fold" : `Unfold ${children.length}`}
            onClick={() => setUnfolded(!unfolded)}
          >
            {unfolded ? "−" : "+"}
          </button>
        ) : (
          <span className="cf-twist" aria-hidden>
            ·
          </span>
        )}
        <div className="cf-tree-body">
          <div>
            <span className="cf-tree-kind">{words(node.kind)}</span> <bdi>{withTimes(node.text)}</bdi>
            {children.length > 0 && !unfolded && <span className="cf-soft"> ({children.length})</span>}
          </div>
          {node.source && <SourceLine source={node.source} locator={node.locator} />}
          {!node.source && node.locator && <span className="cf-locator">{node.locator}</span>}
        </div>
        <span className="cf-marks">
          <Grade value={node.grade} />
          <Exercise when={node.handling?.includes("EXERCISE")} />
          <Handling text={node.handling} quiet />
          {ADDED[node.kind] && <AddToCase thing={{ thing: ADDED[node.kind] ?? "claim", id: node.id }} terse />}
        </span>
      </div>
      {unfolded && children.length > 0 && (
        <ul role="group">
          <Branches nodes={children} depth={depth + 1} open={open} />
        </ul>
      )}
    </li>
  );
}
