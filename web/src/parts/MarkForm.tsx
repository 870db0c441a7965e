import { Autocomplete, Button, Select, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError, post, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { DocumentDetail, MarkAnswer, Mention, SearchAnswer } from "../api/types";
import type { Passage } from "./PageText";
import { Handling } from "./Handling";

/** What passages most often say of somebody; any other property of the vocabulary can be typed. */
const PROPERTIES = [
  "name", "alias", "notes", "summary", "description", "country", "address", "birthDate", "nationality", "position",
  "incorporationDate", "dissolutionDate", "registrationNumber", "imoNumber", "topics", "sector", "parent",
];

interface MarkFormProps {
  document: DocumentDetail;
  page: number;
  passage: Passage;
  text: string;
  mentions: Mention[];
  onDone: () => void;
}

/** Turn a passage into a claim: about whom, what of them, how good, and what the document itself rests on there. */
export function MarkForm({ document, page, passage, text, mentions, onDone }: MarkFormProps) {
  const reader = useReader();
  const cache = useQueryClient();
  const [subject, setSubject] = useState<string | null>(null);
  const [asked, setAsked] = useState("");
  const [property, setProperty] = useState("notes");
  const [value, setValue] = useState("");
  const [grade, setGrade] = useState("");
  const [origin, setOrigin] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [wanted] = useDebouncedValue(asked.trim(), 200);
  const hits = useApi<SearchAnswer>(wanted ? "/search" : null, { q: wanted, limit: 12 }, { steady: true, onScreen: false });
  const save = useMutation<MarkAnswer, ApiError>({
    mutationFn: () =>
      post<MarkAnswer>(`/documents/${encodeURIComponent(document.id)}/marks`, reader, {
        page, start: passage.start, end: passage.end, subject, property, value, origin: origin ?? "", note,
        ...(grade ? { grade } : {}),
      }),
    onSuccess: () => void cache.invalidateQueries(),
  });
  const known = new Map<string, string>();
  for (const entity of mentions.flatMap((one) => one.entities)) known.set(entity.id, entity.caption);
  for (const hit of hits.data?.results ?? []) known.set(hit.id, hit.caption);
  if (save.data) {
    return (
      <section className="cf-card" data-testid="marked">
        <strong>Claim recorded</strong>
        <span>
          {known.get(save.data.subject) ?? save.data.subject}, {save.data.property}: {save.data.value}
        </span>
        <Handling text={save.data.handling} quiet />
        <Button size="xs" variant="default" onClick={onDone}>
          Done
        </Button>
      </section>
    );
  }
  return (
    <form
      className="cf-card cf-markform"
      data-testid="mark-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <blockquote className="cf-note">{text}</blockquote>
      <Select
        size="xs" label="About" placeholder="Name or number" searchable required data-testid="mark-subject"
        data={[...known].map(([id, caption]) => ({ value: id, label: caption }))}
        value={subject} onChange={setSubject} onSearchChange={setAsked} filter={({ options }) => options}
        nothingFoundMessage="Nobody of that name" maxDropdownHeight={220}
      />
      <Autocomplete size="xs" label="What of them" data={PROPERTIES} value={property} onChange={setProperty} required data-testid="mark-property" />
      <TextInput size="xs" label="Value" placeholder="the passage, as it stands" value={value} onChange={(event) => setValue(event.currentTarget.value)} data-testid="mark-value" />
      <TextInput size="xs" label="Grade" placeholder={`${document.reliability ?? "F"}6`} value={grade} onChange={(event) => setGrade(event.currentTarget.value)} maxLength={2} data-testid="mark-grade" />
      {document.reference_list.length > 0 && (
        <Select
          size="xs" label="The document rests here on" placeholder="itself" clearable value={origin} onChange={setOrigin} data-testid="mark-origin"
          data={document.reference_list.map((one) => ({ value: one.id, label: `[${one.number}] ${one.title}` }))}
        />
      )}
      <Textarea size="xs" label="Remark" autosize minRows={1} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      {save.error && (
        <div role="alert" className="cf-refused" data-testid="mark-error">
          {save.error.detail || save.error.title}
        </div>
      )}
      <div className="cf-card-actions">
        <Button size="xs" type="submit" loading={save.isPending} disabled={!subject || !property} data-testid="mark-save">
          Record the claim
        </Button>
        <Button size="xs" variant="default" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
