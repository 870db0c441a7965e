import { Button, SegmentedControl, Select } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { QueueAnswer, QueueRow } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { FindingCard } from "../parts/FindingCard";
import { Marks } from "../parts/Handling";
import { Likelihood } from "../parts/Likelihood";
import { Answered, Empty, Screen } from "../parts/Screen";
import { STANDING_WORDS } from "../parts/TriageBar";
import { Windowed } from "../parts/Windowed";
import { count, country, money, span, words } from "../parts/format";
import { SORTS, type FindingsSearch } from "../searches";
import { SHORTCUTS } from "../shortcuts";
import { useTriage } from "../triage/decide";
import { asked, useQueue, type Queue } from "../triage/queue";

import "../triage.css";

const route = getRouteApi("/findings");

/** The queue of findings, worked through with the keyboard. */
export function FindingsScreen() {
  const search = route.useSearch();
  const filters = useMemo(() => asked(search), [search.typology, search.standing, search.reason, search.likelihood, search.listed, search.jurisdiction, search.sort]);
  // The first portion lies around the finding that the address named when the filters were set.
  const anchor = useRef({ filters, finding: search.finding });
  if (anchor.current.filters !== filters) anchor.current = { filters, finding: search.finding };
  const queue = useQueue(filters, anchor.current.finding);
  return (
    <Screen name="findings" title="Findings" wide headed>
      <Answered query={queue.first} what="Reading the findings…">
        {(answer) =>
          answer.all ? (
            <Worked queue={queue} answer={answer} search={search} />
          ) : (
            <Empty title="No findings">No typology fired on what this audience may read. Run: counterflow detect</Empty>
          )
        }
      </Answered>
    </Screen>
  );
}

function Worked({ queue, answer, search }: { queue: Queue; answer: QueueAnswer; search: FindingsSearch }) {
  const { finding: wanted } = search;
  const navigate = useNavigate();
  const open = useCallback((id: string | undefined) => void navigate({ to: "/findings", search: (before) => ({ ...before, finding: id }), replace: true }), [navigate]);
  const deciding = useTriage(open);
  // A link to a finding that is not in this list, or that this audience may not read, must not show another one.
  const current = wanted ?? queue.row(0)?.id;
  const place = queue.place(current);
  const [last, setLast] = useState(0);
  useEffect(() => {
    if (place >= 0) setLast(place);
  }, [place]);
  const total = answer.total;
  const go = useCallback(
    async (to: number) => {
      if (!total) return;
      const next = await queue.fetchRow(Math.min(total - 1, Math.max(0, to)));
      if (next) open(next.id);
    },
    [queue.fetchRow, total, open],
  );
  /** After a decision: the next one, whether or not the decided one leaves this list. */
  const goOn = useCallback(async () => {
    const at = place >= 0 ? place : last;
    const next = await queue.fetchRow(at + 1 < total ? at + 1 : Math.max(0, at - 1));
    if (next) open(next.id);
  }, [place, last, queue.fetchRow, total, open]);
  const toChart = (row: QueueRow | undefined) => {
    if (row?.payments) void navigate({ to: "/network", search: { finding: row.id } });
    else if (row?.subject) void navigate({ to: "/network", search: { center: row.subject } });
  };
  useHotkeys([
    [SHORTCUTS.next.keys, () => void go(place >= 0 ? place + 1 : last)],
    [SHORTCUTS.previous.keys, () => void go(place >= 0 ? place - 1 : last - 1)],
    [SHORTCUTS.chart.keys, () => toChart(queue.row(place))],
    [SHORTCUTS.undoTriage.keys, deciding.undo],
  ]);
  return (
    <>
      <Filters answer={answer} search={search} at={place} />
      <div className="cf-queue">
        <section className="cf-queue-list" aria-label="Queue">
          <Windowed
            total={total}
            height={ROW}
            at={place}
            label="Findings"
            name="queue"
            onRange={queue.see}
            row={(n, top) => <Line key={n} top={top} of={queue.row(n)} current={queue.row(n)?.id === current} onOpen={open} />}
          />
        </section>
        {current ? (
          <FindingCard id={current} deciding={deciding} onDecided={() => void goOn()} />
        ) : (
          <Empty title={search.standing === undefined && Object.keys(answer.facets.state).length ? "Nothing left to decide" : "No finding of this kind"}>
            <Button variant="default" onClick={() => void navigate({ to: "/findings", search: { standing: "all" } })} data-testid="show-all">
              Show all {count(answer.all)}
            </Button>
          </Empty>
        )}
      </div>
    </>
  );
}

/** Height of a line, in pixels: as in triage.css. */
const ROW = 116;

