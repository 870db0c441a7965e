import { NumberInput, Slider } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import { useApi } from "../api/client";
import { useAsOf } from "../api/reader";
import type { KeptScenario, Measures, WhatIf, WhatIfQuestion } from "../api/types";
import { Consequences } from "../parts/Consequences";
import { MeasureTable, type Wish } from "../parts/MeasureTable";
import { Purses } from "../parts/Purses";
import { Scenarios } from "../parts/Scenarios";
import { Answered, Empty, Screen } from "../parts/Screen";
import { Versus } from "../parts/Versus";
import { Limits } from "../whatif/Limits";
import { OverTime } from "../whatif/OverTime";
import { Packing } from "../whatif/Packing";
import { ofAddress, planOnly, toAddress } from "../whatif/question";

const route = getRouteApi("/measures");

/** Budget asked for until the reader names one. */
const USUAL = 30;

/** Which measures together take most, for a budget; what they leave; what comes back by rerouting. */
export function MeasuresScreen() {
  const query = useApi<Measures>("/measures", { as_of: useAsOf() });
  return (
    <Screen name="measures" title="Measures" headed>
      <Answered query={query} what="Reading the catalogue…">
        {(catalogue) =>
          catalogue.measures.length ? (
            <Question catalogue={catalogue} />
          ) : (
            <Empty title="No measures">The catalogue is empty for this audience. Ingest measures and run: counterflow assess</Empty>
          )
        }
      </Answered>
    </Screen>
  );
}

function Question({ catalogue }: { catalogue: Measures }) {
  const { versus, arc, stage, ...search } = route.useSearch();
  const asOf = useAsOf();
  const navigate = useNavigate();
  const most = useMemo(() => Math.max(1, Math.ceil(catalogue.measures.reduce((all, one) => all + (one.historic ? 0 : one.cost), 0))), [catalogue]);
  const asked = search.budget ?? Math.min(USUAL, Math.round(most / 4));
  const [sliding, setSliding] = useState(asked);
  useEffect(() => setSliding(asked), [asked]);
  const question: WhatIfQuestion = { ...ofAddress({ ...search, as_of: asOf }), budget: asked };
  const { must = [], never = [], budgets = {} } = question;
  const change = (changed: Partial<WhatIfQuestion>) => void navigate({ to: "/measures", search: (before) => ({ ...before, ...toAddress({ ...question, ...changed }) }), replace: true });
  const wish = (id: string, how: Wish) => {
    const without = (ids: string[]) => ids.filter((one) => one !== id);
    change({ must: how === "must" ? [...without(must), id] : without(must), never: how === "never" ? [...without(never), id] : without(never) });
  };
  const known = useMemo(() => {
    const costs = new Map<string, number>();
    for (const one of catalogue.measures) if (!one.historic && one.agency) costs.set(one.agency, (costs.get(one.agency) ?? 0) + one.cost);
    return [...costs].sort(([a], [b]) => (a < b ? -1 : 1));
  }, [catalogue]);
  const limit = (agency: string, points: number | undefined) => {
    const { [agency]: _, ...others } = budgets;
    change({ budgets: points === undefined ? others : { ...others, [agency]: points } });
  };
  const open = ({ question: kept }: KeptScenario) => void navigate({ to: "/measures", search: (before) => ({ ...before, ...toAddress(kept), versus: undefined }) });
  const compare = (name: string | undefined) => void navigate({ to: "/measures", search: (before) => ({ ...before, versus: name }) });
  const answer = useApi<WhatIf>("/whatif", {}, { body: planOnly(question), steady: true });
  return (
    <>
      <div className="cf-dossier-title">
        <h1>What if</h1>
        <span className="cf-soft">the plan that leaves least for a budget, with proof that none is better by more than the gap</span>
      </div>
      <div className="cf-budget">
        <span id="budget-label">Budget</span>
        <Slider
          aria-labelledby="budget-label"
          thumbLabel="Budget"
          min={0}
          max={most}
          step={most > 50 ? 1 : 0.5}
          value={sliding}
          onChange={setSliding}
          onChangeEnd={(value) => change({ budget: value })}
          label={null}
          marks={[{ value: 0, label: "0" }, { value: most, label: `${most}: all` }]}
          data-testid="budget"
        />
        <NumberInput size="xs" w={86} min={0} value={sliding} aria-label="Budget in figures" onChange={(value) => typeof value === "number" && setSliding(value)} onBlur={() => sliding !== asked && change({ budget: sliding })} onKeyDown={(event) => event.key === "Enter" && change({ budget: sliding })} data-testid="budget-figure" />
      </div>
      <Purses agencies={known} limits={budgets} spent={spentBy(answer.data)} onLimit={limit} />
      <Limits measures={catalogue.measures} question={question} done={answer.data?.collateral} onChange={change} />
      <Scenarios question={question} versus={versus} onOpen={open} onCompare={compare} />
      <Answered query={answer} what="Solving…">
        {(result) => (
          <>
            {versus && <Versus result={result} name={versus} />}
            <Consequences result={result} busy={answer.isPlaceholderData} arc={arc} stage={stage} />
          </>
        )}
      </Answered>
      <OverTime question={question} onChange={change} />
      <Packing measures={catalogue.measures} question={question} onChange={change} />
      <h2>The catalogue</h2>
      <MeasureTable measures={catalogue.measures} plan={new Set(answer.data?.plan.map((one) => one.id))} must={must} never={never} onWish={wish} />
    </>
  );
}

/** What the plan spends of each agency's money. */
function spentBy(result: WhatIf | undefined): Record<string, number> {
  const spent: Record<string, number> = {};
  for (const one of result?.plan ?? []) if (one.agency) spent[one.agency] = (spent[one.agency] ?? 0) + one.cost;
  return spent;
}
