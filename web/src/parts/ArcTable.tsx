import { Drawer } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import type { Flow } from "../api/types";
import { ClaimsByIds } from "./ClaimsDrawer";
import { EntityChip } from "./EntityChip";
import { Estimate } from "./Estimate";
import { figure } from "./format";
import { Grade } from "./Grade";
import { Exercise } from "./Handling";

/** Every arc with its interval, basis and grade; a row opens what it rests on. */
export function ArcTable({ flow, chosen }: { flow: Flow; chosen: string | undefined }) {
  const navigate = useNavigate();
  const open = (id: string) => void navigate({ to: ".", search: (before) => ({ ...before, arc: id }) });
  const captions = new Map(flow.nodes.map((node) => [node.id, node.caption]));
  const arcs = [...flow.arcs].sort((a, b) => b.central - a.central || (a.id < b.id ? -1 : 1));
  const most = Math.max(1e-9, ...arcs.map((arc) => arc.high));
  return (
    <table className="cf-table" data-testid="arcs">
      <thead>
        <tr>
          <th>From</th>
          <th>To</th>
          <th className="num">Low</th>
          <th className="num">Central</th>
          <th className="num">High</th>
          <th>Interval</th>
          <th>Basis</th>
          <th>Grade</th>
        </tr>
      </thead>
      <tbody>
        {arcs.map((arc) => (
          <tr key={arc.id} data-chosen={arc.id === chosen || undefined} data-testid="arc">
            <td>{captions.get(arc.source) ?? arc.source}</td>
            <td>{captions.get(arc.target) ?? arc.target}</td>
            <td className="num">{figure(arc.low)}</td>
            <td className="num">
              <b>{figure(arc.central)}</b>
            </td>
            <td className="num">{figure(arc.high)}</td>
            <td className="cf-arc-rule">
              <span className="cf-estimate-rule" aria-hidden>
                <span className="cf-estimate-band" style={{ left: `${(100 * arc.low) / most}%`, width: `${(100 * (arc.high - arc.low)) / most}%` }} />
                <span className="cf-estimate-mark" style={{ left: `${(100 * arc.central) / most}%` }} />
              </span>
            </td>
            <td>
              {arc.assumption && (
                <span className="cf-assumption" data-testid="assumption">
                  assumption
                </span>
              )}{" "}
              <button type="button" className="cf-door" onClick={() => open(arc.id)} data-testid="arc-door">
                {arc.basis}
              </button>
            </td>
            <td>
              <Grade value={arc.grade} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One arc: its interval, how it was reckoned, and the claims that it rests on. */
export function ArcDrawer({ flow, arc: id }: { flow: Flow; arc: string | undefined }) {
  const navigate = useNavigate();
  const arc = flow.arcs.find((one) => one.id === id);
  const close = () => void navigate({ to: ".", search: (before) => ({ ...before, arc: undefined }), replace: true });
  const end = (node: string) => {
    const found = flow.nodes.find((one) => one.id === node);
    return found?.entity ? <EntityChip id={found.entity} caption={found.caption} /> : <b>{found?.caption ?? node}</b>;
  };
  return (
    <Drawer opened={arc !== undefined} onClose={close} position="right" size="lg" title="What this arc rests on" data-testid="explain-drawer">
      {arc && (
        <>
          <p className="cf-arc-ends">
            {end(arc.source)} → {end(arc.target)} <Exercise when={flow.exercise} />
          </p>
          <Estimate of={arc} unit={flow.unit} />
          <p>
            {arc.assumption && <span className="cf-assumption">assumption</span>} {arc.basis} <Grade value={arc.grade} />
          </p>
          {arc.claim_ids.length > 0 ? (
            <ClaimsByIds ids={arc.claim_ids} />
          ) : (
            <p className="cf-soft">No claim stands under it: {arc.assumption ? "it is assumed, and can be changed." : "it follows from the arcs beside it."}</p>
          )}
        </>
      )}
    </Drawer>
  );
}
