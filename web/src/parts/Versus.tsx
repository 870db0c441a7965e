import { useMemo } from "react";

import { useApi } from "../api/client";
import type { KeptScenario, PlanItem, WhatIf } from "../api/types";
import { intervalsHeight, mountIntervals, type IntervalsData } from "../viz/intervals";
import { Scenario } from "./Consequences";
import { figure } from "./format";
import { Picture, usePalette } from "./Picture";
import { Answered } from "./Screen";
import { inShort, planOnly } from "../whatif/question";

/** The plan beside that of a kept scenario: what each leaves, what only one of them takes, and both flows. */
export function Versus({ result, name }: { result: WhatIf; name: string }) {
  const kept = useApi<{ scenarios: KeptScenario[] }>("/scenarios");
  const one = kept.data?.scenarios.find((scenario) => scenario.name === name);
  const body = planOnly({ budget: result.budget, ...one?.question });
  const other = useApi<WhatIf>(one ? "/whatif" : null, {}, { body });
  if (kept.data && !one) return <p className="cf-soft">No scenario is kept under the name “{name}”.</p>;
  return (
    <section className="cf-versus" aria-label="Comparison" data-testid="versus">
      <h2>
        Compared with {name} <span className="cf-soft">{one && inShort(one.question)}</span>
      </h2>
      <Answered query={other} what="Solving the other…">
        {(its) => <Both here={result} there={its} name={name} />}
      </Answered>
    </section>
  );
}

function Both({ here, there, name }: { here: WhatIf; there: WhatIf; name: string }) {
  const palette = usePalette();
  const unit = here.before.unit;
  const data = useMemo<IntervalsData>(
    () => ({
      palette,
      unit,
      print: figure,
      rows: [
        { label: "Before", tone: "before", ...here.cashbox.before },
        { label: "This plan, after rerouting", tone: "money", ...here.cashbox.after_rerouting },
        { label: `${name}, after rerouting`, tone: "money", ...there.cashbox.after_rerouting },
      ],
    }),
    [palette, unit, here, there, name],
  );
  const mine = new Set(here.plan.map((one) => one.id));
  const its = new Set(there.plan.map((one) => one.id));
  const columns: [string, PlanItem[]][] = [
    ["Only this plan", here.plan.filter((one) => !its.has(one.id))],
    ["Both", here.plan.filter((one) => its.has(one.id))],
    [`Only ${name}`, there.plan.filter((one) => !mine.has(one.id))],
  ];
  return (
    <>
      <Picture mount={mountIntervals} data={data} name="versus" style={{ height: intervalsHeight(3) }} />
      <p className="cf-soft">
        This plan costs {figure(here.cost)}, {name} {figure(there.cost)}. Both intervals come from the same evidence: the plans differ more surely than the overlap suggests.
      </p>
      <div className="cf-columns">
        {columns.map(([title, plan]) => (
          <div key={title} data-testid="versus-column">
            <b>
              {title} ({plan.length})
            </b>
            <ul>
              {plan.map((one) => (
                <li key={one.id}>
                  {one.title} <span className="cf-soft">{figure(one.cost)}, {one.agency}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <div className="cf-scenarios cf-two">
        <Scenario title="This plan, after rerouting" flow={here.after_rerouting} baseline={here.before} />
        <Scenario title={`${name}, after rerouting`} flow={there.after_rerouting} baseline={there.before} />
      </div>
    </>
  );
}
