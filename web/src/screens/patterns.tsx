import { Button, Select, Switch } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import type { PatternRow, PatternsAnswer } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { count, span, words } from "../parts/format";
import { Marks } from "../parts/Handling";
import { Likelihood } from "../parts/Likelihood";
import { PatternCard } from "../parts/PatternCard";
import { Answered, Empty, Screen } from "../parts/Screen";
import type { PatternsSearch } from "../searches";
import { SHORTCUTS } from "../shortcuts";

import "../patterns.css";
import "../triage.css";

const route = getRouteApi("/patterns");
const PORTION = 100;
const MOST = 1000;

/** Patterns of activity: findings that belong together, the likeliest first. */
export function PatternsScreen() {
  const search = route.useSearch();
  const [limit, setLimit] = useState(PORTION);
  const query = useApi<PatternsAnswer>("/patterns", { activity: search.activity, across: search.across, limit }, { steady: true });
  return (
    <Screen name="patterns" title="Patterns" wide headed>
      <Answered query={query} what="Joining findings that belong together…">
        {(answer) =>
          answer.all ? (
            <Listed answer={answer} search={search} more={answer.patterns.length < Math.min(answer.total, MOST) ? () => setLimit(Math.min(MOST, limit + PORTION)) : undefined} />
          ) : (
            <Empty title="No findings belong together">None share a party, place and time that is rare enough. The findings stand each by itself in their queue.</Empty>
          )
        }
      </Answered>
    </Screen>
  );
}

function Listed({ answer, search, more }: { answer: PatternsAnswer; search: PatternsSearch; more: (() => void) | undefined }) {
  const navigate = useNavigate();
  const set = (change: PatternsSearch) => void navigate({ to: "/patterns", search: (before) => ({ ...before, ...change }), replace: true });
  const rows = answer.patterns;
  const current = search.pattern ?? rows[0]?.id;
  const place = rows.findIndex((row) => row.id === current);
  const go = (to: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, to))];
    if (next) set({ pattern: next.id });
  };
  useHotkeys([
    [SHORTCUTS.next.keys, () => go(place + 1)],
    [SHORTCUTS.previous.keys, () => go(place - 1)],
  ]);
  return (
    <>
      <div className="cf-toolbar cf-filterbar">
        <Select
          w={210}
          aria-label="Activity"
          value={search.activity ?? ""}
          onChange={(value) => set({ activity: value || undefined, pattern: undefined })}
          data={[{ value: "", label: "All activities" }, ...Object.entries(answer.activities).map(([value, many]) => ({ value, label: `${words(value)} (${count(many)})` }))]}
          data-testid="activity"
        />
        <Switch size="xs" label="Only across kinds of data" checked={search.across === 1} onChange={(event) => set({ across: event.currentTarget.checked ? 1 : undefined, pattern: undefined })} data-testid="across" />
        <span className="cf-grow" />
        <span className="cf-soft cf-nowrap">
          {place >= 0 && `${count(place + 1)} of `}
          {count(answer.total)} · J K
        </span>
      </div>
      <div className="cf-queue">
        <section className="cf-queue-list" aria-label="Patterns">
          <ol className="cf-pattern-list">
            {rows.map((row) => (
              <li key={row.id}>
                <Line of={row} current={row.id === current} onOpen={() => set({ pattern: row.id })} />
                <span className="cf-add-corner">
                  <AddToCase thing={{ thing: "pattern", id: row.id }} terse />
                </span>
              </li>
            ))}
            {more && (
              <li>
                <Button variant="subtle" fullWidth onClick={more}>
                  Show more
                </Button>
              </li>
            )}
          </ol>
        </section>
        {current ? <PatternCard id={current} /> : <Empty title="No pattern of this kind" />}
      </div>
    </>
  );
}

function Line({ of, current, onOpen }: { of: PatternRow; current: boolean; onOpen: () => void }) {
  return (
    <button type="button" className="cf-queue-item" aria-current={current} onClick={onOpen} data-testid="pattern">
      <span className="cf-line-sentence" title={of.sentence}>
        {of.sentence}
      </span>
      <span className="cf-line-foot">
        <Likelihood word={of.likelihood} />
        <span className="cf-soft cf-ellipsis">
          {count(of.findings)} findings · {of.kinds.join(", ")}
        </span>
      </span>
      <span className="cf-line-foot">
        <span className="cf-soft cf-nowrap">{span(of.start, of.end)}</span>
        {of.parties.some((one) => one.listed) && <span className="cf-listed">listed</span>}
        <span className="cf-grow" />
        <Marks of={of} />
      </span>
    </button>
  );
}
