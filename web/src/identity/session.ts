/** Who is signed in, and everything that is asked about accounts: apart from the reader, whom it decides. */

import { useMutation, useQuery, useQueryClient, type QueryClient, type UseMutationResult, type UseQueryResult } from "@tanstack/react-query";

import { ApiError, call } from "../api/client";
import { askProof } from "./proof";

export interface Me {
  /** The folder's owner, who has no account. */
  owner: boolean;
  name: string;
  verbs: string[];
  id?: string;
  organisation?: string;
  unit?: string;
  roles?: string[];
  ceiling?: string;
  compartments?: string[];
  purposes?: string[];
  session?: string;
  purpose?: string;
  case?: string;
  /** A proof of identity of the last minutes. */
  fresh?: boolean;
  /** Nothing may be done until another person has confirmed who is behind the account. */
  waiting?: boolean;
  /** Nothing may be done until there is a passkey, or a linked account at the provider. */
  one_factor?: boolean;
  /** Break-glass that widens the clearance now. */
  emergency?: string;
  expires_at?: string | null;
}

export interface SessionAnswer {
  /** People have accounts here. */
  users: boolean;
  me: Me | null;
  ways: { passkey: boolean; provider: string | null; first: boolean; kinds: Record<string, string> } | null;
}

/** An account into which an administrator opened a way. */
export interface Waiting {
  id: string;
  name: string;
  how: string;
  asked_by_name: string;
  address: string;
  created_at: string;
}

export interface Person {
  id: string;
  kind: "person" | "service";
  name: string;
  organisation: string;
  unit: string;
  owner: string;
  roles: string[];
  ceiling: string;
  compartments: string[];
  purposes: string[];
}

export interface Token {
  id: string;
  principal: string;
  verbs: string[];
  purpose: string;
  ceiling: string;
  note: string;
  created_at: string;
  expires_at: string;
  used_at: string | null;
  revoked_at: string | null;
  /** Only in the answer that made it. */
  token?: string;
}

export interface OpenSession {
  id: string;
  principal: string;
  purpose: string;
  case: string;
  address: string;
  agent: string;
  created_at: string;
  seen_at: string;
}

export interface Passkey {
  id: string;
  note: string;
  created_at: string;
  used_at: string | null;
}

export interface Emergency {
  id: string;
  principal: string;
  name: string;
  case: string;
  reason: string;
  ceiling: string;
  compartments: string[];
  minutes: number;
  asked_at: string;
  until: string | null;
  state: "asked" | "lapsed" | "refused" | "open" | "over";
}

export interface Notice {
  id: string;
  kind: string;
  about: string;
  text: string;
  created_at: string;
  seen_at: string | null;
}

export const CEILINGS = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];

export const useSession = (): UseQueryResult<SessionAnswer, ApiError> =>
  useQuery<SessionAnswer, ApiError>({ queryKey: ["session"], queryFn: () => call<SessionAnswer>("GET", "/session"), meta: { onScreen: false } });

/** Somebody else is there from now on, or nobody: what was answered before is forgotten. */
export async function changedHands(cache: QueryClient): Promise<void> {
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  await cache.invalidateQueries({ queryKey: ["session"] });
}

/** An answer about accounts; nothing is asked while `path` is null. */
export const useAccount = <T>(path: string | null): UseQueryResult<T, ApiError> =>
  useQuery<T, ApiError>({ queryKey: ["account", path], queryFn: () => call<T>("GET", path ?? ""), enabled: path !== null, meta: { onScreen: false } });

interface Act {
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
}

/** Something done about an account; what was asked before is asked anew. */
export function useAct<T = unknown>(): UseMutationResult<T, ApiError, Act> {
  const cache = useQueryClient();
  return useMutation<T, ApiError, Act>({
    mutationFn: ({ method, path, body }) => call<T>(method, path, body),
    onError: (error) => void askProof(error),
    onSuccess: async () => {
      await Promise.all([cache.invalidateQueries({ queryKey: ["account"] }), cache.invalidateQueries({ queryKey: ["session"] })]);
    },
  });
}
