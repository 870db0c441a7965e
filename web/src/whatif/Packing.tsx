import { Switch } from "@mantine/core";

import { useApi } from "../api/client";
import type { Measure, Packing as Answer, WhatIf, WhatIfQuestion } from "../api/types";
import { figure, words } from "../parts/format";
import { Answered } from "../parts/Screen";
import { planOnly } from "./question";

interface Props {
  measures: readonly Measure[];
  question: WhatIfQuestion;
  onChange: (change: Partial<WhatIfQuestion>) => void;
}

/** Which activities to forbid when he turns to the best of the rest. Asked beside the plan, which does not wait for it. */
export function Packing({ measures, question, onChange }: Props) {
  const on = question.substitution === true;
  const answer = useApi<WhatIf>(on ? "/whatif" : null, {}, { body: { ...planOnly(question), substitution: true }, steady: true });
  return (
    <details className="cf-fold" open={on} data-testid="packing">
      <summary>
        Activities taken up in place of others <span className="cf-soft">{on ? "asked" : "not asked"}</span>
      </summary>
      <div className="cf-asked-row">
        <Switch size="sm" label="Forbid activities, when he fills his hands with the best of the rest" checked={on} onChange={(event) => onChange({ substitution: event.currentTarget.checked || undefined })} />
      </div>
      {on && (
        <Answered query={answer} what="Packing: up to some ten seconds…">
          {(result) => (result.substitution ? <Shown answer={result.substitution} measures={measures} /> : null)}
        </Answered>
      )}
    </details>
  );
}

function Shown({ answer, measures }: { answer: Answer; measures: readonly Measure[] }) {
  if (answer.why_empty) return <p className="cf-soft">{answer.why_empty}</p>;
  const { before = 0, left = 0, bound = 0, gap = 0, forbidden = [], not_applied: unknown = [] } = answer;
  const titles = new Map(measures.map((one) => [one.id, one.title]));
  return (
    <div data-testid="packed">
      {unknown.length > 0 && <p className="cf-warning">This game does not know of {unknown.map((key) => words(key).toLowerCase()).join(", ")}: they are not applied here.</p>}
      <p>
        He keeps <b>{figure(left)}</b> of {figure(before)} {answer.unit}, after turning to what is left. <span className="cf-assumption">assumption</span>
      </p>
      {forbidden.length > 0 ? (
        <table className="cf-table">
          <thead>
            <tr>
              <th>Forbidden</th>
              <th>By</th>
              <th className="num">Cost</th>
            </tr>
          </thead>
          <tbody>
            {forbidden.map((one) => (
              <tr key={one.activity}>
                <td>{one.title}</td>
                <td>{titles.get(one.measure) ?? one.measure}</td>
                <td className="num">{figure(one.cost)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="cf-soft">Within this budget no activity can be forbidden to any effect.</p>
      )}
      <p className="cf-soft">
        No choice leaves less than {figure(bound)}
        {gap > 0 ? ` (${gap < 1 ? `gap ${(100 * gap).toFixed(1)} %` : "the search ran out of time: this is not proven best"})` : ": proven"}. Effort, ceilings and margins are the middles of assumed ranges, and a
        forbidden activity counts as if the measure succeeded: what substitution leaves, not a forecast.
      </p>
    </div>
  );
}
