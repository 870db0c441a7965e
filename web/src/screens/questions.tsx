import { Tabs } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { useApi } from "../api/client";
import type { Cashbox, Coordination, Merger, Substitution } from "../api/types";
import { useAsOf } from "../api/reader";
import { AskCashbox } from "../parts/AskCashbox";
import { AskCoordination } from "../parts/AskCoordination";
import { AskMerger } from "../parts/AskMerger";
import { AskSubstitution } from "../parts/AskSubstitution";
import { Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";

const route = getRouteApi("/questions");

const ASKED = [
  { name: "substitution", short: "Substitution" },
  { name: "merger", short: "Merger" },
  { name: "cashbox", short: "Cash-box" },
  { name: "coordination", short: "Coordination" },
] as const;

type Answer = { title: string; handling: string; why_empty?: string };

/** The four questions of the case, one at a time: what the model answers, how sure, and what it cannot tell. */
export function QuestionsScreen() {
  const { ask = "substitution", budget } = route.useSearch();
  const asOf = useAsOf();
  const navigate = useNavigate();
  const name = ASKED.find((one) => one.name === ask)?.name ?? "substitution";
  const query = useApi<Answer>(`/questions/${name}`, { as_of: asOf, budget });
  return (
    <Screen name="questions" title="Questions" headed>
      <Tabs value={name} onChange={(value) => void navigate({ to: "/questions", search: (before) => ({ ...before, ask: value ?? undefined }) })}>
        <Tabs.List>
          {ASKED.map((one) => (
            <Tabs.Tab key={one.name} value={one.name} data-testid={`ask-${one.name}`}>
              {one.short}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Answered query={query} what="Reckoning: this takes some seconds the first time…">
        {(answer) => (
          <div data-testid={`answer-${name}`}>
            <div className="cf-dossier-title">
              <h1>{answer.title}</h1>
              <Marks of={answer} quiet={false} />
            </div>
            {answer.why_empty ? <Empty title="No answer">{answer.why_empty}</Empty> : <Shown name={name} answer={answer} />}
          </div>
        )}
      </Answered>
    </Screen>
  );
}

function Shown({ name, answer }: { name: (typeof ASKED)[number]["name"]; answer: unknown }) {
  switch (name) {
    case "substitution":
      return <AskSubstitution answer={answer as Substitution} />;
    case "merger":
      return <AskMerger answer={answer as Merger} />;
    case "cashbox":
      return <AskCashbox answer={answer as Cashbox} />;
    case "coordination":
      return <AskCoordination answer={answer as Coordination} />;
  }
}
