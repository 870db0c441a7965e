import { useMemo } from "react";

import type { Cashbox } from "../api/types";
import { mountCurves, type CurvesData } from "../viz/curves";
import { intervalsHeight, mountIntervals, type IntervalsData } from "../viz/intervals";
import { useClaims } from "./ClaimsDrawer";
import { figure } from "./format";
import { Picture, usePalette } from "./Picture";

/** Which measures hit most: frontier with bands, inclusion over draws, shares; what is in force; the back-test. */
export function AskCashbox({ answer }: { answer: Cashbox }) {
  const palette = usePalette();
  const frontier = useMemo<CurvesData>(
    () => ({
      palette,
      x: "budget",
      y: `left, ${answer.unit}`,
      mark: { x: answer.budget, label: "now" },
      curves: [{ label: "left", colour: palette.money, points: answer.frontier.map((point) => ({ ...point, x: point.budget })) }],
    }),
    [palette, answer],
  );
  const amounts = useMemo<IntervalsData>(
    () => ({
      palette,
      unit: answer.unit,
      print: figure,
      rows: [
        { label: "Into the cash-box", tone: "before", ...answer.baseline },
        { label: "Left by this plan", tone: "money", ...answer.left },
        { label: "Left by what is in force, without it", tone: "neutral", ...answer.in_force.cashbox },
      ],
    }),
    [palette, answer],
  );
  const shown = answer.measures.filter((one) => one.in_plan || one.inclusion > 0);
  const counted = answer.in_force.measures.filter((one) => one.counted);
  return (
    <>
      <div className="cf-front">
        <section aria-label="Plan">
          <h2>
            {figure(answer.budget)} points <span className="cf-soft">cost {figure(answer.plan.cost)}; gap {(100 * answer.plan.gap).toFixed(1)} %</span>
          </h2>
          <Picture mount={mountIntervals} data={amounts} name="cashbox-left" style={{ height: intervalsHeight(3) }} />
          <p className="cf-soft">{answer.note}</p>
        </section>
        <section aria-label="Frontier">
          <h2>
            What each budget leaves <span className="cf-soft">after rerouting, 90 % band</span>
          </h2>
          <Picture mount={mountCurves} data={frontier} name="cashbox-frontier" style={{ height: 230 }} />
        </section>
      </div>
      <h2>
        How often a measure is in the best plan <span className="cf-soft">of {answer.draws} draws of the flow</span>
      </h2>
      <table className="cf-table" data-testid="inclusion">
        <thead>
          <tr>
            <th>Measure</th>
            <th>Agency</th>
            <th className="num">Cost</th>
            <th className="num">Alone</th>
            <th className="num">Share of the plan's effect</th>
            <th>In the best plan</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.id} data-chosen={one.in_plan || undefined}>
              <td>{one.title}</td>
              <td>{one.agency}</td>
              <td className="num">{figure(one.cost)}</td>
              <td className="num">{figure(one.alone)}</td>
              <td className="num">{one.contribution === null ? "" : figure(one.contribution)}</td>
              <td>
                <Bar share={one.inclusion} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="cf-soft">
        Shares are Shapley values: they add up to the effect of the plan, which effects measured alone do not. {counted.length} measures in force are counted out of the figures: {counted.map((one) => one.title).join("; ") || "none"}.
      </p>
      {answer.back_test.map((one) => (
        <Bank key={one.published_by ?? "held"} test={one} />
      ))}
    </>
  );
}

/** A share as a bar with its figure. */
export function Bar({ share, warn = false }: { share: number; warn?: boolean }) {
  const palette = usePalette();
  return (
    <span className="cf-bar">
      <span className="cf-bar-track" aria-hidden>
        <span style={{ width: `${Math.min(100, 100 * share)}%`, background: warn ? palette.listed : palette.money }} />
      </span>
      {Math.round(100 * share)} %
    </span>
  );
}

function Bank({ test }: { test: Cashbox["back_test"][number] }) {
  const openClaims = useClaims();
  const known = test.published_by ? `what had been published by ${test.published_by}` : "what held then, as it is known now";
  return (
    <section aria-label={`Back-test, ${known}`} data-testid="bank-test">
      <h2>
        Back-test: {test.target.caption} on {test.day} <span className="cf-soft">{known}</span>
      </h2>
      {test.rank === null ? (
        <p>
          {test.target.caption} is in none of that evidence{test.of === 0 ? ", nor is any other bank abroad" : `, which knows ${test.of} other banks abroad`}: the measure itself made it visible.
        </p>
      ) : (
        <>
          <p>
            Rank {test.rank} of {test.of} banks abroad by what has no other way once it is cut off. {test.words} Predicted to withdraw too: {test.contagion.predicted.map((b) => b.caption).join(", ") || "none"}; did:{" "}
            {test.contagion.withdrew.map((b) => b.caption).join(", ") || "none"}.{test.rerouted === null ? "" : ` Share that finds another way: ${Math.round(100 * test.rerouted)} %.`}
          </p>
          <table className="cf-table">
            <thead>
              <tr>
                <th className="num">Rank</th>
                <th>Bank</th>
                <th>Clients</th>
                <th className="num">Passes</th>
                <th className="num">Lost without it</th>
                <th>In the top three</th>
              </tr>
            </thead>
            <tbody>
              {test.banks.map((bank) => (
                <tr key={bank.bank} data-chosen={bank.bank === test.target.id || undefined}>
                  <td className="num">{bank.rank}</td>
                  <td>
                    <button type="button" className="cf-door" onClick={() => openClaims(...bank.claim_ids)}>
                      {bank.caption}
                    </button>
                  </td>
                  <td>{bank.clients.join(", ")}</td>
                  <td className="num">
                    {figure(bank.passes.central)} ({figure(bank.passes.low)} to {figure(bank.passes.high)})
                  </td>
                  <td className="num">
                    {figure(bank.lost.central)} ({figure(bank.lost.low)} to {figure(bank.lost.high)})
                  </td>
                  <td>
                    <Bar share={bank.top_three} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
