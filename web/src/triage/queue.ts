/** The queue as the list sees it: its length, and the rows of the portions that are in sight, fetched as they come. */

import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";

import { get, queryClient, useApi, type ApiError, type Parameters } from "../api/client";
import { useReader, type Reader } from "../api/reader";
import type { QueueAnswer, QueueRow } from "../api/types";
import type { FindingsSearch } from "../searches";

/** Milliseconds of rest after which what is in sight is fetched: what is only scrolled past is not. */
const REST = 70;

/** Rows fetched together. */
export const PORTION = 100;

/** What the filters of the address ask of the server; by default what is still to be decided. */
export const asked = ({ typology, standing, reason, likelihood, listed, jurisdiction, sort }: FindingsSearch): Parameters => ({
  typology,
  state: standing === "all" ? undefined : (standing ?? ["undecided", "again"]),
  reason,
  likelihood,
  listed: listed === undefined ? undefined : listed === "yes" ? 1 : 0,
  jurisdiction,
  sort,
});

export interface Queue {
  first: UseQueryResult<QueueAnswer, ApiError>;
  answer: QueueAnswer | undefined;
  /** The row at a place, where it has come. */
  row: (n: number) => QueueRow | undefined;
  /** Place of a finding among the rows that have come; -1: not there. */
  place: (id: string | undefined) => number;
  /** The row at a place, fetched where it has not come. */
  fetchRow: (n: number) => Promise<QueueRow | undefined>;
  /** Tell which rows are in sight. */
  see: (first: number, last: number) => void;
}

/** `anchor`: the finding around which the first portion lies. */
export function useQueue(filters: Parameters, anchor: string | undefined): Queue {
  const reader = useReader();
  const [sight, setSight] = useState<[number, number]>([0, 0]);
  const resting = useRef(0);
  const first = useApi<QueueAnswer>("/findings", { ...filters, around: anchor, limit: PORTION }, { steady: true });
  const answer = first.data;
  const wanted = useMemo(() => {
    const from = Math.floor(sight[0] / PORTION);
    const to = Math.floor(Math.max(sight[0], Math.min(sight[1], answer?.total ?? 0) - 1) / PORTION);
    return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * PORTION).filter((offset) => offset !== answer?.offset);
  }, [sight, answer?.total, answer?.offset]);
  const portions = useQueries({
    queries: answer ? wanted.map((offset) => portion(reader, filters, offset)) : [],
    combine: (answers) => answers.map((one) => one.data).filter((one) => one !== undefined),
  });
  const rows = useMemo(() => {
    const found = new Map<number, QueueRow>();
    for (const one of answer ? [...portions, answer] : portions) one.findings.forEach((row, i) => found.set(one.offset + i, row));
    return found;
  }, [answer, portions]);
  const places = useMemo(() => new Map([...rows].map(([n, row]) => [row.id, n])), [rows]);
  const fetchRow = useCallback(
    async (n: number) => rows.get(n) ?? (await queryClient.fetchQuery(portion(reader, filters, n - (n % PORTION)))).findings[n % PORTION],
    [rows, reader, filters],
  );
  return {
    first,
    answer,
    row: (n) => rows.get(n),
    place: (id) => (id === undefined ? -1 : (places.get(id) ?? -1)),
    fetchRow,
    see: useCallback((from, to) => {
      clearTimeout(resting.current);
      resting.current = window.setTimeout(() => setSight((before) => (before[0] === from && before[1] === to ? before : [from, to])), REST);
    }, []),
  };
}

const portion = (reader: Reader, filters: Parameters, offset: number) => ({
  queryKey: [reader, "/findings", { ...filters, offset, limit: PORTION }, null],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<QueueAnswer>("/findings", reader, { ...filters, offset, limit: PORTION }, signal),
  meta: { onScreen: true },
});
