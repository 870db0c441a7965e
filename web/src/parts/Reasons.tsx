import type { FindingDetail, LogOdds, Reason } from "../api/types";
import { figure, words } from "./format";
import { wordFor } from "./Likelihood";
import "../waterfall.css";

interface Row {
  what: string;
  said?: string;
  /** Log-odds that it adds. */
  weight: number;
  title?: string;
}

const STEPS: [keyof LogOdds, string][] = [
  ["start", "what findings of this data start from"],
  ["payments", "how the model scores its payments"],
  ["rule", "the rule's own probability"],
  ["size", "how many payments it has"],
  ["typology", "which typology found it"],
];

/** `× 4.2` speaks for it, `÷ 4.2` against. */
const odds = (weight: number): string => `${weight < 0 ? "÷" : "×"} ${figure(Math.exp(Math.abs(weight)))}`;

/** Why a trained model ranks a finding as it does: what its payments' columns and the rule add to the odds (TreeSHAP). */
export function Reasons({ finding }: { finding: FindingDetail }) {
  const { detail } = finding;
  const reasons = (detail.reasons as Reason[] | undefined) ?? [];
  const parts = detail.log_odds as LogOdds | undefined;
  if (!detail.model) return null;
  const rule = typeof detail.rule_probability === "number" ? detail.rule_probability : null;
  return (
    <section aria-label="Why the model ranks it so" data-testid="model-reasons">
      <h2>Why the model ranks it so</h2>
      <p>
        {rule !== null && `By the rule alone it is ${wordFor(rule)} (${percent(rule)}). `}
        By what the model learnt from answers it is {finding.likelihood} ({percent(finding.probability)}
        {rule === null ? "" : ", calibrated on findings that the trees had not seen"}).
      </p>
      {parts && (
        <Weights
          head="what the probability is made of"
          rows={STEPS.filter(([name]) => parts[name] !== undefined).map(([name, what]) => ({ what, weight: parts[name] ?? 0, title: words(name) }))}
        />
      )}
      {reasons.length > 0 ? (
        <Weights head={finding.payments.length > 1 ? "its payments, at the median" : finding.payments.length ? "the payment" : "the declaration"} said rows={reasons.map((one) => ({ what: one.what, said: one.said, weight: Math.log(one.odds), title: one.column }))} />
      ) : (
        <p className="cf-soft">No single column moves the odds by a tenth or more.</p>
      )}
      <p className="cf-soft">
        A column speaks for or against within this model: it is no cause, and no evidence of its own. Model {String(detail.model)}; its card: <code>counterflow model</code>.
      </p>
    </section>
  );
}

function Weights({ head, rows, said = false }: { head: string; rows: Row[]; said?: boolean }) {
  const most = Math.max(...rows.map((one) => Math.abs(one.weight)), 1e-9);
  return (
    <table className="cf-table cf-waterfall cf-odds">
      <thead>
        <tr>
          <th>{head}</th>
          {said && <th>value</th>}
          <th className="num">odds</th>
          <th className="cf-waterfall-axis">
            <span style={{ left: "50%" }}>against</span>
            <span style={{ left: "50%" }} data-after>
              for
            </span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <tr key={one.what} data-testid="reason" title={one.title}>
            <td>{one.what}</td>
            {said && <td>{one.said}</td>}
            <td className="num cf-nowrap">{odds(one.weight)}</td>
            <td className="cf-waterfall-track">
              <i style={{ left: "50%" }} />
              <span
                data-against={one.weight < 0 || undefined}
                style={{ left: `${50 + Math.min(0, (one.weight / most) * 48)}%`, width: `${(Math.abs(one.weight) / most) * 48}%` }}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
