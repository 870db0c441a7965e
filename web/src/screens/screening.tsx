import { Button, FileButton, Progress, Select, Textarea } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconDownload, IconPlayerPlay, IconPlayerStop, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";

import { queryClient } from "../api/client";
import { useReader, type Reader } from "../api/reader";
import type { ScreenAnswer } from "../api/types";
import { HitCard } from "../parts/HitCard";
import { Empty, Screen } from "../parts/Screen";
import { Windowed } from "../parts/Windowed";
import { count } from "../parts/format";
import { download, toCsv, toJson } from "../screening/export";
import { again, changed, decided, forget, goOn, standing, start, stop, useRun, type Run, type Standing } from "../screening/run";
import { SHORTCUTS } from "../shortcuts";

import "../screening.css";

const route = getRouteApi("/screening");

const FILTERS: Record<Standing | "all" | "changed", string> = {
  all: "All parties",
  match: "Match, open",
  possible: "Possible, open",
  decided: "Decided",
  none: "No hit",
  error: "Not understood",
  changed: "Changed since before",
};

const EXAMPLE = `id,name,birth date,country
c-1,김정은,1984,kp
c-2,Korea Daesong Bank,,kp
c-3,Maria Gonzalez,1990-02-01,es`;

/** Screen a file of parties: who of them may be whom, worked through with the keyboard. */
export function ScreeningScreen() {
  const reader = useReader();
  const run = useRun(reader);
  return (
    <Screen name="screening" title="Screening" wide headed>
      {run ? <Batch run={run} reader={reader} /> : <Begin reader={reader} />}
    </Screen>
  );
}

function Begin({ reader }: { reader: Reader }) {
  const [text, setText] = useState("");
  const open = async (file: File | null) => {
    if (file) void start(file.name, await file.text(), reader);
  };
  return (
    <div
      className="cf-begin"
      data-testid="begin"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void open(event.dataTransfer.files[0] ?? null);
      }}
    >
      <h1>Screen parties against everything in this workspace</h1>
      <p className="cf-soft">
        A table with headings such as name, birth date, country, registration number, or a line of JSON for each party. The file is read in parts and not
        kept.
      </p>
      <Textarea
        aria-label="Parties"
        placeholder={EXAMPLE}
        rows={12}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        classNames={{ input: "cf-mono" }}
        data-testid="pasted"
      />
      <div className="cf-card-actions">
        <Button disabled={!text.trim()} onClick={() => void start("pasted", text, reader)} leftSection={<IconPlayerPlay size={15} />} data-testid="start">
          Screen these
        </Button>
        <FileButton accept=".csv,.tsv,.jsonl,.json,.ndjson,.txt" onChange={(file) => void open(file)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconUpload size={15} />} data-testid="open-file">
              Open a file…
            </Button>
          )}
        </FileButton>
        <span className="cf-soft">or drop one here</span>
      </div>
    </div>
  );
}

function Batch({ run, reader }: { run: Run; reader: Reader }) {
  const { row, show } = route.useSearch();
  const navigate = useNavigate();
  useOnScreen(run, reader);
  const standings = useMemo(() => run.answers.map(standing), [run.answers]);
  const shown = useMemo(() => {
    const filter = show ?? "all";
    if (filter === "changed") return run.answers.flatMap((answer, n) => (changed(answer, run.before) ? [n] : []));
    return run.answers.map((_, n) => n).filter((n) => filter === "all" || standings[n] === filter);
  }, [run.answers, run.before, standings, show]);
  const at = Math.max(0, shown.indexOf(row ?? shown[0] ?? -1));
  const current = row !== undefined && run.answers[row] ? row : shown[at];
  const go = useCallback(
    (to: number) => {
      const next = shown[Math.min(shown.length - 1, Math.max(0, to))];
      if (next !== undefined) void navigate({ to: "/screening", search: (before) => ({ ...before, row: next }), replace: true });
    },
    [navigate, shown],
  );
  useHotkeys([
    [SHORTCUTS.next.keys, () => go(at + 1)],
    [SHORTCUTS.previous.keys, () => go(at - 1)],
  ]);
  const tally = useMemo(() => {
    const found: Record<string, number> = { all: run.answers.length };
    for (const one of standings) found[one] = (found[one] ?? 0) + 1;
    found.changed = run.answers.filter((answer) => changed(answer, run.before)).length;
    return found;
  }, [standings, run.answers, run.before]);
  const answer = current === undefined ? undefined : run.answers[current];
  return (
    <>
      <div className="cf-toolbar">
        <h1 className="cf-toolbar-title">Screening</h1>
        <span className="cf-ellipsis" title={run.name}>
          {run.name}
        </span>
        <Doing run={run} reader={reader} />
        <span className="cf-grow" />
        <Button variant="default" leftSection={<IconDownload size={15} />} disabled={!run.answers.length} onClick={() => download("screening.csv", "text/csv", toCsv(run.answers))} data-testid="export-csv">
          CSV
        </Button>
        <Button variant="default" leftSection={<IconDownload size={15} />} disabled={!run.answers.length} onClick={() => download("screening.jsonl", "application/jsonl", toJson(run.answers))} data-testid="export-json">
          JSON
        </Button>
        {run.state === "done" && (
          <Button variant="default" title="The same file, as the lists and decisions are now" onClick={() => void again(reader)} data-testid="again">
            Screen again
          </Button>
        )}
        <Button variant="default" onClick={forget} data-testid="another">
          Another file
        </Button>
      </div>
      <div className="cf-queue">
        <section className="cf-queue-list" aria-label="Parties">
          <div className="cf-toolbar">
            <Select
              w={210}
              aria-label="Which parties"
              value={show ?? "all"}
              onChange={(value) => void navigate({ to: "/screening", search: (before) => ({ ...before, show: value && value !== "all" ? (value as typeof show) : undefined, row: undefined }) })}
              data={Object.entries(FILTERS).filter(([value]) => value !== "changed" || run.before).map(([value, label]) => ({ value, label: `${label} (${count(tally[value] ?? 0)})` }))}
              data-testid="show"
            />
            <span className="cf-grow" />
            <span className="cf-soft cf-nowrap">
              {shown.length ? `${count(at + 1)} of ${count(shown.length)} · J K` : ""}
            </span>
          </div>
          <Rows run={run} shown={shown} standings={standings} current={current} onChoose={(n) => go(shown.indexOf(n))} />
        </section>
        {answer && current !== undefined ? (
          <HitCard key={current} answer={answer} onDecided={(entity, told) => decided(current, entity, told)} onNext={() => go(at + 1)} />
        ) : (
          <Empty title={run.state === "running" ? "Screening…" : "Nothing here"}>
            {run.state !== "running" && "No party of this kind. Choose another kind on the left."}
          </Empty>
        )}
      </div>
    </>
  );
}

