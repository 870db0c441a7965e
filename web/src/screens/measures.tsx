import { NumberInput, Slider } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import { useApi } from "../api/client";
import { useAsOf } from "../api/reader";
import type { Measures, WhatIf, WhatIfQuestion } from "../api/types";
import { Consequences } from "../parts/Consequences";
import { MeasureTable, type Wish } from "../parts/MeasureTable";
import { Answered, Empty, Screen } from "../parts/Screen";

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
  const { budget, must = [], never = [], arc } = route.useSearch();
  const navigate = useNavigate();
  const most = useMemo(() => Math.max(1, Math.ceil(catalogue.measures.reduce((all, one) => all + (one.historic ? 0 : one.cost), 0))), [catalogue]);
  const asked = budget ?? Math.min(USUAL, Math.round(most / 4));
  const [sliding, setSliding] = useState(asked);
  useEffect(() => setSliding(asked), [asked]);
  const ask = (value: number) => void navigate({ to: "/measures", search: (before) => ({ ...before, budget: value }), replace: true });
  const wish = (id: string, how: Wish) =>
    void navigate({
      to: "/measures",
      search: (before) => {
        const without = (ids: string[] | undefined) => (ids ?? []).filter((one) => one !== id);
        const musts = how === "must" ? [...without(before.must), id] : without(before.must);
        const nevers = how === "never" ? [...without(before.never), id] : without(before.never);
        return { ...before, must: musts.length ? musts : undefined, never: nevers.length ? nevers : undefined };
      },
    });
  const question: WhatIfQuestion = { budget: asked, must, never, measures: null };
  const answer = useApi<WhatIf>("/whatif", {}, { body: question, steady: true });
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
          onChangeEnd={ask}
          label={null}
          marks={[{ value: 0, label: "0" }, { value: most, label: `${most}: all` }]}
          data-testid="budget"
        />
        <NumberInput size="xs" w={86} min={0} value={sliding} aria-label="Budget in figures" onChange={(value) => typeof value === "number" && setSliding(value)} onBlur={() => ask(sliding)} onKeyDown={(event) => event.key === "Enter" && ask(sliding)} data-testid="budget-figure" />
      </div>
      <Answered query={answer} what="Solving…">
        {(result) => <Consequences result={result} busy={answer.isPlaceholderData} arc={arc} />}
      </Answered>
      <h2>The catalogue</h2>
      <MeasureTable measures={catalogue.measures} plan={new Set(answer.data?.plan.map((one) => one.id))} must={must} never={never} onWish={wish} />
    </>
  );
}
