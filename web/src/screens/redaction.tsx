import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { ApiError, post, postForFile, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { DocumentDetail, DocumentPage, Redaction } from "../api/types";
import { useSession } from "../identity/session";
import { Handling } from "../parts/Handling";
import { Answered, Screen } from "../parts/Screen";
import { TakeBack } from "../parts/TakeBack";
import { count, time } from "../parts/format";

const route = getRouteApi("/documents/$id/redaction");

/** Passages taken out of a document, each with a reason code, and the document as its recipient then reads it. */
export function RedactionScreen() {
  const { id } = route.useParams();
  const place = `/documents/${encodeURIComponent(id)}`;
  const document = useApi<DocumentDetail>(place, {}, { steady: true });
  const redaction = useApi<Redaction>(`${place}/redaction`, {}, { steady: true });
  return (
    <Screen name="redaction" title="Redaction" wide headed>
      <header className="cf-toolbar">
        <Link to="/documents/$id" params={{ id }} className="cf-soft">
          Back to the document
        </Link>
        <h1 className="cf-document-title">Redaction of {document.data?.title ?? "a document"}</h1>
      </header>
      <Answered query={document} what="Opening the document…">
        {(found) => (
          <Answered query={redaction} what="Taking passages out…">
            {(told) => <Redacting document={found} told={told} place={place} />}
          </Answered>
        )}
      </Answered>
    </Screen>
  );
}

function Redacting({ document, told, place }: { document: DocumentDetail; told: Redaction; place: string }) {
  const numbers = document.page_sizes.map(([number]) => number);
  const [page, setPage] = useState(numbers[0] ?? 1);
  const text = useApi<DocumentPage>(`${place}/pages/${page}`);
  const [words, setWords] = useState("");
  const verbs = useSession().data?.me?.verbs ?? [];
  const preview = told.pages.find((one) => one.page === page);
  return (
    <div className="cf-redacting">
      <section aria-label="Passages">
        <Select
          size="xs" label="Page" value={String(page)} onChange={(value) => setPage(Number(value ?? page))} allowDeselect={false} data-testid="redaction-page"
          data={numbers.map((number) => ({ value: String(number), label: `${count(number)} of ${count(numbers.length)}` }))}
        />
        {verbs.includes("judge") && <NewPassage told={told} place={place} page={page} words={words} onWords={setWords} />}
        <Passages told={told} place={place} may={verbs.includes("judge")} />
        {verbs.includes("export") && <Files place={place} />}
      </section>
      <section aria-label="As it is" className="cf-sheet cf-redaction-page">
        <h2 className="cf-flush">As it is</h2>
        {verbs.includes("judge") && <p className="cf-soft cf-flush">Select words on the page to take them out.</p>}
        <Answered query={text} what="Turning the page…">
          {(found) => (
            <>
              <Handling text={found.handling} quiet />
              <div
                className="cf-redaction-text" data-testid="redaction-source"
                onMouseUp={() => {
                  const chosen = window.getSelection()?.toString().trim();
                  if (chosen) setWords(chosen);
                }}
              >
                {found.text}
              </div>
            </>
          )}
        </Answered>
      </section>
      <section aria-label="As the recipient reads it" className="cf-sheet cf-redaction-page">
        <h2 className="cf-flush">As the recipient reads it</h2>
        <p className="cf-soft cf-flush">{told.title}</p>
        {preview && <Handling text={preview.handling} quiet />}
        <div className="cf-redaction-text" data-testid="redaction-preview">
          {preview?.text ?? "This page does not leave."}
        </div>
      </section>
    </div>
  );
}

function NewPassage({ told, place, page, words, onWords }: { told: Redaction; place: string; page: number; words: string; onWords: (words: string) => void }) {
  const reader = useReader();
  const cache = useQueryClient();
  const [code, setCode] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const save = useMutation<unknown, ApiError>({
    mutationFn: () => post(`${place}/redactions`, reader, { page, words, code: code ?? "", reason: why }),
    onSuccess: () => {
      onWords("");
      setCode(null); // without words the next passage is the whole page: that wants a choice of its own
      setWhy("");
      void cache.invalidateQueries();
    },
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={send} aria-label="Take out a passage" data-testid="redact-form">
      <Textarea
        size="xs" label="Words" placeholder="as they stand on the page; empty: the whole page" autosize minRows={2} maxRows={8} value={words} data-testid="redact-words"
        onChange={(event) => onWords(event.currentTarget.value)}
      />
      <Select
        size="xs" label="Reason code" required searchable value={code} onChange={setCode} data-testid="redact-code"
        data={Object.entries(told.codes).map(([key, meaning]) => ({ value: key, label: `${key}: ${meaning}` }))}
      />
      <TextInput size="xs" label="Why, for your own files" value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
      {save.error && (
        <div role="alert" className="cf-refused" data-testid="redact-error">
          {save.error.detail || save.error.title}
        </div>
      )}
      <Button size="xs" mt={6} type="submit" loading={save.isPending} disabled={!code} data-testid="redact-go">
        {words.trim() ? "Take out these words" : "Take out the whole page"}
      </Button>
    </form>
  );
}

function Passages({ told, place, may }: { told: Redaction; place: string; may: boolean }) {
  const reader = useReader();
  if (!told.passages.length) return <p className="cf-soft">Nothing is taken out so far.</p>;
  return (
    <>
      <h2>Taken out ({count(told.passages.length)})</h2>
      <ul className="cf-plain" data-testid="redactions">
        {told.passages.map((one) => (
          <li key={`${one.at} ${one.page} ${one.words}`} className="cf-note cf-breakable">
            <strong>{one.code}</strong> page {one.page}: {one.words || "the whole page"}
            <div className="cf-soft">
              {told.codes[one.code]}
              {one.reason && `; ${one.reason}`} ({time(one.at)})
            </div>
            {may && <TakeBack act={(reason) => post(`${place}/redactions/taken-back`, reader, { page: one.page, words: one.words, reason })} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Files({ place }: { place: string }) {
  const reader = useReader();
  const write = useMutation<{ name: string; release: string } | { other: unknown }, ApiError, string>({
    mutationFn: (format) => postForFile(`${place}/redacted`, reader, { format }),
  });
  return (
    <>
      <h2>Without these passages</h2>
      <p className="cf-soft cf-flush">Set anew from what is left: nothing lies under a mark.</p>
      <div className="cf-card-actions">
        {["pdf", "docx", "txt"].map((format) => (
          <Button key={format} size="xs" variant="default" loading={write.isPending && write.variables === format} onClick={() => write.mutate(format)} data-testid={`redacted-${format}`}>
            {format.toUpperCase()}
          </Button>
        ))}
      </div>
      {write.error && (
        <div role="alert" className="cf-refused">
          {write.error.detail || write.error.title}
        </div>
      )}
      {write.data && "release" in write.data && (
        <p className="cf-note cf-breakable" role="status">
          {write.data.name}, SHA-256 <span className="cf-mono">{write.data.release}</span>
        </p>
      )}
    </>
  );
}
