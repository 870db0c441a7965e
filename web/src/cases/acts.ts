/** Changing a case: one mutation for all of its addresses, after which whatever shows cases is asked for anew. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { patch, post, type ApiError } from "../api/client";
import { useReader } from "../api/reader";
import type { CaseRow } from "../api/types";

interface Act {
  path: string;
  body: unknown;
  method?: "POST" | "PATCH";
}

export function useAct<T = unknown>() {
  const reader = useReader();
  const cache = useQueryClient();
  return useMutation<T, ApiError, Act>({
    mutationFn: ({ path, body, method }) => (method === "PATCH" ? patch<T>(path, reader, body) : post<T>(path, reader, body)),
    onSettled: () => cache.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === "string" && /^\/(cases|news|proposals)/.test(queryKey[1]) }),
  });
}

/** A version that somebody else wrote in the meantime. */
export interface Theirs {
  version: string;
  by: string;
  at: string;
  fields: Record<string, unknown>;
}

/** The conflict that an error tells of, or null. */
export const theirs = (error: ApiError | null): Theirs | null => (error?.status === 409 ? (error.more.theirs as Theirs) : null);

/** Writing one row of a case: a change is based on the version that is shown. */
export function useRow(caseId: string) {
  const act = useAct<CaseRow>();
  return {
    act,
    add: (kind: string, fields: Record<string, unknown>, label: object | null, done?: () => void) =>
      act.mutate({ path: `/cases/${caseId}/rows`, body: { kind, fields, label } }, { onSuccess: () => done?.() }),
    change: (row: Pick<CaseRow, "row" | "version">, changes: Record<string, unknown>, done?: () => void) =>
      act.mutate({ path: `/cases/${caseId}/rows/${row.row}`, method: "PATCH", body: { base: row.version, changes } }, { onSuccess: () => done?.() }),
  };
}
