import { useMemo } from "react";

import { useApi } from "../api/client";
import type { OverTime as Course, WhatIf, WhatIfQuestion } from "../api/types";
import { figure } from "../parts/format";
import { Picture, usePalette } from "../parts/Picture";
import { Answered } from "../parts/Screen";
import { intervalsHeight, mountIntervals, type IntervalsData } from "../viz/intervals";
import { Amount } from "./Amount";
import { overTime } from "./question";

interface Props {
  question: WhatIfQuestion;
  onChange: (change: Partial<WhatIfQuestion>) => void;
}

/** The budget spent period by period, while what was cut is rebuilt. Asked beside the plan, which does not wait for it. */
export function OverTime({ question, onChange }: Props) {
  const { periods, recovery, period_days: days } = question;
  const answer = useApi<WhatIf>(periods ? "/whatif" : null, {}, { body: overTime(question), steady: true });
  return (
    <details className="cf-fold" open={periods !== undefined} data-testid="over-time">
      <summary>
        Several periods, with recovery <span className="cf-soft">{periods ? `${periods} planned` : "one plan, at once"}</span>
      </summary>
      <div className="cf-asked-row">
        <Amount label="Periods" hint="each with the whole budget" whole least={1} most={24} empty="none" value={periods} onChange={(value) => onChange({ periods: value, ...(value ? {} : { recovery: undefined, period_days: undefined }) })} />
        {periods !== undefined && (
          <>
            {recovery === undefined || typeof recovery === "number" ? (
              <Amount label="Rebuilt after" hint="periods; empty: never" whole least={1} most={99} empty="never" value={recovery} onChange={(value) => onChange({ recovery: value })} />
            ) : (
              <p className="cf-soft">Rebuilt after, by kind: {Object.entries(recovery).map(([kind, n]) => `${kind} ${n}`).join(", ")}</p>
            )}
            <Amount label="Length of a period" hint="days; empty: 365" whole least={1} most={3660} empty="365" value={days} onChange={(value) => onChange({ period_days: value })} />
          </>
        )}
      </div>
      {periods !== undefined && (
        <Answered query={answer} what={`Planning ${periods} periods: up to some twenty seconds…`}>
          {(result) => (result.over_time ? <Shown course={result.over_time} unit={result.before.unit} busy={answer.isPlaceholderData} /> : null)}
        </Answered>
      )}
    </details>
  );
}

function Shown({ course, unit, busy }: { course: Course; unit: string; busy: boolean }) {
  const palette = usePalette();
  const data = useMemo<IntervalsData>(
    () => ({
      palette,
      unit,
      print: figure,
      rows: [
        ...course.periods.slice(0, 1).map((row) => ({ label: "Before", tone: "before" as const, ...row.cashbox.before })),
        ...course.periods.map((row) => ({ label: `Period ${row.period}, after rerouting`, tone: "money" as const, ...row.cashbox.after_rerouting })),
      ],
    }),
    [palette, unit, course],
  );
  if (course.why_empty) return <p className="cf-soft">{course.why_empty}</p>;
  return (
    <div className="cf-consequences cf-front" aria-busy={busy} data-testid="course">
      <section aria-label="Left, by period">
        <h2>
          Into the cash-box, by period <span className="cf-soft">{unit}</span>
        </h2>
        <Picture mount={mountIntervals} data={data} name="course" style={{ height: intervalsHeight(data.rows.length) }} />
        <p className="cf-soft">
          {course.certificate}
          {course.gap !== undefined && `; gap ${(100 * course.gap).toFixed(1)} %`}
        </p>
      </section>
      <section aria-label="Taken, by period">
        <h2>What is taken when</h2>
        <table className="cf-table">
          <thead>
            <tr>
              <th className="num">Period</th>
              <th>Measures</th>
              <th className="num">Cost</th>
              <th className="num">In force</th>
            </tr>
          </thead>
          <tbody>
            {course.periods.map((row) => (
              <tr key={row.period} data-testid="period">
                <td className="num">{row.period}</td>
                <td>
                  {row.plan.length === 0 && <span className="cf-soft">none</span>}
                  {row.plan.map((one) => (
                    <div key={one.id}>
                      {one.title} <span className="cf-soft">{[figure(one.cost), one.agency].filter(Boolean).join(", ")}</span>
                    </div>
                  ))}
                </td>
                <td className="num">{figure(row.plan.reduce((all, one) => all + one.cost, 0))}</td>
                <td className="num">{new Set(row.in_force).size}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
