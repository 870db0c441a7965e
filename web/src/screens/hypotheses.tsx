import { Button, Select, Switch, TextInput, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ApiError, post, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { EvidenceItem, Matrix, Questions, Sensitivity } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { useClaims } from "../parts/ClaimsDrawer";
import { EntityChip } from "../parts/EntityChip";
import { Grade } from "../parts/Grade";
import { Handling, Marks } from "../parts/Handling";
import { Likelihood } from "../parts/Likelihood";
import { Answered, Empty, Screen } from "../parts/Screen";

const route = getRouteApi("/hypotheses");

/** Rival answers to a question: what stands against each, what every item and origin carries, and what moves without it. */
export function HypothesesScreen() {
  const query = useApi<Questions>("/hypotheses");
  return (
    <Screen name="hypotheses" title="Hypotheses" wide headed>
      <Answered query={query} what="Weighing the evidence…">
        {({ questions }) =>
          questions.length ? (
            <Chosen questions={questions} />
          ) : (
            <Empty title="No question yet">
              Write one down with its hypotheses and the records it rests on, then: counterflow hypotheses load FILE.yaml
            </Empty>
          )
        }
      </Answered>
    </Screen>
  );
}

function Chosen({ questions }: Questions) {
  const { question = questions[0]?.id ?? "", without = [] } = route.useSearch();
  const navigate = useNavigate();
  const query = useApi<Matrix>(`/hypotheses/${encodeURIComponent(question)}`, { without }, { steady: true });
  return (
    <div className="cf-ach">
      <Select
        aria-label="Question"
        data={questions.map((one) => ({ value: one.id, label: one.title }))}
        value={question}
        allowDeselect={false}
        onChange={(id) => id && void navigate({ to: "/hypotheses", search: (before) => ({ ...before, question: id, without: undefined, item: undefined }) })}
        data-testid="question"
      />
      <Answered query={query} what="Weighing the evidence…">
        {(matrix) => <Weighed matrix={matrix} busy={query.isPlaceholderData} />}
      </Answered>
    </div>
  );
}

function Weighed({ matrix, busy }: { matrix: Matrix; busy: boolean }) {
  const { item } = route.useSearch();
  const navigate = useNavigate();
  const { preference } = matrix;
  const titles = new Map(matrix.origins.map((one) => [one.id, one.title]));
  const open = matrix.evidence.find((one) => one.id === item);
  const clear = () => void navigate({ to: "/hypotheses", search: (before) => ({ ...before, without: undefined }) });
  return (
    <div aria-busy={busy || undefined} data-testid="matrix">
      <header className="cf-ach-head">
        <h1>{matrix.title}</h1>
        <Handling text={matrix.handling} />
        <span className="cf-grow" />
        <AddToCase thing={{ thing: "question", id: matrix.id }} />
      </header>
      <p className="cf-lead" data-testid="preference">
        {preference.sentence || `No preference: ${preference.why_none}.`}
      </p>
      <p className="cf-soft">
        {preference.hypothesis ? `Confidence: ${preference.confidence} (${preference.because}). ` : ""}
        Shuffled evidence puts a hypothesis as far ahead in {Math.round(preference.chance * 100)} % of cases.
        {matrix.about.map((one) => (
          <EntityChip key={one.id} id={one.id} caption={one.caption} />
        ))}
      </p>
      <ol className="cf-ach-ranking" data-testid="ranking">
        {matrix.hypotheses.map((one) => (
          <li key={one.id} data-testid="hypothesis" data-id={one.id} data-preferred={one.id === preference.hypothesis || undefined}>
            <span>{one.text}</span>
            <Likelihood word={one.likelihood} />
            <Against bits={one.against} most={Math.max(...matrix.hypotheses.map((h) => h.against), 0.1)} />
          </li>
        ))}
      </ol>
      <div className="cf-ach-tools">
        <span className="cf-soft">
          Rows: evidence, what tells most apart first. Columns: hypotheses, least against first. Switch a row or an origin off to see what moves.
        </span>
        {matrix.without.length > 0 && (
          <Button size="xs" variant="default" onClick={clear} data-testid="all-in">
            Count everything again ({matrix.without.length} left out)
          </Button>
        )}
      </div>
      {open && <Card key={open.id} item={open} matrix={matrix} titles={titles} />}
      <div className="cf-scroll">
        <Table matrix={matrix} titles={titles} />
      </div>
      <h2>Origins</h2>
      <Origins matrix={matrix} />
    </div>
  );
}

function Against({ bits, most }: { bits: number; most: number }) {
  return (
    <span className="cf-ach-against" aria-label={`${bits.toFixed(1)} bits against it`}>
      <span style={{ width: `${(bits / most) * 100}%` }} aria-hidden />
      <em>{bits.toFixed(1)} bits against</em>
    </span>
  );
}

/** Toggles one item or origin in the address. */
function useLeaveOut(): (id: string) => void {
  const navigate = useNavigate();
  return (id) =>
    void navigate({
      to: "/hypotheses",
      search: (before) => {
        const rest = (before.without ?? []).filter((one) => one !== id);
        const next = rest.length === (before.without ?? []).length ? [...rest, id] : rest;
        return { ...before, without: next.length ? next : undefined };
      },
      replace: true,
    });
}

function Table({ matrix, titles }: { matrix: Matrix; titles: Map<string, string> }) {
  const leaveOut = useLeaveOut();
  const openClaims = useClaims();
  const navigate = useNavigate();
  const { item: chosen } = route.useSearch();
  const words = new Map(matrix.scale.map((one) => [one.rating, one.words]));
  const rows = [...matrix.evidence].sort((a, b) => b.diagnosticity - a.diagnosticity || (a.id < b.id ? -1 : 1));
  const most = Math.max(...rows.map((one) => one.diagnosticity), 1.01);
  return (
    <table className="cf-table cf-ach-table">
      <thead>
        <tr>
          <th>In</th>
          <th>Evidence</th>
          <th>Grade</th>
          <th>Tells apart</th>
          {matrix.hypotheses.map((one) => (
            <th key={one.id} title={one.text}>
              {one.rank}. {one.id}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <tr key={one.id} data-testid="item" data-id={one.id} data-out={one.out || undefined} data-silent={!!one.why_silent || undefined} data-chosen={one.id === chosen || undefined}>
            <td>
              <Switch size="xs" checked={!one.out} onChange={() => leaveOut(one.id)} aria-label={`Count: ${one.text}`} data-testid={`in-${one.id}`} />
            </td>
            <td>
              <button type="button" className="cf-door cf-ach-text" onClick={() => openClaims(...one.claim_ids)} title={`${one.claim_ids.length} claims`}>
                {one.text}
              </button>
              <div className="cf-soft">
                {one.origins.map((id) => titles.get(id) ?? id).join("; ")}
                {one.why_silent && ` · ${one.why_silent}`}
                {flips(one.sensitivity, matrix) && ` · ${flips(one.sensitivity, matrix)}`}
              </div>
            </td>
            <td>
              <Grade value={one.grade} />
            </td>
            <td>
              <span className="cf-ach-bar" aria-label={`${one.diagnosticity.toFixed(1)} to 1`}>
                <span style={{ width: `${((one.diagnosticity - 1) / (most - 1)) * 100}%` }} aria-hidden />
                <em>{one.diagnosticity.toFixed(1)} : 1</em>
              </span>
            </td>
            {matrix.hypotheses.map((h) => {
              const given = one.ratings[h.id] ?? { rating: "N" };
              const by = given.by ? ` · ${given.by}, ${(given.at ?? "").slice(0, 10)}${given.reason ? `: ${given.reason}` : ""}` : "";
              return (
                <td key={h.id} className="cf-ach-cell" data-rating={given.rating}>
                  <Tooltip label={`${words.get(given.rating) ?? given.rating}${by}`} multiline maw={420}>
                    <button
                      type="button"
                      aria-label={`${one.text}, ${h.id}: ${words.get(given.rating) ?? given.rating}. Change`}
                      onClick={() => void navigate({ to: "/hypotheses", search: (before) => ({ ...before, item: one.id }) })}
                    >
                      {given.rating}
                    </button>
                  </Tooltip>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What would be otherwise without it, in a few words; empty where nothing would. */
function flips(without: Sensitivity, matrix: Matrix): string {
  if (without.preferred !== matrix.preference.hypothesis) return without.preferred ? `without it: ${without.preferred}` : "without it: no preference";
  const leader = matrix.hypotheses[0]?.id;
  if (without.leader !== leader) return `without it ${without.leader} would lead`;
  return without.moves.length ? `moves ${without.moves.map((one) => `${one.hypothesis} to ${one.to}`).join(", ")}` : "";
}

/** One item: its ratings with who gave them, and a form to give another. */
function Card({ item, matrix, titles }: { item: EvidenceItem; matrix: Matrix; titles: Map<string, string> }) {
  const reader = useReader();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [hypothesis, setHypothesis] = useState(matrix.hypotheses[0]?.id ?? "");
  const [rating, setRating] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const save = useMutation<Matrix, ApiError>({
    mutationFn: () => post<Matrix>(`/hypotheses/${encodeURIComponent(matrix.id)}/ratings`, reader, { item: item.id, hypothesis, rating, reason }),
    onSuccess: () => {
      setReason("");
      void cache.invalidateQueries();
    },
  });
  const close = () => void navigate({ to: "/hypotheses", search: (before) => ({ ...before, item: undefined }) });
  return (
    <section className="cf-card cf-ach-card" data-testid="item-card" aria-label={item.text}>
      <strong>{item.text}</strong>
      <span className="cf-soft">
        {item.origins.map((id) => titles.get(id) ?? id).join("; ")} · cites {item.cites.join(", ")} · written by {item.by || "the case's editors"}
      </span>
      <Marks of={{ handling: item.handling }} />
      <div className="cf-ach-form">
        <Select size="xs" label="Hypothesis" data={matrix.hypotheses.map((one) => ({ value: one.id, label: one.text }))} value={hypothesis} onChange={(id) => id && setHypothesis(id)} allowDeselect={false} data-testid="rate-hypothesis" />
        <Select size="xs" label="Rating" placeholder={item.ratings[hypothesis]?.rating ?? "N"} data={matrix.scale.map((one) => ({ value: one.rating, label: `${one.rating}: ${one.words}` }))} value={rating} onChange={setRating} data-testid="rate-rating" />
        <TextInput size="xs" label="Reason" value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-testid="rate-reason" />
        <Button size="xs" disabled={!rating || !reason.trim()} loading={save.isPending} onClick={() => save.mutate()} data-testid="rate-save">
          Record
        </Button>
        <Button size="xs" variant="default" onClick={close}>
          Close
        </Button>
      </div>
      {save.error && <span role="alert">{save.error.detail}</span>}
    </section>
  );
}

function Origins({ matrix }: { matrix: Matrix }) {
  const leaveOut = useLeaveOut();
  return (
    <table className="cf-table" data-testid="origins">
      <thead>
        <tr>
          <th>In</th>
          <th>Origin</th>
          <th>Speaks through</th>
          <th className="num">Counts</th>
          <th className="num">Tells apart</th>
          <th>Without it</th>
        </tr>
      </thead>
      <tbody>
        {matrix.origins.map((one) => (
          <tr key={one.id} data-out={one.out || undefined}>
            <td>
              <Switch size="xs" checked={!one.out} onChange={() => leaveOut(one.id)} aria-label={`Count origin: ${one.title}`} data-testid={`in-${one.id}`} />
            </td>
            <td>
              {one.title} {one.family && <span className="cf-soft">({one.family})</span>}
            </td>
            <td>{one.speaks.join(", ") || <span className="cf-soft">says nothing that tells apart</span>}</td>
            <td className="num">{one.weight === 0 ? "–" : `${Math.round(one.weight * 100)} %`}</td>
            <td className="num">{one.diagnosticity.toFixed(1)} : 1</td>
            <td>{flips(one.sensitivity, matrix) || <span className="cf-soft">nothing moves by a band</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
