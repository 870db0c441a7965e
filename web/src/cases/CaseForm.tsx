import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { useApi } from "../api/client";
import type { CaseFile, CaseTermsAnswer } from "../api/types";
import { useAct } from "./acts";
import { Refusal } from "./Refusal";
import type { ThingRef } from "./AddToCase";
import { CircleInput, ReadersInput } from "./Pickers";

export const TLPS = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];

interface Props {
  /** What the case is opened about. */
  thing?: ThingRef;
  why?: string;
  onOpened: (id: string) => void;
  onCancel: () => void;
}

/** Opening a case: what, what for, on which basis, and who may read it. */
export function CaseForm({ thing, why = "", onOpened, onCancel }: Props) {
  const terms = useApi<CaseTermsAnswer>("/case-terms", {}, { onScreen: false });
  const [title, setTitle] = useState("");
  const [purpose, setPurpose] = useState("");
  const [basis, setBasis] = useState<string | null>(null);
  const [predicate, setPredicate] = useState("");
  const [tlp, setTlp] = useState<string | null>("TLP:AMBER");
  const [to, setTo] = useState<string[]>([]);
  const [readers, setReaders] = useState<string[]>([]);
  const act = useAct<CaseFile>();
  const bases = terms.data?.terms.bases ?? {};
  const chosen = basis ? bases[basis] : undefined;
  return (
    <form
      className="cf-case-form"
      aria-label="New case"
      data-testid="case-form"
      onSubmit={(event) => {
        event.preventDefault();
        const label = { tlp, ...(to.length ? { releasable_to: to } : {}), ...(readers.length ? { readers } : {}) };
        act.mutate(
          { path: "/cases", body: { title, purpose, basis, predicate, label, things: thing ? [{ ...thing, why }] : [] } },
          { onSuccess: (made) => onOpened(made.id) },
        );
      }}
    >
      <TextInput label="Title" required maxLength={300} value={title} onChange={(event) => setTitle(event.currentTarget.value)} data-autofocus data-testid="case-title" />
      <TextInput label="Purpose" description="What the work is for, in a word." required maxLength={300} placeholder="aml" value={purpose} onChange={(event) => setPurpose(event.currentTarget.value)} data-testid="case-purpose" />
      <Select
        label="Legal basis"
        required
        data={Object.entries(bases).map(([value, one]) => ({ value, label: one.title }))}
        value={basis}
        onChange={setBasis}
        description={chosen?.use}
        data-testid="case-basis"
      />
      <Textarea label="Predicate" description="The facts that give this basis, in words." required={chosen?.predicate ?? false} autosize minRows={2} maxLength={20000} value={predicate} onChange={(event) => setPredicate(event.currentTarget.value)} data-testid="case-predicate" />
      <Select label="Who may read it" data={TLPS} value={tlp} onChange={setTlp} allowDeselect={false} data-testid="case-tlp" />
      <CircleInput description="Beside your own. Members are added among them afterwards." value={to} onChange={setTo} testId="case-to" />
      {tlp === "TLP:RED" && <ReadersInput value={readers} onChange={setReaders} />}
      <Refusal error={act.error} />
      <div className="cf-card-actions">
        <Button type="submit" loading={act.isPending} disabled={!title.trim() || !purpose.trim() || !basis || (chosen?.predicate && !predicate.trim())} data-testid="case-open">
          Open the case
        </Button>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

