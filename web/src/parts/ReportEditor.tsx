import { Alert, Button, MultiSelect, TextInput, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { ApiError, post, useApi } from "../api/client";
import { useAsOf, useReader } from "../api/reader";
import type { Claim, KeyJudgement, Report, ReportEdits, ReportProblem, Sentence } from "../api/types";
import { useClaims } from "./ClaimsDrawer";
import { Handling } from "./Handling";
import { LockedText } from "./LockedText";

const NOTHING: ReportEdits = { title: "", sentences: {}, drop: [], add: [] };

/** The report in an analyst's hands: words change, numbers, words of likelihood and citations are locked; linted as one types. */
export function ReportEditor({ report, saved, answers }: { report: Report; saved: string | undefined; answers: boolean }) {
  const [edits, setEdits] = useState<ReportEdits>(NOTHING);
  const [refused, setRefused] = useState(0);
  const problems = useProblems(edits, saved, answers);
  const touched = Object.keys(edits.sentences).length + edits.drop.length + edits.add.length + Number(edits.title !== "" && edits.title !== report.title);
  const paragraph = (sentences: Sentence[], handling: string, key: string) => (
    <div key={key} className="cf-portion cf-editing">
      <Handling text={handling} quiet />{" "}
      {sentences.map((one) => (
        <Editable key={one.id} unit={one} edits={edits} setEdits={setEdits} problems={problems} onRefused={() => setRefused((n) => n + 1)} />
      ))}
      <AddSentence sentences={sentences} onAdd={(one) => setEdits((all) => ({ ...all, add: [...all.add, one] }))} />
    </div>
  );
  return (
    <article className="cf-paper" data-testid="report-editor">
      <Bar edits={edits} touched={touched} problems={problems} saved={saved} answers={answers} />
      {refused > 0 && (
        <Alert color="yellow" py={6} data-testid="refused" key={refused}>
          Numbers, words of likelihood and citations come from the records. To change one, change the record; to do without it, take the sentence out.
        </Alert>
      )}
      <TextInput label="Title" defaultValue={report.title} onChange={(event) => setEdits((all) => ({ ...all, title: event.currentTarget.value }))} data-testid="edit-title" />
      <h2>Summary</h2>
      {paragraph(report.summary_sentences, report.summary_handling, "summary")}
      {report.key_judgements.length > 0 && <h2>Key judgements</h2>}
      {report.key_judgements.map((one) => (
        <div key={one.id} className="cf-portion cf-editing">
          <Handling text={one.handling} quiet />{" "}
          <Editable unit={one} judgement edits={edits} setEdits={setEdits} problems={problems} onRefused={() => setRefused((n) => n + 1)} />
          <div className="cf-soft">
            confidence: {one.confidence} ({one.because})
          </div>
        </div>
      ))}
      {report.sections.map((section) => (
        <section key={section.heading} aria-label={section.heading}>
          <h2>{section.heading}</h2>
          {section.paragraphs.map((one, i) => paragraph(one.sentences, one.handling, `${section.heading} ${i}`))}
        </section>
      ))}
    </article>
  );
}

/** What the linter objects to, half a second after the last key. */
function useProblems(edits: ReportEdits, saved: string | undefined, answers: boolean): ReportProblem[] {
  const reader = useReader();
  const asOf = useAsOf();
  const [settled] = useDebouncedValue(edits, 500);
  const query = useQuery<{ problems: ReportProblem[] }, ApiError>({
    queryKey: [reader, "lint", saved ?? "", answers, asOf ?? "", settled],
    queryFn: ({ signal }) => post("/report/lint", reader, { as_of: asOf ?? null, saved: saved ?? "", answers: !saved && answers, edits: settled }, signal),
    meta: { onScreen: false },
    placeholderData: (before) => before,
  });
  return query.data?.problems ?? [];
}

function Bar({ edits, touched, problems, saved, answers }: { edits: ReportEdits; touched: number; problems: ReportProblem[]; saved: string | undefined; answers: boolean }) {
  const reader = useReader();
  const asOf = useAsOf();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, number] = saved ? (saved.split("@") as [string, string?]) : ["", undefined];
  const [named, setNamed] = useState(name || "report");
  const [note, setNote] = useState("");
  const kept = useRef(false);
  useBlocker({
    shouldBlockFn: ({ next }) =>
      touched > 0 && !kept.current && !(next.pathname === "/report" && (next.search as { edit?: number }).edit === 1) && !window.confirm(`Leave, and lose ${touched} ${touched === 1 ? "edit" : "edits"} that no version keeps?`),
    enableBeforeUnload: () => touched > 0 && !kept.current,
  });
  const save = useMutation<{ name: string; number: number }, ApiError>({
    mutationFn: () =>
      post("/report/versions", reader, { name: name || named, of: number ? Number(number) : null, as_of: asOf ?? null, answers: !number && answers, edits, note }),
    onSuccess: (version) => {
      kept.current = true;
      void cache.invalidateQueries();
      void navigate({ to: "/report", search: (before) => ({ ...before, saved: `${version.name}@${version.number}`, edit: undefined }) });
    },
  });
  const leave = () => void navigate({ to: "/report", search: (before) => ({ ...before, edit: undefined }) });
  return (
    <div className="cf-edit-bar" data-testid="edit-bar">
      <TextInput size="xs" w={150} aria-label="Name to keep it under" value={name || named} disabled={!!name} onChange={(event) => setNamed(event.currentTarget.value)} data-testid="keep-name" />
      <TextInput size="xs" style={{ flex: 1 }} placeholder="What was done (kept with the version)" aria-label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} data-testid="keep-note" />
      <span className="cf-soft" data-testid="lint-count" data-problems={problems.length}>
        {touched} {touched === 1 ? "edit" : "edits"} · {problems.length ? `${problems.length} to object to` : "nothing to object to"}
      </span>
      <Button size="xs" disabled={!(name || named).trim()} loading={save.isPending} onClick={() => save.mutate()} data-testid="keep">
        Keep as a version
      </Button>
      <Button size="xs" variant="default" onClick={leave} data-testid="leave">
        Leave
      </Button>
      {save.error && <span role="alert">{save.error.detail}</span>}
    </div>
  );
}

