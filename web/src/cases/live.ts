/** What happens in one's cases, as it happens: what is shown of them is asked for anew. Events say where, never what. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { address, readerParameters } from "../api/client";
import { useReader, type Reader } from "../api/reader";
import type { NewsAnswer, NewsPointer } from "../api/types";

const CONCERNED = /^\/(cases|news|proposals)/;

/** Milliseconds within which several events are looked at together: in a busy house each would have everybody ask anew. */
const TOGETHER = 5_000;

/** What is kept of the news, as many as are asked for. */
const KEPT = 100;

/** What an event tells: where something happened, and whether it was oneself who did it. */
export interface Happened extends Omit<NewsPointer, "seen"> {
  mine: boolean;
}

/** Whether the answer of a path may be another after an event: a case of which nothing was said is not asked for again. */
export const concerned = (path: string, happened: Happened): boolean =>
  path === "/proposals" ? happened.kind === "proposal" : path === "/cases" ? ["case", "member"].includes(happened.kind) : path.startsWith(`/cases/${happened.case}`);

/** The news after an event. It says all that they do: in a busy house everybody would ask for them at the same moment. */
export const joined = (news: NewsAnswer, { mine, ...told }: Happened): NewsAnswer =>
  mine || news.news.some((one) => one.id === told.id)
    ? news
    : { total: news.total + 1, unseen: news.unseen + 1, news: [{ ...told, seen: false }, ...news.news].slice(0, KEPT) };

/** Listens for as long as it is mounted; the browser itself comes back after a break, with the last event's id. */
export function useEvents(): { heard: number } {
  const reader = useReader();
  const cache = useQueryClient();
  const [heard, setHeard] = useState(0);
  const url = listening(reader);
  useEffect(() => {
    if (!url) return;
    const source = new EventSource(url);
    const anew = (some: (path: string) => boolean) =>
      void cache.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === "string" && CONCERNED.test(queryKey[1]) && some(queryKey[1]) });
    let begun = false;
    let waiting: Happened[] = [];
    let looked = 0;
    let later: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      const told = waiting;
      [waiting, later, looked] = [[], undefined, Date.now()];
      anew((path) => told.some((one) => concerned(path, one)));
    };
    source.addEventListener("ready", () => {
      if (begun) anew(() => true);
      begun = true;
    });
    source.addEventListener("news", (event: MessageEvent<string>) => {
      setHeard((n) => n + 1);
      const told = JSON.parse(event.data) as Happened;
      cache.setQueriesData<NewsAnswer>({ predicate: ({ queryKey }) => queryKey[1] === "/news" }, (news) => news && joined(news, told));
      waiting.push(told);
      later ??= setTimeout(look, Math.max(0, looked + TOGETHER - Date.now()));
    });
    // A screen that is left closes its stream at once, also where the browser keeps the page.
    const close = () => source.close();
    window.addEventListener("pagehide", close);
    return () => {
      window.removeEventListener("pagehide", close);
      clearTimeout(later);
      close();
    };
  }, [url, cache]);
  return { heard };
}

/** Nothing happens any more in what was known on an earlier day. */
const listening = (reader: Reader): string | null => (reader.knownOn ? null : address("/events", readerParameters(reader)));
