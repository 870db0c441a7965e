import type { Flow } from "../api/types";
import { useExplain } from "./ExplainDrawer";
import { figure } from "./format";
import { Grade } from "./Grade";

/** Every arc with its interval, basis and grade; a row opens what it rests on. */
export function ArcTable({ flow, chosen }: { flow: Flow; chosen: string | undefined }) {
  const explain = useExplain();
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
          <th aria-label="Interval" />
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
              <button type="button" className="cf-door" onClick={() => explain(arc.id)} data-testid="arc-door">
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
