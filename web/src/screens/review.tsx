import { Button, Select, Textarea } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { ApiError, post, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { Claim, Entity, JudgementList, Property, ReviewPair, ReviewQueue, ReviewSide } from "../api/types";
import { KindDot } from "../parts/EntityChip";
import { useExplain } from "../parts/ExplainDrawer";
import { Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import { Waterfall } from "../parts/Waterfall";
import { count, country, day, words } from "../parts/format";
import { SHORTCUTS } from "../shortcuts";

import "../screening.css";

const route = getRouteApi("/review");

const OUTCOMES: Record<string, string> = { "": "All pairs", open: "Left apart", joined: "Joined", refused: "Kept apart against the evidence" };
const OUTCOME: Record<string, string> = { open: "left apart", joined: "joined", refused: "kept apart" };
const PAGE = 50;

type Verdict = "same" | "different" | "unsure";
interface Taken {
  pair: ReviewPair;
  verdict: Verdict;
  reason: string;
}

const keyOf = (pair: ReviewPair): string => `${pair.left.subject} ${pair.right.subject}`;

/** Pairs that a person should look at, what matters most first; judged by keyboard and recorded together. */
export function ReviewScreen() {
  const { outcome, entity } = route.useSearch();
  const query = useApi<ReviewQueue>("/review", { limit: PAGE, outcome, entity });
  return (
    <Screen name="review" title="Review" wide headed>
      <Answered query={query} what="Weighing the pairs…">
        {(queue) => <Queue queue={queue} refetch={() => void query.refetch()} />}
      </Answered>
    </Screen>
  );
}

function Queue({ queue, refetch }: { queue: ReviewQueue; refetch: () => void }) {
  const { outcome, entity, pair: wanted } = route.useSearch();
  const navigate = useNavigate();
  const reader = useReader();
  const cache = useQueryClient();
  const list = useRef<HTMLOListElement>(null);
  const [taken, setTaken] = useState<Taken[]>([]);
  const pairs = queue.pairs;
  const at = Math.max(0, wanted === undefined ? 0 : pairs.findIndex((one) => keyOf(one) === wanted));
  const current = pairs[at];
  const verdicts = useMemo(() => new Map(taken.map((one) => [keyOf(one.pair), one])), [taken]);
  const go = useCallback(
    (to: number) => {
      const next = pairs[Math.min(pairs.length - 1, Math.max(0, to))];
      if (next) void navigate({ to: "/review", search: (before) => ({ ...before, pair: keyOf(next) }), replace: true });
    },
    [navigate, pairs],
  );
  const take = (verdict: Verdict, reason = "") => {
    if (!current) return;
    const own = { pair: current, verdict, reason: reason || defaultReason(current, verdict) };
    setTaken((before) => [...before.filter((one) => keyOf(one.pair) !== keyOf(current)), own]);
    go(at + 1);
  };
  const undo = () => {
    const last = taken.at(-1);
    if (!last) return;
    setTaken((before) => before.slice(0, -1));
    void navigate({ to: "/review", search: (before) => ({ ...before, pair: keyOf(last.pair) }), replace: true });
  };
  const record = useMutation<{ recorded: number }, ApiError>({
    mutationFn: () =>
      post<{ recorded: number }>("/judgements", reader, {
        judgements: taken.map(({ pair, verdict, reason }) => ({ left: pair.left.subject, right: pair.right.subject, verdict, reason })),
      }),
    onSuccess: () => {
      setTaken([]);
      void navigate({ to: "/review", search: (before) => ({ ...before, pair: undefined }), replace: true });
      void cache.invalidateQueries();
      refetch();
    },
  });
  useHotkeys([
    [SHORTCUTS.next.keys, () => go(at + 1)],
    [SHORTCUTS.previous.keys, () => go(at - 1)],
    [SHORTCUTS.same.keys, () => take("same")],
    [SHORTCUTS.different.keys, () => take("different")],
    [SHORTCUTS.unsure.keys, () => take("unsure")],
    [SHORTCUTS.undoJudgement.keys, undo],
    [SHORTCUTS.record.keys, () => taken.length > 0 && !record.isPending && record.mutate()],
  ]);
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }, [current && keyOf(current)]);
  return (
    <>
      <div className="cf-toolbar">
        <h1 className="cf-toolbar-title">Review</h1>
        <span className="cf-soft">
          {count(queue.total)} {queue.total === 1 ? "pair" : "pairs"}, what matters most first{entity && `, touching ${entity}`}
        </span>
        <span className="cf-grow" />
        {record.error && (
          <span role="alert" className="cf-refused" data-testid="judge-error">
            {record.error.detail || record.error.title}
          </span>
        )}
        <Button variant="default" leftSection={<IconArrowBackUp size={15} />} disabled={!taken.length} onClick={undo} data-testid="undo">
          Undo (Z)
        </Button>
        <Button disabled={!taken.length} loading={record.isPending} onClick={() => record.mutate()} data-testid="record">
          {taken.length ? `Record ${count(taken.length)} ${taken.length === 1 ? "judgement" : "judgements"}` : "Nothing to record"}
        </Button>
      </div>
      <div className="cf-queue">
        <section className="cf-queue-list" aria-label="Pairs">
          <div className="cf-toolbar">
            <Select
              w={240}
              aria-label="Which pairs"
              value={outcome ?? ""}
              onChange={(value) => void navigate({ to: "/review", search: (before) => ({ ...before, outcome: value || undefined, pair: undefined }) })}
              data={Object.entries(OUTCOMES).map(([value, label]) => ({ value, label }))}
              data-testid="outcome"
            />
            <span className="cf-grow" />
            <span className="cf-soft cf-nowrap">{pairs.length ? `${count(at + 1)} of ${count(pairs.length)} · J K` : ""}</span>
          </div>
          <ol className="cf-plain" ref={list} data-testid="pairs">
            {pairs.map((one, n) => (
              <li key={keyOf(one)}>
                <button type="button" className="cf-queue-item" aria-current={n === at} onClick={() => go(n)} data-testid="pair">
                  <span className="cf-pair-names">
                    <bdi>{one.left.caption}</bdi>
                    <span className="cf-soft"> and </span>
                    <bdi>{one.right.caption}</bdi>
                  </span>
                  {one.left.caption === one.right.caption && (
                    <span className="cf-soft cf-pair-names">
                      {one.left.subject} and {one.right.subject}
                    </span>
                  )}
                  <span className="cf-brief-foot">
                    <span className="num">{one.probability.toFixed(2)}</span>
                    <span className="cf-soft">{OUTCOME[one.outcome] ?? one.outcome}</span>
                    {verdicts.has(keyOf(one)) && <strong data-testid="taken">{verdicts.get(keyOf(one))?.verdict}</strong>}
                    {!verdicts.has(keyOf(one)) && one.judgement && <span className="cf-soft">{one.judgement.verdict} before</span>}
                    <Marks of={one} />
                  </span>
                </button>
              </li>
            ))}
          </ol>
          <Recorded />
        </section>
        {current ? (
          <PairCard key={keyOf(current)} pair={current} taken={verdicts.get(keyOf(current))} onTake={take} />
        ) : (
          <Empty title="Nothing to review">
            {outcome || entity ? "No pair of this kind. Choose another on the left." : "No two parties that this audience may read are so alike that a person need look at them."}
          </Empty>
        )}
      </div>
    </>
  );
}

