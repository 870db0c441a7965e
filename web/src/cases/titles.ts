/** What cases are called, where an id alone would stand: of those that the reader is in. */

import { useMemo } from "react";

import { useApi } from "../api/client";
import type { CaseList } from "../api/types";

/** Id → title; nothing is asked, and nothing counts towards the marking of the screen, unless they are `shown`. */
export function useCaseTitles(shown: boolean): ReadonlyMap<string, string> {
  const query = useApi<CaseList>(shown ? "/cases" : null);
  return useMemo(() => new Map(query.data?.cases.map((one) => [one.id, one.title])), [query.data]);
}