interface EditableProps {
  unit: Sentence | KeyJudgement;
  judgement?: boolean;
  edits: ReportEdits;
  setEdits: (change: (before: ReportEdits) => ReportEdits) => void;
  problems: ReportProblem[];
  onRefused: () => void;
}

function Editable({ unit, judgement = false, edits, setEdits, problems, onRefused }: EditableProps) {
  const openClaims = useClaims();
  const gone = edits.drop.includes(unit.id);
  const mine = problems.filter((one) => one.id === unit.id);
  const reword = (text: string) =>
    setEdits((all) => {
      const { [unit.id]: _before, ...others } = all.sentences;
      return { ...all, sentences: text === unit.text ? others : { ...others, [unit.id]: text } };
    });
  const toggle = () => setEdits((all) => ({ ...all, drop: gone ? all.drop.filter((id) => id !== unit.id) : [...all.drop, unit.id] }));
  return (
    <span className="cf-unit" data-gone={gone || undefined} data-edited={unit.id in edits.sentences || undefined} data-testid="unit">
      {gone ? <s>{unit.text}</s> : <LockedText id={unit.id} text={unit.text} judgement={judgement} label={unit.text} onChange={reword} onRefused={onRefused} />}
      {unit.claim_ids.length > 0 && (
        <button type="button" className="cf-locked cf-cite" onClick={() => openClaims(...unit.claim_ids)} title={`${unit.claim_ids.length} claims: locked to this sentence`} data-testid="cite">
          {unit.endnotes.join(", ")}
        </button>
      )}
      <button type="button" className="cf-door cf-unit-out" onClick={toggle} title={gone ? "Put the sentence back" : "Take the sentence out, with its citations"} aria-label={gone ? `Put back: ${unit.text}` : `Take out: ${unit.text}`} data-testid="toggle">
        {gone ? "put back" : "×"}
      </button>{" "}
      {edits.add.filter((one) => one.after === unit.id).map((one, i) => (
        <span key={i} className="cf-unit" data-edited>
          <ins>{one.text}</ins>{" "}
          <button type="button" className="cf-door cf-unit-out" onClick={() => setEdits((all) => ({ ...all, add: all.add.filter((other) => other !== one) }))} aria-label={`Take out again: ${one.text}`}>
            ×
          </button>{" "}
        </span>
      ))}
      {mine.map((one, i) => (
        <span key={i} className="cf-problem" role="alert" data-testid="problem">
          {one.problem}
        </span>
      ))}
    </span>
  );
}

/** A sentence more, resting on claims of its paragraph. */
function AddSentence({ sentences, onAdd }: { sentences: Sentence[]; onAdd: (one: ReportEdits["add"][number]) => void }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const ids = [...new Set(sentences.flatMap((one) => one.claim_ids))].slice(0, 60);
  const query = useApi<{ claims: Claim[] }>(open && ids.length ? "/claims" : null, { id: ids });
  const after = sentences.at(-1)?.id;
  if (!ids.length || !after) return null;
  if (!open) {
    return (
      <button type="button" className="cf-door" onClick={() => setOpen(true)} data-testid="add-sentence">
        + a sentence
      </button>
    );
  }
  const add = () => {
    onAdd({ after, text, claim_ids: chosen });
    setOpen(false);
    setText("");
    setChosen([]);
  };
  return (
    <div className="cf-card" data-testid="add-form">
      <Textarea size="xs" autosize label="New sentence" value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <MultiSelect
        size="xs"
        label="Claims that it rests on"
        searchable
        value={chosen}
        onChange={setChosen}
        data={(query.data?.claims ?? []).map((one) => ({ value: one.id, label: `${one.property}: ${one.value}`.slice(0, 90) }))}
      />
      <div className="cf-card-actions">
        <Button size="xs" disabled={!text.trim() || !chosen.length} onClick={add}>
          Add
        </Button>
        <Button size="xs" variant="default" onClick={() => setOpen(false)}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
