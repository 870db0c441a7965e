/** What happens in one's cases, as it happens: what is shown of them is asked for anew. Events say where, never what. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { address, readerParameters } from "../api/client";
import { useReader, type Reader } from "../api/reader";

const CONCERNED = /^\/(cases|news|proposals)/;

/** Listens for as long as it is mounted; the browser itself comes back after a break, with the last event's id. */
export function useEvents(): { heard: number } {
  const reader = useReader();
  const cache = useQueryClient();
  const [heard, setHeard] = useState(0);
  const url = listening(reader);
  useEffect(() => {
    if (!url) return;
    const source = new EventSource(url);
    const anew = () => void cache.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === "string" && CONCERNED.test(queryKey[1]) });
    let begun = false;
    source.addEventListener("ready", () => {
      if (begun) anew();
      begun = true;
    });
    source.addEventListener("news", () => {
      setHeard((n) => n + 1);
      anew();
    });
    // A screen that is left closes its stream at once, also where the browser keeps the page.
    const close = () => source.close();
    window.addEventListener("pagehide", close);
    return () => {
      window.removeEventListener("pagehide", close);
      close();
    };
  }, [url, cache]);
  return { heard };
}

/** Nothing happens any more in what was known on an earlier day. */
const listening = (reader: Reader): string | null => (reader.knownOn ? null : address("/events", readerParameters(reader)));
