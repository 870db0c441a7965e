import { useMemo } from "react";

import type { Merger } from "../api/types";
import { mountCurves, type CurvesData } from "../viz/curves";
import { useClaims } from "./ClaimsDrawer";
import { figure, span } from "./format";
import { Grade } from "./Grade";
import { Picture, usePalette } from "./Picture";

/** Two frontiers and their crossing; the exposure that turns the sign; rival accounts of when it happened. */
export function AskMerger({ answer }: { answer: Merger }) {
  const palette = usePalette();
  const openClaims = useClaims();
  const budgets = useMemo<CurvesData>(
    () => ({
      palette,
      x: "budget",
      y: `left, ${answer.unit}`,
      curves: answer.curves.map((curve) => ({
        label: `${curve.how}, ${curve.measures}`,
        colour: curve.how === "merged" ? palette.accent : palette.money,
        dashed: curve.measures === "arcs",
        points: curve.points.map((point) => ({ ...point, x: point.budget })),
      })),
    }),
    [palette, answer],
  );
  const sign = useMemo<CurvesData>(
    () => ({
      palette,
      x: "exposure of a collector to a measure against it",
      y: "merged less split",
      curves: answer.sign.map((row, i) => ({
        label: `${figure(row.budget)} points`,
        colour: i ? palette.money : palette.accent,
        points: row.points.map((point) => ({ ...point, x: point.exposure })),
      })),
    }),
    [palette, answer],
  );
  return (
    <>
      <p data-testid="theorem">{answer.theorem}</p>
      {/stopped by the time limit/.test(answer.note) && (
        <p className="cf-warning">Time ran out before all plans of these curves were proven (see the note below): ask again when the machine is less busy.</p>
      )}
      <div className="cf-front">
        <section aria-label="Frontiers">
          <h2>
            What each budget leaves <span className="cf-soft">{answer.unit}, after rerouting</span>
          </h2>
          <Picture mount={mountCurves} data={budgets} name="merger-frontier" style={{ height: 260 }} />
          <Legend
            entries={[
              { label: "split", colour: palette.money },
              { label: "merged", colour: palette.accent },
            ]}
          />
          <p className="cf-soft">
            Dashed: measures against arcs only, where merged can never lie under split. Full: a measure against a collector itself may be taken too ({figure(answer.node_cost)} points, exposure {figure(answer.exposure)}).
          </p>
        </section>
        <section aria-label="Sign">
          <h2>From which exposure the merger harms the regime</h2>
          <Picture mount={mountCurves} data={sign} name="merger-sign" style={{ height: 260 }} />
          <Legend entries={answer.sign.map((row, i) => ({ label: `${figure(row.budget)} points`, colour: i ? palette.money : palette.accent }))} />
          <ul className="cf-notes" data-testid="flips">
            {answer.flips_at.map((one) => (
              <li key={one.budget}>
                With {figure(one.budget)} points: {one.exposure === null ? "at no exposure that was tried" : `from an exposure of about ${figure(one.exposure)}`}
              </li>
            ))}
          </ul>
        </section>
      </div>
      <h2>When {answer.merged.caption} was merged into {answer.into.caption}, as told</h2>
      <p className="cf-soft">{answer.chronology_note}</p>
      <table className="cf-table" data-testid="chronology">
        <thead>
          <tr>
            <th>When</th>
            <th>What happened</th>
            <th>Grade</th>
            <th>How it is said</th>
          </tr>
        </thead>
        <tbody>
          {answer.chronology.map((one) => (
            <tr key={one.id}>
              <td>{span(one.start, one.end) || "undated"}</td>
              <td>
                <button type="button" className="cf-door" onClick={() => openClaims(...one.claim_ids)}>
                  {one.what}
                </button>
              </td>
              <td>
                <Grade value={one.grade} />
              </td>
              <td>{one.stance}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="cf-soft">{answer.note}</p>
    </>
  );
}

/** What each colour of a chart stands for. */
export function Legend({ entries }: { entries: readonly { label: string; colour: string }[] }) {
  return (
    <p className="cf-key cf-soft">
      {entries.map((one) => (
        <span key={one.label} className="cf-curve-key">
          <span aria-hidden style={{ background: one.colour }} /> {one.label}
        </span>
      ))}
    </p>
  );
}
