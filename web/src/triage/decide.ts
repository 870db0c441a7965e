/** Decisions about findings: recorded one by one, the last of them taken back with one key. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";

import { post, remove, type ApiError } from "../api/client";
import { useReader } from "../api/reader";
import type { Triaged, TriageState } from "../api/types";

export interface Decision {
  finding: string;
  state: TriageState;
  reason: string;
  note: string;
  until: string | null;
}

/** Recording and undoing; whatever shows a finding is asked for anew afterwards. */
export function useTriage(onUndone: (finding: string) => void) {
  const reader = useReader();
  const cache = useQueryClient();
  const done = useRef<string[]>([]);
  const refresh = useCallback(
    () => cache.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === "string" && /^\/(findings|triage|proposals)/.test(queryKey[1]) }),
    [cache],
  );
  const save = useMutation<Triaged, ApiError, Decision>({
    mutationFn: (decision) => post<Triaged>("/triage", reader, decision),
    onSuccess: (answer, { finding }) => {
      if (!answer.proposal) done.current.push(finding);
      void refresh();
    },
  });
  const withdraw = useMutation<Triaged, ApiError, { finding: string; note: string }>({
    mutationFn: ({ finding, note }) => remove<Triaged>("/triage", reader, { finding, note }),
    onSuccess: (_, { finding }) => {
      done.current = done.current.filter((one) => one !== finding);
      void refresh();
      onUndone(finding);
    },
  });
  const undo = useCallback(() => {
    const last = done.current.at(-1);
    if (last && !withdraw.isPending) withdraw.mutate({ finding: last, note: "undone in the workbench" });
  }, [withdraw]);
  return { save, withdraw, undo };
}

export type Deciding = ReturnType<typeof useTriage>;
