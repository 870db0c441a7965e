import type { Interval } from "../api/types";
import { figure } from "./format";

/**
 * A figure with its interval, in words and drawn; there is no way to print one without the other.
 *
 * @param to upper end of the rule, so that several estimates share one scale; default: its own high
 */
export function Estimate({ of, unit, to, label }: { of: Interval; unit: string; to?: number; label?: string }) {
  const end = Math.max(to ?? of.high, of.high, 1e-9);
  const from = Math.min(0, of.low);
  const at = (value: number) => `${(100 * (value - from)) / (end - from)}%`;
  return (
    <span className="cf-estimate" data-testid="estimate">
      {label && <span className="cf-estimate-label">{label}</span>}
      <span className="cf-estimate-text">
        <b>{figure(of.central)}</b> {unit}{" "}
        <span className="cf-soft">
          ({figure(of.low)} to {figure(of.high)})
        </span>
      </span>
      <span className="cf-estimate-rule" aria-hidden>
        <span className="cf-estimate-band" style={{ left: at(of.low), width: `calc(${at(of.high)} - ${at(of.low)})` }} />
        <span className="cf-estimate-mark" style={{ left: at(of.central) }} />
      </span>
    </span>
  );
}
