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

const route = getRouteApi("/measures");

/** Budget asked for until the reader names one. */
const USUAL = 30;

/** Purses in the address: `points@agency`. */
export const readPurses = (purses: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    purses.flatMap((one) => {
      const at = one.indexOf("@");
      const points = Number(one.slice(0, at));
      return at > 0 && Number.isFinite(points) && points >= 0 ? [[one.slice(at + 1), points]] : [];
    }),
  );
export const writePurses = (limits: Readonly<Record<string, number>>): string[] | undefined => {
  const all = Object.entries(limits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([agency, points]) => `${points}@${agency}`);
  return all.length ? all : undefined;
};

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
  const { budget, must = [], never = [], purse = [], versus, arc } = route.useSearch();
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
  const known = useMemo(() => {
    const costs = new Map<string, number>();
    for (const one of catalogue.measures) if (!one.historic && one.agency) costs.set(one.agency, (costs.get(one.agency) ?? 0) + one.cost);
    return [...costs].sort(([a], [b]) => (a < b ? -1 : 1));
  }, [catalogue]);
  const limits = readPurses(purse);
  const limit = (agency: string, points: number | undefined) => {
    const { [agency]: _, ...others } = limits;
    void navigate({ to: "/measures", search: (before) => ({ ...before, purse: writePurses(points === undefined ? others : { ...others, [agency]: points }) }), replace: true });
  };
  const open = ({ question }: KeptScenario) => {
    const some = (ids: string[] | undefined) => (ids?.length ? ids : undefined);
    void navigate({
      to: "/measures",
      search: (before) => ({
        ...before,
        budget: question.budget ?? undefined,
        must: some(question.must),
        never: some(question.never),
        purse: writePurses(question.budgets ?? {}),
        versus: undefined,
      }),
    });
  };
  const compare = (name: string | undefined) => void navigate({ to: "/measures", search: (before) => ({ ...before, versus: name }) });
  const question: WhatIfQuestion = { budget: asked, must, never, measures: null, budgets: limits };
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
      <Purses agencies={known} limits={limits} spent={spentBy(answer.data)} onLimit={limit} />
      <Scenarios question={question} versus={versus} onOpen={open} onCompare={compare} />
      <Answered query={answer} what="Solving…">
        {(result) => (
          <>
            {versus && <Versus result={result} name={versus} />}
            <Consequences result={result} busy={answer.isPlaceholderData} arc={arc} />
          </>
        )}
      </Answered>
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
