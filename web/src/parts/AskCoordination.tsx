import { useMemo } from "react";

import type { Coordination } from "../api/types";
import { mountWaterfall, waterfallHeight, type WaterfallData } from "../viz/waterfall";
import { Bar } from "./AskCashbox";
import { figure } from "./format";
import { Picture, usePalette } from "./Picture";

/** What acting together adds, step by step, beside the misleading sum of the agencies' own claims. */
export function AskCoordination({ answer }: { answer: Coordination }) {
  const palette = usePalette();
  const own = answer.stages.find((stage) => stage.name === "own");
  const steps = useMemo<WaterfallData>(
    () => ({
      palette,
      unit: answer.unit,
      print: figure,
      whole: answer.baseline.central,
      rows: answer.stages.map((stage) => ({ ...stage, label: stage.title })),
      warning: { label: "sum of the agencies' own claims: no effect", value: answer.claims.sum },
    }),
    [palette, answer],
  );
  return (
    <>
      <h2>
        Cut from {figure(answer.baseline.central)} ({figure(answer.baseline.low)} to {figure(answer.baseline.high)}){" "}
        <span className="cf-soft">
          {answer.unit}, after rerouting; {figure(answer.budget)} points in all
        </span>
      </h2>
      <Picture mount={mountWaterfall} data={steps} name="waterfall" style={{ height: waterfallHeight(steps) }} />
      <p className="cf-warning" data-testid="claims-warning">
        Added up, the agencies' own claims come to {figure(answer.claims.sum)} ({Math.round(100 * answer.claims.share)} % of the flow).
        {own && ` What they cut together is ${figure(own.central)} (${figure(own.low)} to ${figure(own.high)}).`} A sum of claims is no effect: it counts twice what two of them stop and leaves out rerouting.
      </p>
      <div className="cf-front">
        <section aria-label="Withholding">
          <h2>What one agency's withholding costs all</h2>
          <table className="cf-table" data-testid="withholding">
            <thead>
              <tr>
                <th>Agency</th>
                <th className="num">Points</th>
                <th className="num">Price, {answer.unit}</th>
                <th>Of the joint effect</th>
              </tr>
            </thead>
            <tbody>
              {answer.withholding.map((one) => (
                <tr key={one.agency}>
                  <td>{one.agency}</td>
                  <td className="num">{figure(answer.budgets[one.agency] ?? 0)}</td>
                  <td className="num">{figure(one.price)}</td>
                  <td>
                    <Bar share={one.price / Math.max(1e-9, answer.stages.find((s) => s.name === "joint")?.central ?? 1)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section aria-label="Facts">
          <h2>What each fact is worth when it is shared</h2>
          <table className="cf-table" data-testid="facts">
            <thead>
              <tr>
                <th>Fact</th>
                <th className="num">Worth, {answer.unit}</th>
              </tr>
            </thead>
            <tbody>
              {answer.facts.map((fact) => (
                <tr key={fact.id}>
                  <td>{fact.title}</td>
                  <td className="num">{figure(fact.worth)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
      <p className="cf-soft">{answer.note}</p>
    </>
  );
}
