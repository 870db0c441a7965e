/**
 * The batch that is being screened: kept beside the screens, so that one may look at an entity and come back. It is never
 * shown to another reader than the one it was screened for.
 */

import { useSyncExternalStore } from "react";

import { ApiError, post } from "../api/client";
import type { Reader } from "../api/reader";
import type { Disposition, ScreenAnswer } from "../api/types";
import { isTable, parts, type Part } from "./records";

export interface Run {
  name: string;
  reader: string;
  /** Least probability that was asked for; undefined: where the server has what is possible begin. */
  threshold: number | undefined;
  limit: number;
  total: number;
  answers: ScreenAnswer[];
  /** What each party's hits were when the same file was screened before; null: it was not. */
  before: ReadonlyMap<string, string> | null;
  state: "running" | "stopped" | "done" | "failed";
  error: string;
}

const LIMIT = 10;

let run: Run | null = null;
let waiting: Part[] = [];
let source = "";
let table = false;
let stopping: AbortController | null = null;
const listeners = new Set<() => void>();

const keyOf = (reader: Reader): string => JSON.stringify(reader);

function set(next: Run | null) {
  run = next;
  for (const tell of listeners) tell();
}

const subscribe = (tell: () => void) => {
  listeners.add(tell);
  return () => void listeners.delete(tell);
};

/** The batch of this reader; null where there is none, or it is another reader's. */
export function useRun(reader: Reader): Run | null {
  const found = useSyncExternalStore(subscribe, () => run);
  return found?.reader === keyOf(reader) ? found : null;
}

/** Screen a file, a part at a time. */
export async function start(name: string, text: string, reader: Reader, threshold?: number): Promise<void> {
  stop();
  source = text;
  table = isTable(name, text);
  waiting = parts(text, table);
  const total = waiting.reduce((n, part) => n + part.records, 0);
  set({ name, reader: keyOf(reader), threshold, limit: LIMIT, total, answers: [], before: null, state: "running", error: "" });
  await goOn(reader);
}

/** Screen the same file once more, as the lists are now, and remember what was found before. */
export async function again(reader: Reader): Promise<void> {
  if (!run) return;
  const { name, answers } = run;
  const before = new Map(answers.map((answer) => [answer.id, found(answer)]));
  const done = start(name, source, reader);
  if (run) set({ ...run, before });
  await done;
}

/** What was found of a party, in a line: its hits with their verdicts. */
export const found = (answer: ScreenAnswer): string => answer.results.map((hit) => `${hit.id} ${hit.match}`).sort().join("; ");

/** Whether a party's hits are others than when the file was screened before. */
export const changed = (answer: ScreenAnswer, before: Run["before"]): boolean => before !== null && before.get(answer.id) !== found(answer);

/** Ask for what is still to come. */
export async function goOn(reader: Reader): Promise<void> {
  if (!run) return;
  const mine = (stopping = new AbortController());
  set({ ...run, state: "running", error: "" });
  while (waiting.length > 0) {
    const part = waiting[0] as Part;
    try {
      const body = { text: part.text, table, before: part.before, threshold: run.threshold, limit: run.limit };
      const { answers } = await post<{ answers: ScreenAnswer[] }>("/screen", reader, body, mine.signal);
      if (mine.signal.aborted || !run) return;
      waiting = waiting.slice(1);
      set({ ...run, answers: [...run.answers, ...answers] });
    } catch (cause) {
      if (mine.signal.aborted || !run) return;
      const error = cause instanceof ApiError ? cause.detail || cause.title : String(cause);
      set({ ...run, state: "failed", error });
      return;
    }
  }
  set({ ...run, state: "done" });
}

export function stop(): void {
  stopping?.abort();
  if (run?.state === "running") set({ ...run, state: "stopped" });
}

export function forget(): void {
  stop();
  waiting = [];
  set(null);
}

/** Put what was decided of one hit where it stands. */
export function decided(at: number, entity: string, disposition: Disposition | null): void {
  if (!run) return;
  const answers = run.answers.map((answer, n) =>
    n !== at ? answer : { ...answer, results: answer.results.map((hit) => (hit.id === entity ? { ...hit, disposition } : hit)) },
  );
  set({ ...run, answers });
}

export type Standing = "match" | "possible" | "none" | "error" | "decided";

/** What is still open of an answer: a match, a possible one, none, or nothing that is not decided. */
export function standing(answer: ScreenAnswer): Standing {
  if (answer.error) return "error";
  if (answer.results.length === 0) return "none";
  const open = answer.results.filter((hit) => !hit.disposition?.in_force || hit.disposition.verdict === "undecided");
  if (open.length === 0) return "decided";
  return open.some((hit) => hit.match) ? "match" : "possible";
}
