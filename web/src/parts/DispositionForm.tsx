import { Button, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError, get, post, remove } from "../api/client";
import { useReader } from "../api/reader";
import type { Disposition, ScreenHit, ScreenQuery } from "../api/types";
import { day } from "./format";
import { Marks } from "./Handling";

export type Verdict = Disposition["verdict"];

export const VERDICTS: Record<Verdict, string> = {
  "false-positive": "False positive",
  "true-match": "True match",
  undecided: "Undecided",
};

/** What was decided of a hit, and whether it still counts. */
export function Decided({ of }: { of: Disposition }) {
  return (
    <div className="cf-decided" data-lapsed={!of.in_force || undefined} data-testid="disposition">
      <div className="cf-brief-foot">
        <strong>{VERDICTS[of.verdict]}</strong>
        <span className="cf-soft">
          {of.by}, {day(of.at)}
          {of.until && `, until ${of.until}`}
        </span>
        <Marks of={of} />
      </div>
      <div>{of.reason}</div>
      {of.lapsed.length > 0 && (
        <ul className="cf-notes" data-testid="lapsed">
          {of.lapsed.map((why) => (
            <li key={why}>No longer counts: {why}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface DispositionFormProps {
  query: ScreenQuery;
  hit: ScreenHit;
  verdict: Verdict;
  onVerdict: (verdict: Verdict) => void;
  onDone: (disposition: Disposition | null) => void;
  onCancel: () => void;
}

/** Decide about one hit: what, why, and until when. */
export function DispositionForm({ query, hit, verdict, onVerdict, onDone, onCancel }: DispositionFormProps) {
  const reader = useReader();
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const current = async (): Promise<Disposition | null> => {
    const { dispositions } = await get<{ dispositions: Disposition[] }>("/dispositions", reader, { entity: hit.id });
    return dispositions.find((one) => one.party === recorded.party) ?? null;
  };
  const recorded = { party: "" };
  const save = useMutation<Disposition | null, ApiError>({
    mutationFn: async () => {
      const told = await post<{ party: string }>("/dispositions", reader, { query, entity: hit.id, verdict, reason, until: until || null });
      recorded.party = told.party;
      return current();
    },
    onSuccess: onDone,
  });
  const withdraw = useMutation<Disposition | null, ApiError>({
    mutationFn: async () => {
      await remove("/dispositions", reader, { party: hit.disposition?.party ?? "", entity: hit.id, reason });
      return null;
    },
    onSuccess: onDone,
  });
  const failed = save.error ?? withdraw.error;
  return (
    <form
      className="cf-card cf-disposition-form"
      aria-label="Decide about this hit"
      data-testid="disposition-form"
      onKeyDown={(event) => event.key === "Escape" && onCancel()}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) save.mutate();
      }}
    >
      <SegmentedControl
        size="xs"
        value={verdict}
        onChange={(value) => onVerdict(value as Verdict)}
        data={Object.entries(VERDICTS).map(([value, label]) => ({ value, label }))}
        data-testid="verdict"
      />
      <Textarea
        size="xs"
        label="Why"
        placeholder="On what evidence, in a sentence"
        autosize
        minRows={2}
        autoFocus
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        }}
        data-testid="reason"
      />
      <TextInput
        size="xs"
        label="Until"
        placeholder="either side changes"
        description="2027, 2027-06 or 2027-06-30; empty: until what is known of either side changes"
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value.trim())}
        data-testid="until"
      />
      {failed && (
        <div role="alert" className="cf-refused" data-testid="disposition-error">
          {failed.detail || failed.title}
        </div>
      )}
      <div className="cf-card-actions">
        <Button size="xs" type="submit" loading={save.isPending} disabled={!reason.trim()} data-testid="disposition-save">
          Record
        </Button>
        {hit.disposition && (
          <Button size="xs" variant="default" loading={withdraw.isPending} disabled={!reason.trim()} onClick={() => withdraw.mutate()} data-testid="disposition-withdraw">
            Take the earlier decision back
          </Button>
        )}
        <Button size="xs" variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <span className="cf-soft">Ctrl Enter records, Esc leaves</span>
      </div>
    </form>
  );
}