const defaultReason = (pair: ReviewPair, verdict: Verdict): string => `${verdict}, on: ${pair.sentence}`.slice(0, 500);

function PairCard({ pair, taken, onTake }: { pair: ReviewPair; taken: Taken | undefined; onTake: (verdict: Verdict, reason?: string) => void }) {
  const [reason, setReason] = useState(taken?.reason ?? "");
  const hangs = Object.entries(pair.consequence);
  return (
    <article className="cf-finding" aria-label="Pair" data-testid="pair-card">
      <div className="cf-sides">
        <Side side={pair.left} other={pair.right} />
        <Side side={pair.right} other={pair.left} />
      </div>
      <p data-testid="sentence">{pair.sentence}</p>
      <div className="cf-brief-foot">
        <span>
          {OUTCOME[pair.outcome] ?? pair.outcome} at <span className="num">{pair.probability.toFixed(2)}</span>
        </span>
        {hangs.length > 0 && (
          <span className="cf-soft" title="What hangs on it: the queue is ordered by how likely what stands now is wrong, times this">
            hangs on it: {hangs.map(([name, weight]) => `${words(name).toLowerCase()} ${weight.toFixed(1)}`).join(", ")}
          </span>
        )}
        {pair.others > 0 && <span className="cf-soft">{count(pair.others)} more pairs of the same two</span>}
        <Marks of={pair} quiet={false} />
      </div>
      {pair.judgement && (
        <div className="cf-decided" data-testid="judgement">
          <strong>{words(pair.judgement.verdict)}</strong>, said {pair.judgement.by} on {day(pair.judgement.at)}: {pair.judgement.reason}
        </div>
      )}
      <div className="cf-card cf-judge" data-testid="judge">
        <Textarea size="xs" label="Why" placeholder="the evidence below" autosize minRows={1} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-testid="reason" />
        <div className="cf-card-actions">
          {(["same", "different", "unsure"] as const).map((verdict) => (
            <Button key={verdict} variant={taken?.verdict === verdict ? "filled" : "default"} onClick={() => onTake(verdict, reason)} data-testid={verdict}>
              {words(verdict)} ({verdict.charAt(0).toUpperCase()})
            </Button>
          ))}
          <span className="cf-soft">Judgements are recorded together: each changes who is who.</span>
        </div>
      </div>
      <section aria-label="Evidence">
        <h2>Why</h2>
        <Waterfall probability={pair.probability} features={pair.features} thresholds={pair.thresholds} left={pair.left.dataset} right={pair.right.dataset} />
      </section>
      <Profiles pair={pair} />
    </article>
  );
}

