import { Button, FileButton, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { ApiError, post, put, queryClient, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { GradesAnswer, GradesFit, GradesTrial } from "../api/types";
import { count } from "../parts/format";
import { Marks } from "../parts/Handling";
import { Answered } from "../parts/Screen";
import { DIGITS, disorder, LETTERS, own, typed, type Cells } from "./cells";

/** What a grade is taken to be worth: to be seen, tried, fitted to claims of known truth, and changed. */
export function Grades() {
  const query = useApi<GradesAnswer>("/grades", {}, { onScreen: false });
  return (
    <Answered query={query} what="Reading the table…">
      {(table) => <Table key={JSON.stringify(table.own)} answer={table} />}
    </Answered>
  );
}

function Table({ answer }: { answer: GradesAnswer }) {
  const reader = useReader();
  const [cells, setCells] = useState<Cells>(answer.probability);
  const wanted = useMemo(() => own(cells, answer.shipped), [cells, answer.shipped]);
  const changed = Object.keys(cells).filter((grade) => cells[grade] !== answer.probability[grade]);
  const trial = useApi<GradesTrial>("/grades/trial", {}, { body: { grades: wanted }, steady: true });
  const keep = useMutation<GradesAnswer, ApiError>({
    mutationFn: () => put<GradesAnswer>("/grades", reader, { grades: wanted }),
    onSuccess: () => void queryClient.invalidateQueries(),
  });
  const odd = disorder(cells);
  return (
    <div data-testid="grades">
      <p className="cf-lead">The probability that stands for a single claim of each grade, before other evidence. The letter is the source&#8217;s reliability, the digit the item&#8217;s credibility.</p>
      <p className="cf-soft" data-testid="made">
        {answer.made}
      </p>
      <table className="cf-table cf-grades">
        <thead>
          <tr>
            <th />
            {DIGITS.map((digit) => (
              <th key={digit}>{CREDIBILITY[digit]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {LETTERS.map((letter) => (
            <tr key={letter}>
              <th scope="row">{RELIABILITY[letter]}</th>
              {DIGITS.map((digit) => {
                const grade = letter + digit;
                return (
                  <Cell
                    key={grade}
                    grade={grade}
                    value={cells[grade] ?? 0.5}
                    shipped={answer.shipped[grade] ?? 0.5}
                    changed={cells[grade] !== answer.probability[grade]}
                    claims={trial.data?.claims[grade] ?? 0}
                    onChange={(value) => setCells((before) => ({ ...before, [grade]: value }))}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="cf-soft">Under each: how many claims that you may read bear it. A mark shows a cell that is not as shipped.</p>
      {odd.length > 0 && <p className="cf-warning">{odd.slice(0, 4).join("; ")}: is that meant?</p>}
      <div className="cf-card-actions">
        <Button size="xs" disabled={changed.length === 0} loading={keep.isPending} onClick={() => keep.mutate()} data-testid="grades-keep">
          {changed.length ? `Put ${changed.length} ${changed.length === 1 ? "cell" : "cells"} in force for this workspace` : "Nothing is changed"}
        </Button>
        <Button size="xs" variant="default" disabled={changed.length === 0} onClick={() => setCells(answer.probability)}>
          Undo
        </Button>
        <Button size="xs" variant="default" disabled={Object.keys(wanted).length === 0} onClick={() => setCells(answer.shipped)} data-testid="grades-shipped">
          As shipped
        </Button>
        {keep.error && (
          <span role="alert" className="cf-refused" data-testid="grades-error">
            {keep.error.detail || keep.error.title}
          </span>
        )}
      </div>
      <Effect trial={trial.data} changed={changed.length > 0} busy={trial.isPlaceholderData} error={trial.error} />
      <Calibration onTake={(fitted) => setCells((before) => ({ ...before, ...fitted }))} />
      <p className="cf-soft">
        Once in force, lengths of chains, front-company scores, the back-test of the bank and the width of the flow&#8217;s intervals follow too: all stages are made anew, which takes a while.
      </p>
    </div>
  );
}

interface CellProps {
  grade: string;
  value: number;
  shipped: number;
  changed: boolean;
  claims: number;
  onChange: (value: number) => void;
}

function Cell({ grade, value, shipped, changed, claims, onChange }: CellProps) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const read = typed(text);
  const ask = () => {
    if (read === undefined) setText(String(value));
    else if (read !== value) onChange(read);
  };
  return (
    <td data-own={value !== shipped || undefined} data-changed={changed || undefined} style={{ background: `color-mix(in srgb, var(--cf-accent) ${Math.round(38 * value)}%, transparent)` }}>
      <TextInput
        size="xs"
        variant="unstyled"
        aria-label={`Probability of ${grade}`}
        title={`${grade}; shipped: ${shipped}`}
        inputMode="decimal"
        value={text}
        error={read === undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={ask}
        onKeyDown={(event) => event.key === "Enter" && ask()}
        data-testid={`cell-${grade}`}
      />
      <span className="cf-soft cf-tabular">{claims ? count(claims) : ""}</span>
    </td>
  );
}

const percent = (p: number | undefined): string => `${Math.round(100 * (p ?? 0))} %`;

/** What each question's hypotheses come to: as the table is in force, and with the cells as they stand above. */
function Effect({ trial, changed, busy, error }: { trial: GradesTrial | undefined; changed: boolean; busy: boolean; error: ApiError | null }) {
  if (error) return <p role="alert">{error.detail || error.title}</p>;
  if (!trial) return <p className="cf-soft">Weighing the questions…</p>;
  if (!trial.questions.length) return <p className="cf-soft">No question is weighed in this workspace: nothing to see changing.</p>;
  return (
    <section aria-label="Effect" aria-busy={busy} className="cf-consequences" data-testid="grades-effect">
      <h2>
        What it changes <span className="cf-soft">{changed ? "in force → with the cells above" : "change a cell to see"}</span>
      </h2>
      {trial.questions.map((one) => (
        <div key={one.id}>
          <h3>
            {one.title} <Marks of={one} />
          </h3>
          <table className="cf-table">
            <tbody>
              {one.hypotheses.map((h) => {
                const [before, after] = h.probability;
                return (
                  <tr key={h.id} data-chosen={before !== after || undefined}>
                    <td>{h.text}</td>
                    <td className="num">{before === after ? percent(before) : `${percent(before)} → ${percent(after)}`}</td>
                    <td>{h.likelihood[0] === h.likelihood[1] ? h.likelihood[0] : `${h.likelihood[0]} → ${h.likelihood[1]}`}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {one.preferred[0] !== one.preferred[1] && (
            <p className="cf-warning">
              Preferred: {one.preferred[0] ?? "none"} → {one.preferred[1] ?? "none"}
            </p>
          )}
        </div>
      ))}
    </section>
  );
}

/** Claims whose truth has become known say how far the table can be trusted, and fit another. */
function Calibration({ onTake }: { onTake: (cells: Cells) => void }) {
  const reader = useReader();
  const fit = useMutation<GradesFit, ApiError, File>({ mutationFn: async (file) => post<GradesFit>("/grades/fit", reader, { text: await file.text() }) });
  const found = fit.data;
  return (
    <section aria-label="Calibration" data-testid="calibration">
      <h2>Calibration</h2>
      <p className="cf-soft">A file of claims whose truth has become known (CSV: fact, origin, grade, says, true). Half of the facts fit a table, the other half score it.</p>
      <FileButton accept=".csv,text/csv" onChange={(file) => file && fit.mutate(file)}>
        {(props) => (
          <Button {...props} size="xs" variant="default" loading={fit.isPending} data-testid="fit">
            Open known claims…
          </Button>
        )}
      </FileButton>
      {fit.error && (
        <p role="alert" className="cf-refused">
          {fit.error.detail || fit.error.title}
        </p>
      )}
      {found && (
        <>
          <table className="cf-table cf-scored" data-testid="scored">
            <tbody>
              <tr>
                <td>Facts it was fitted on, scored on</td>
                <td className="num">
                  {count(found.scored.fitted_on)}, {count(found.scored.facts)}
                </td>
              </tr>
              <tr>
                <td>Calibration error of the table in force</td>
                <td className="num">{found.scored.before.toFixed(3)}</td>
              </tr>
              <tr>
                <td>Calibration error fitted, one witness for each origin</td>
                <td className="num">{found.scored.per_origin.toFixed(3)}</td>
              </tr>
              <tr>
                <td>The same, had every article been a witness</td>
                <td className="num">{found.scored.per_article.toFixed(3)}</td>
              </tr>
            </tbody>
          </table>
          <Button size="xs" variant="default" onClick={() => onTake(found.probability)} data-testid="take">
            Take these {Object.keys(found.probability).length} cells
          </Button>
        </>
      )}
    </section>
  );
}

const RELIABILITY: Record<string, string> = {
  A: "A completely reliable",
  B: "B usually reliable",
  C: "C fairly reliable",
  D: "D not usually reliable",
  E: "E unreliable",
  F: "F cannot be judged",
};
const CREDIBILITY: Record<string, string> = { 1: "1 confirmed", 2: "2 probably true", 3: "3 possibly true", 4: "4 doubtful", 5: "5 improbable", 6: "6 cannot be judged" };
