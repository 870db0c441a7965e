import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { ApiError } from "../api/client";

/** Take back what was written, a claim made by marking a passage or a redaction; a reason is asked for and kept. */
export function TakeBack({ act }: { act: (reason: string) => Promise<unknown> }) {
  const cache = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState("");
  const undo = useMutation<unknown, ApiError>({
    mutationFn: () => act(reason),
    onSuccess: () => void cache.invalidateQueries(),
  });
  if (!asked) {
    return (
      <button type="button" className="cf-door" onClick={() => setAsked(true)} data-testid="take-back">
        Take back
      </button>
    );
  }
  return (
    <form
      className="cf-takeback"
      onSubmit={(event) => {
        event.preventDefault();
        undo.mutate();
      }}
    >
      <TextInput size="xs" placeholder="Why?" aria-label="Why it is taken back" value={reason} onChange={(event) => setReason(event.currentTarget.value)} required autoFocus data-testid="take-back-reason" />
      <Button size="xs" type="submit" variant="default" loading={undo.isPending} disabled={!reason.trim()} data-testid="take-back-save">
        Take back
      </Button>
      {undo.error && <span className="cf-refused">{undo.error.detail || undo.error.title}</span>}
    </form>
  );
}
