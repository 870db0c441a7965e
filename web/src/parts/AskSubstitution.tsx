import { useMemo, useState } from "react";
import { Select } from "@mantine/core";

import type { Substitution } from "../api/types";
import { intervalsHeight, mountIntervals, type IntervalsData } from "../viz/intervals";
import { mountFan, type FanData } from "../viz/fan";
import { useClaims } from "./ClaimsDrawer";
import { figure } from "./format";
import { Likelihood } from "./Likelihood";
import { Picture, usePalette } from "./Picture";

/** Whether illicit income rises: the likelihood, the fan, the matrix of substitution, the back-test, and the rivals. */
export function AskSubstitution({ answer }: { answer: Substitution }) {
  const palette = usePalette();
  const [series, setSeries] = useState("illicit");
  const said = answer.answer;
  const chosen = series === "illicit" ? answer.fan.illicit : series === "all" ? answer.fan.all : answer.fan.activities.find((a) => a.code === series) ?? answer.fan.illicit;
  const fan = useMemo<FanData>(
    () => ({ palette, dates: answer.fan.dates, series: chosen, shocks: answer.fan.shocks, unit: "million USD a year", colour: palette.money }),
    [palette, answer, chosen],
  );
  const amounts = useMemo<IntervalsData>(
    () => ({
      palette,
      unit: answer.unit,
      print: figure,
      rows: [
        { label: answer.day, tone: "before", ...said.illicit_now },
        { label: answer.until, tone: "money", ...said.illicit_then },
        { label: `${answer.until} without the shocks`, tone: "neutral", ...said.illicit_then_without },
      ],
    }),
    [palette, answer, said],
  );
  return (
    <>
      <div className="cf-front">
        <section aria-label="Answer">
          <h2>The answer, by this model</h2>
          <ul className="cf-notes" data-testid="judgements">
            <li>
              Net illicit income is higher in {answer.until} than in {answer.day}: <Likelihood word={said.rise.likelihood.word} />
            </li>
            <li>
              It is higher than it would be without the shocks: <Likelihood word={said.more_than_without.likelihood.word} />
            </li>
          </ul>
          <h3>
            Net illicit income <span className="cf-soft">{answer.unit}</span>
          </h3>
          <Picture mount={mountIntervals} data={amounts} name="illicit" style={{ height: intervalsHeight(3) }} />
          <p className="cf-warning" data-testid="identifiability">
            {answer.identifiability.words}
          </p>
        </section>
        <section aria-label="Fan">
          <div className="cf-row">
            <h2>Income over time</h2>
            <Select
              size="xs"
              aria-label="Series"
              value={series}
              onChange={(value) => setSeries(value ?? "illicit")}
              allowDeselect={false}
              data={[{ value: "illicit", label: "All illicit" }, { value: "all", label: "Everything" }, ...answer.fan.activities.map((a) => ({ value: a.code, label: a.caption }))]}
            />
          </div>
          <Picture mount={mountFan} data={fan} name="fan" style={{ height: 230 }} />
          <p className="cf-soft">
            Middle, bands of 50 and 90 %. Shocks:{" "}
            {answer.fan.shocks.map((shock, i) => `${i + 1} ${shock.date} ${shock.title}`).join("; ")}
          </p>
        </section>
      </div>
      <h2>
        What takes whose place <span className="cf-soft">millions gained {answer.matrix.months} months on for each million closed for good</span>
      </h2>
      <Matrix answer={answer} />
      <BackTest answer={answer} />
      <h2>What else would explain it</h2>
      <ul className="cf-notes" data-testid="rivals">
        {answer.rivals.map((rival) => (
          <li key={rival.name}>
            <b>{rival.name}.</b> {rival.says} <span className="cf-soft">It would show in this: {rival.would_show}.</span>
          </li>
        ))}
      </ul>
      <p className="cf-soft">
        Sizes, margins, ceilings, pace, effort and exposure of {answer.assumptions.length} activities are <span className="cf-assumption">assumption</span>, each a range; {figure(answer.effective_draws)} of {figure(answer.draws)} draws
        carry the weight. Change them: counterflow ask substitution --with FILE
      </p>
    </>
  );
}

function Matrix({ answer }: { answer: Substitution }) {
  const palette = usePalette();
  const { rows, activities } = answer.matrix;
  return (
    <div className="cf-scroll">
      <table className="cf-table cf-matrix" data-testid="matrix">
        <thead>
          <tr>
            <th>Closed</th>
            {activities.map((a) => (
              <th key={a.code} className="num">
                {a.caption.replace(/ (exports|abroad|trafficking).*/i, "")}
              </th>
            ))}
            <th className="num">Together</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.code}>
              <td>{row.caption}</td>
              {row.to.map((cell) => (
                <td
                  key={cell.code}
                  className="num"
                  title={cell.central === null ? undefined : `${figure(cell.low ?? 0)} to ${figure(cell.high ?? 0)}`}
                  style={cell.central ? { background: `color-mix(in srgb, ${palette.money} ${Math.min(60, 100 * (cell.high ?? 0))}%, transparent)` } : undefined}
                >
                  {cell.central === null ? "" : <Band {...{ low: cell.low ?? 0, central: cell.central, high: cell.high ?? 0 }} />}
                </td>
              ))}
              <td className="num">
                <Band {...row.all} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const two = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });

/** The middle, and under it the interval: never one without the other. */
function Band({ low, central, high }: { low: number; central: number; high: number }) {
  if (high < 0.005) return <span className="cf-soft">0</span>;
  return (
    <>
      {two.format(central)}
      <div className="cf-soft">
        {two.format(low)}–{two.format(high)}
      </div>
    </>
  );
}

/** What a figure of the back-test says of its activity, with its unit. */
const WHAT: Record<string, string> = { change: "times what it was", sum: "million USD in all", amount: "million USD a year" };

function BackTest({ answer }: { answer: Substitution }) {
  const openClaims = useClaims();
  const captions = new Map(answer.matrix.activities.map((one) => [one.code, one.caption]));
  const told = (row: Substitution["backtest"]["rows"][number]) => `${captions.get(row.activity) ?? row.activity}, ${WHAT[row.what] ?? row.what}`;
  return (
    <>
      <h2>Back-test: one shock left out at a time</h2>
      <p className="cf-soft">{answer.backtest.words}</p>
      {answer.backtest.rows.length > 0 && (
        <table className="cf-table" data-testid="backtest">
          <thead>
            <tr>
              <th>After shock</th>
              <th>Figure</th>
              <th>Period</th>
              <th className="num">Seen</th>
              <th className="num">Predicted (90 %)</th>
              {Object.keys(answer.backtest.rows[0]!.dull).map((name) => (
                <th key={name} className="num">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.backtest.rows.map((row) => (
              <tr key={`${row.figure}${row.activity}`}>
                <td>{row.shock}</td>
                <td>
                  {answer.claim_ids[row.figure] ? (
                    <button type="button" className="cf-door" onClick={() => openClaims(...(answer.claim_ids[row.figure] ?? []))}>
                      {told(row)}
                    </button>
                  ) : (
                    told(row)
                  )}
                </td>
                <td>
                  {row.from} – {row.until}
                </td>
                <td className="num">{figure(row.seen)}</td>
                <td className="num">
                  {figure(row.central)} ({figure(row.low)} to {figure(row.high)}) {row.inside ? "" : "outside"}
                </td>
                {Object.entries(row.dull).map(([name, one]) => (
                  <td key={name} className="num">
                    {figure(one.value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
