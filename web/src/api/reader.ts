/** Who reads, what was known when, and of which date the workbench speaks: all live in the URL, on every screen. */

import { useSearch } from "@tanstack/react-router";

/** Passed with every request and part of every cache key. */
export interface Reader {
  /** Undefined: the server's own default. */
  audience: string | undefined;
  /** False: nothing that bears the caveat EXERCISE is asked for. */
  exercise: boolean;
  /** Undefined: all that is known now. */
  knownOn: string | undefined;
}

export function useReader(): Reader {
  const audience = useSearch({ strict: false, select: (search) => search.audience });
  const exercise = useSearch({ strict: false, select: (search) => search.exercise !== 0 });
  const knownOn = useSearch({ strict: false, select: (search) => search.known_on });
  return { audience, exercise, knownOn };
}

/** Undefined: all that is known. */
export const useAsOf = (): string | undefined => useSearch({ strict: false, select: (search) => search.as_of });