function Side({ side, other }: { side: ReviewSide; other: ReviewSide }) {
  return (
    <section aria-label={side.caption}>
      <h1 className="cf-hit-head">
        <KindDot schema={side.schema} listed={side.listed} />
        <Link to="/entity/$id" params={{ id: side.entity }}>
          <bdi>{side.caption}</bdi>
        </Link>
      </h1>
      <div className="cf-soft">
        {words(side.schema)} · {side.subject} · {count(side.members)} {side.members === 1 ? "record" : "records"}
        {side.listed && " · "}
        {side.listed && <span className="cf-listed">listed</span>}
      </div>
      {side.entity === other.entity && <div className="cf-soft">one entity now: {side.entity}</div>}
    </section>
  );
}

/** Both parties side by side, property by property; each value is a door to its claims. Of a pair that is joined, each
 * side has what its own record says. */
function Profiles({ pair }: { pair: ReviewPair }) {
  const joined = pair.left.entity === pair.right.entity;
  const left = useApi<Entity>(`/entities/${encodeURIComponent(pair.left.entity)}`);
  const right = useApi<Entity>(joined ? null : `/entities/${encodeURIComponent(pair.right.entity)}`);
  const claims = useApi<{ claims: Claim[] }>(joined ? `/entities/${encodeURIComponent(pair.left.entity)}/claims` : null);
  const explain = useExplain();
  if (!left.data || (joined && !claims.data)) return null;
  const own = (side: ReviewSide) => new Set(claims.data?.claims.filter((one) => one.subject === side.subject).map((one) => one.id));
  const said = new Map([pair.left, pair.right].map((side) => [side.subject, own(side)]));
  const of = (side: ReviewSide, property: Property | undefined) => property?.values.filter((value) => !joined || value.claim_ids.some((id) => said.get(side.subject)?.has(id))) ?? [];
  const sides: [ReviewSide, Entity | undefined][] = [
    [pair.left, left.data],
    [pair.right, right.data ?? (joined ? left.data : undefined)],
  ];
  const labels = new Map<string, string>();
  for (const [side, page] of sides) for (const one of page?.properties ?? []) if (of(side, one).length) labels.set(one.name, one.label);
  return (
    <section aria-label="Side by side">
      <h2>Side by side</h2>
      <table className="cf-table cf-known">
        <tbody>
          {[...labels].map(([name, label]) => (
            <tr key={name}>
              <td className="cf-soft">{label}</td>
              {sides.map(([side, page]) => {
                const found = page?.properties.find((one) => one.name === name);
                const values = of(side, found);
                return (
                  <td key={side.subject}>
                    {values.slice(0, 8).map((value, n) => (
                      <button key={n} type="button" className="cf-door cf-value" onClick={() => explain(`${side.entity}#${name}`)}>
                        <bdi>{found?.type === "country" ? country(value.value) : value.caption}</bdi>
                      </button>
                    ))}
                    {values.length > 8 && <span className="cf-soft"> and {values.length - 8} more</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What was judged before, each to be taken back. */
function Recorded() {
  const query = useApi<JudgementList>("/judgements");
  const reader = useReader();
  const cache = useQueryClient();
  const back = useMutation<unknown, ApiError, { left: string; right: string }>({
    mutationFn: ({ left, right }) => post("/judgements", reader, { judgements: [{ left, right, verdict: "withdrawn", reason: "taken back in the workbench" }] }),
    onSuccess: () => void cache.invalidateQueries(),
  });
  const rows = query.data?.judgements ?? [];
  if (!rows.length) return null;
  return (
    <details className="cf-recorded" data-testid="recorded">
      <summary>Recorded before: {count(rows.length)}</summary>
      <ul className="cf-plain">
        {rows.slice(0, 50).map((row) => (
          <li key={`${row.left} ${row.right}`} title={row.reason}>
            <strong>{row.verdict}</strong> <bdi>{row.left_caption}</bdi> <span className="cf-soft">and</span> <bdi>{row.right_caption}</bdi>{" "}
            <button type="button" className="cf-door" disabled={back.isPending} onClick={() => back.mutate(row)}>
              take back
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
