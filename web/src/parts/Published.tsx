import { Tooltip } from "@mantine/core";

import type { Flow, FlowActivity, FlowFigure, FlowTerm } from "../api/types";
import { useClaims } from "./ClaimsDrawer";
import { Estimate } from "./Estimate";
import { count, figure, words } from "./format";
import { Grade } from "./Grade";

/** Of a note that tells of a conflict between figures. */
const CONFLICT = /^Conflict/;

/** What is seized and put aside: amounts with their intervals, or that nobody says; each a door to its claims. */
export function Terms({ flow }: { flow: Flow }) {
  return (
    <ul className="cf-notes" data-testid="terms">
      {flow.terms.map((term) => (
        <li key={term.name}>
          <b>{[words(term.name), term.year].filter(Boolean).join(" ")}</b>: {term.amount ? <Estimate of={term.amount} unit={flow.unit} /> : <em>unknown</em>}. {term.text} <Door of={term} />
        </li>
      ))}
    </ul>
  );
}

function Door({ of, text = "claims" }: { of: FlowTerm | FlowFigure; text?: string }) {
  const openClaims = useClaims();
  if (!of.claim_ids.length) return null;
  return (
    <button type="button" className="cf-door" onClick={() => openClaims(...of.claim_ids)} data-testid="figure-door">
      {text}
    </button>
  );
}

/** What is published on each activity, kind by kind, never added up; a figure that others contradict says so where it stands. */
export function Published({ flow }: { flow: Flow }) {
  const conflicts = flow.notes.filter((note) => CONFLICT.test(note));
  return (
    <div data-testid="published">
      {conflicts.map((note) => (
        <p key={note} className="cf-warning" data-testid="figure-conflict">
          {note}
        </p>
      ))}
      {flow.activities.map((one) => (
        <Activity key={one.activity} activity={one} unit={flow.unit} conflicts={conflicts} />
      ))}
    </div>
  );
}

function Activity({ activity, unit, conflicts }: { activity: FlowActivity; unit: string; conflicts: readonly string[] }) {
  const figures = activity.kinds.reduce((n, kind) => n + kind.figures.length, 0);
  const all = activity.kinds.flatMap((kind) => kind.figures);
  const disputed = all.filter((one) => rivals(one, all, conflicts).length > 0).length;
  return (
    <details className="cf-fold" data-testid="activity">
      <summary>
        {activity.caption}{" "}
        <span className="cf-soft">
          drawn as {figure(activity.flow.central)} ({figure(activity.flow.low)} to {figure(activity.flow.high)}) {unit}; {count(figures)} published {figures === 1 ? "figure" : "figures"}
          {disputed > 0 && `, ${count(disputed)} disputed`}
        </span>
      </summary>
      <table className="cf-table">
        <tbody>
          {activity.kinds.map((kind) => (
            <tr key={kind.kind}>
              <td>
                <b>{words(kind.kind)}</b>
                <div className="cf-soft">
                  {kind.reaches_regime ? "counts" : "not in the flow"}: {kind.why}
                </div>
              </td>
              <td>
                {kind.figures.map((one, i) => (
                  <Figure key={i} figure={one} rivals={rivals(one, all, conflicts)} />
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Figure({ figure: one, rivals: others }: { figure: FlowFigure; rivals: readonly string[] }) {
  return (
    <div className="cf-figure">
      <Door of={one} text={one.text} /> <Grade value={one.grade} />{" "}
      {one.repeats && (
        <Tooltip label={`Repeats ${one.repeats}: adds nothing to it`}>
          <span className="cf-standing" tabIndex={0}>
            repeats another
          </span>
        </Tooltip>
      )}{" "}
      {others.length > 0 && (
        <Tooltip multiline w={420} label={others.join("; ")}>
          <span className="cf-rival" tabIndex={0} data-testid="disputed">
            {one.conflict_group ? `accounts differ (${one.conflict_group})` : "in conflict"}
          </span>
        </Tooltip>
      )}
    </div>
  );
}

/** What contradicts a figure: notes that name it, and figures on the same disputed question. */
export function rivals(one: FlowFigure, all: readonly FlowFigure[], conflicts: readonly string[]): string[] {
  const told = conflicts.filter((note) => note.includes(one.text));
  const others = one.conflict_group ? all.filter((other) => other !== one && other.conflict_group === one.conflict_group && other.text !== one.text).map((other) => other.text) : [];
  return [...told, ...others];
}