function Line({ top, of, current, onOpen }: { top: number; of: QueueRow | undefined; current: boolean; onOpen: (id: string) => void }) {
  if (!of) return <div className="cf-queue-item cf-line" role="listitem" aria-busy style={{ top, height: ROW }} />;
  return (
    <div role="listitem">
      <button type="button" className="cf-queue-item cf-line" style={{ top, height: ROW }} aria-current={current} onClick={() => onOpen(of.id)} data-standing={of.standing} data-testid="finding">
        <span className="cf-line-sentence" title={of.sentence}>
          {of.sentence}
        </span>
        <span className="cf-line-foot">
          <Likelihood word={of.likelihood} />
          <span className="cf-soft cf-ellipsis">{of.title}</span>
          {of.usd !== null && <span className="cf-nowrap num">{money(of.usd, "USD")}</span>}
          <span className="cf-grow" />
          {of.standing === "undecided" ? (
            <span className="cf-soft cf-nowrap">{span(of.start, of.end)}</span>
          ) : (
            <span className="cf-standing-word" data-testid="line-standing">
              {STANDING_WORDS[of.standing]}
              {of.decision && `: ${of.decision.title}`}
            </span>
          )}
        </span>
        <span className="cf-line-marks">
          {of.listed && <span className="cf-listed">listed</span>}
          <Marks of={of} />
        </span>
      </button>
      <span className="cf-add-corner" style={{ top }}>
        <AddToCase thing={{ thing: "finding", id: of.id }} terse />
      </span>
    </div>
  );
}

const TODO = "todo";
const SORT_WORDS: Record<(typeof SORTS)[number], string> = { likelihood: "likeliest first", newest: "newest first", oldest: "oldest first", amount: "largest sum first", payments: "most payments first" };

/** What is shown of the queue: how it stands, of what kind, how likely, about whom and where. */
function Filters({ answer, search, at }: { answer: QueueAnswer; search: FindingsSearch; at: number }) {
  const navigate = useNavigate();
  const set = (change: FindingsSearch) => void navigate({ to: "/findings", search: (before) => ({ ...before, ...change, finding: undefined }) });
  const { facets } = answer;
  const states = facets.state;
  const n = (...names: string[]) => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  const facet = (name: "typology" | "likelihood" | "jurisdiction" | "listed" | "reason", all: string, print: (value: string) => string, width: number) => {
    const values = { ...(search[name] ? { [search[name]]: 0 } : {}), ...facets[name] };
    if (Object.keys(values).length < 2 && !search[name]) return null;
    return (
      <Select
        w={width}
        aria-label={all}
        searchable={Object.keys(values).length > 8}
        value={search[name] ?? ""}
        onChange={(value) => set({ [name]: value || undefined })}
        data={[{ value: "", label: all }, ...Object.entries(values).map(([value, many]) => ({ value, label: `${print(value)} (${count(many)})` }))]}
        comboboxProps={{ width: Math.max(width, 260), position: "bottom-start" }}
        data-testid={name}
      />
    );
  };
  const segments = [
    { value: TODO, label: `To decide ${count(n("undecided", "again"))}` },
    ...(n("again") ? [{ value: "again", label: `Again ${count(n("again"))}` }] : []),
    { value: "escalate", label: `Escalated ${count(n("escalate"))}` },
    { value: "watch", label: `Watched ${count(n("watch"))}` },
    { value: "dismiss", label: `Dismissed ${count(n("dismiss"))}` },
    { value: "all", label: "All" },
  ];
  return (
    <div className="cf-toolbar cf-filterbar" data-testid="filters">
      <SegmentedControl
        size="xs"
        aria-label="How it stands"
        value={search.standing ?? TODO}
        onChange={(value) => set({ standing: value === TODO ? undefined : value, reason: undefined })}
        data={segments}
        data-testid="state"
      />
      {facet("typology", "All typologies", titleOf(answer), 190)}
      {facet("likelihood", "Any likelihood", words, 140)}
      {facet("listed", "Listed or not", (value) => (value === "yes" ? "Names a listed party" : "No listed party"), 130)}
      {facet("jurisdiction", "Any country", country, 130)}
      {search.standing && facet("reason", "Any reason", words, 140)}
      <Select
        w={150}
        aria-label="Order"
        value={search.sort ?? "likelihood"}
        onChange={(value) => set({ sort: SORTS.find((one) => one === value && one !== "likelihood") })}
        data={SORTS.map((value) => ({ value, label: SORT_WORDS[value] }))}
        data-testid="sort"
      />
      <span className="cf-grow" />
      <span className="cf-soft cf-nowrap" data-testid="counted">
        {at >= 0 && `${count(at + 1)} of `}
        {count(answer.total)} · J K
      </span>
    </div>
  );
}

/** Titles of typologies, as far as rows have told them. */
const titles = new Map<string, string>();
function titleOf(answer: QueueAnswer): (name: string) => string {
  for (const row of answer.findings) titles.set(row.typology, row.title);
  return (name) => titles.get(name) ?? words(name);
}
