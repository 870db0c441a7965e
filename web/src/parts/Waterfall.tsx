import type { EvidenceFeature, Verdicts } from "../api/types";
import { words } from "./format";
import "../waterfall.css";

interface WaterfallProps {
  probability: number;
  features: EvidenceFeature[];
  thresholds: Verdicts;
  /** Titles of the two sides. */
  left: string;
  right: string;
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;

const logit = (p: number): number => {
  const held = Math.min(0.9999, Math.max(0.0001, p));
  return Math.log(held / (1 - held));
};

/**
 * Evidence added up, feature by feature, in log-odds: to the right speaks for one party, to the left against. The thin
 * lines are where a possible match and a match begin.
 */
export function Waterfall({ probability, features, thresholds, left, right }: WaterfallProps) {
  const [match, possible] = [logit(thresholds.match), logit(thresholds.possible)];
  const end = logit(probability);
  const start = end - features.reduce((sum, one) => sum + one.weight, 0);
  let at = start;
  const steps = features.map((one) => {
    const from = at;
    at += one.weight;
    return { ...one, from, to: at };
  });
  const all = [start, end, match, possible, ...steps.map((one) => one.to)];
  const low = Math.min(...all) - 0.6;
  const high = Math.max(...all) + 0.6;
  const x = (value: number) => `${((value - low) / (high - low)) * 100}%`;
  const bar = (from: number, to: number) => ({ left: x(Math.min(from, to)), width: `${(Math.abs(to - from) / (high - low)) * 100}%` });
  return (
    <table className="cf-table cf-waterfall" data-testid="waterfall">
      <thead>
        <tr>
          <th>evidence</th>
          <th>{left}</th>
          <th>{right}</th>
          <th className="num" title="Log-odds: +0.7 doubles the odds that both are one, -0.7 halves them">
            weight
          </th>
          <th className="cf-waterfall-axis">
            <span style={{ left: x(possible) }}>possible</span>
            <span style={{ left: x(match) }} data-after>
              match
            </span>
          </th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td colSpan={3} className="cf-soft">
            before any evidence
          </td>
          <td className="num cf-soft">{signed(start)}</td>
          <td className="cf-waterfall-track">
            <i style={{ left: x(possible) }} />
            <i style={{ left: x(match) }} />
            <b data-kind="total" style={{ left: x(start) }} />
          </td>
        </tr>
        {steps.map((one, n) => (
          <tr key={`${one.feature} ${n}`} data-testid="feature" title={one.says}>
            <td>{words(one.feature)}</td>
            <td>
              <bdi>{one.left}</bdi>
            </td>
            <td>
              <bdi>{one.right}</bdi>
            </td>
            <td className="num">
              {signed(one.weight)}
            </td>
            <td className="cf-waterfall-track">
              <i style={{ left: x(possible) }} />
              <i style={{ left: x(match) }} />
              <span data-against={one.weight < 0 || undefined} style={bar(one.from, one.to)} />
            </td>
          </tr>
        ))}
        <tr>
          <td colSpan={3}>
            <strong>together</strong>
          </td>
          <td className="num">
            <strong>{signed(end)}</strong>
          </td>
          <td className="cf-waterfall-track">
            <i style={{ left: x(possible) }} />
            <i style={{ left: x(match) }} />
            <b data-kind="total" style={{ left: x(end) }} />
          </td>
        </tr>
      </tbody>
    </table>
  );
}