function Doing({ run, reader }: { run: Run; reader: Reader }) {
  const n = run.answers.length;
  const share = run.total ? (100 * n) / run.total : 100;
  return (
    <span className="cf-doing" data-testid="progress" data-state={run.state}>
      {run.state !== "done" && <Progress value={share} w={130} aria-label="Screened" />}
      <span className="cf-soft cf-nowrap">
        {count(n)} {run.state === "done" ? "screened" : `of ${count(run.total)}`}
        {run.state === "stopped" && ", stopped"}
        {run.state === "done" && run.before && `, ${count(run.answers.filter((answer) => changed(answer, run.before)).length)} changed`}
      </span>
      {run.state === "running" && (
        <Button variant="default" leftSection={<IconPlayerStop size={15} />} onClick={stop} data-testid="stop">
          Stop
        </Button>
      )}
      {(run.state === "stopped" || run.state === "failed") && (
        <Button variant="default" leftSection={<IconPlayerPlay size={15} />} onClick={() => void goOn(reader)} data-testid="go-on">
          Go on
        </Button>
      )}
      {run.error && (
        <span role="alert" className="cf-refused cf-ellipsis" title={run.error}>
          {run.error}
        </span>
      )}
    </span>
  );
}

/** Height of a row, in pixels: as in workbench.css. */
const ROW = 50;

interface RowsProps {
  run: Run;
  shown: number[];
  standings: Standing[];
  current: number | undefined;
  onChoose: (n: number) => void;
}

function Rows({ run, shown, standings, current, onChoose }: RowsProps) {
  return (
    <Windowed
      total={shown.length}
      height={ROW}
      at={current === undefined ? -1 : shown.indexOf(current)}
      label="Parties"
      name="parties"
      row={(i, top) => {
        const n = shown[i] as number;
        return <Row key={n} top={top} answer={run.answers[n] as ScreenAnswer} standing={standings[n] ?? "none"} current={n === current} onChoose={() => onChoose(n)} />;
      }}
    />
  );
}

const STANDINGS: Record<Standing, string> = { match: "match", possible: "possible", none: "no hit", error: "not understood", decided: "decided" };

function Row({ top, answer, standing: stands, current, onChoose }: { top: number; answer: ScreenAnswer; standing: Standing; current: boolean; onChoose: () => void }) {
  const best = answer.results[0];
  return (
    <button type="button" className="cf-queue-item cf-party" style={{ top, height: ROW }} aria-current={current} onClick={onChoose} data-testid="party">
      <span className="cf-party-name">
        <bdi>{nameOf(answer) || "no name"}</bdi> <span className="cf-soft">{answer.id}</span>
      </span>
      <span className="cf-standing-word" data-standing={stands} data-testid="standing">
        {STANDINGS[stands]}
      </span>
      <span className="cf-party-hit cf-soft">
        {answer.error ?? (best ? `${best.probability.toFixed(2)} ${best.caption}${answer.results.length > 1 ? ` and ${answer.results.length - 1} more` : ""}` : "")}
        {!answer.error && answer.problems?.length ? `${best ? " · " : ""}partly not used` : ""}
      </span>
    </button>
  );
}

const nameOf = (answer: ScreenAnswer): string => {
  const told = answer.query?.properties ?? {};
  const name = told["name"];
  return (Array.isArray(name) ? name[0] : name) ?? "";
};

/** The markings of all that this batch holds count for the screen, as those of any answer do. */
function useOnScreen(run: Run, reader: Reader) {
  const key = useMemo(() => [reader, "screening", run.name], [reader, run.name]);
  const marks = useMemo(() => {
    const found = new Set<string>();
    for (const answer of run.answers) for (const hit of answer.results) found.add(hit.handling);
    return [...found].sort();
  }, [run.answers]);
  useQuery({ queryKey: key, queryFn: () => ({ marks: [] as { handling: string }[] }), enabled: false });
  useEffect(() => {
    queryClient.setQueryData(key, { marks: marks.map((handling) => ({ handling })) });
  }, [key, marks.join("\n")]);
}
