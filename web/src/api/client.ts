/**
 * The one way to the server. Every request says for whom it asks (`audience`) and whether exercise records may be in
 * the answer (`exercise`), so an answer can never be shown to another audience than the one it was computed for.
 */

import { keepPreviousData, QueryCache, QueryClient, useQuery, type UseQueryResult } from "@tanstack/react-query";

import { useReader, type Reader } from "./reader";

export type Parameters = Record<string, string | number | readonly string[] | null | undefined>;

/** RFC 9457 problem of the server, or a connection that failed (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** Members of its own: both versions, where two changed the same. */
    readonly more: Record<string, unknown> = {},
  ) {
    super(detail || title);
  }
}

/** `/api` + path + query; undefined and null parameters are left out, lists repeat the key. */
export function address(path: string, parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(key, String(one));
  }
  const text = query.toString();
  return `/api${path}${text ? `?${text}` : ""}`;
}

/** Parameters that say for whom an answer is. */
export const readerParameters = (reader: Reader): Parameters => ({
  audience: reader.audience,
  exercise: reader.exercise ? 1 : 0,
  known_on: reader.knownOn,
});

/** Goes with what changes something: a page of another origin cannot send it unasked. */
const OURS = { "x-counterflow": "1" };

async function answer<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if ((cause as Error).name === "AbortError") throw cause;
    throw new ApiError(0, "The server does not answer", "Start it with: counterflow serve");
  }
  const text = await response.text();
  if (response.ok) {
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new ApiError(response.status, "The server did not answer in JSON", url);
    }
  }
  let problem: { title?: string; detail?: string; error?: string } = {};
  try {
    problem = JSON.parse(text) as typeof problem;
  } catch {
    // Not a problem document: the status line must do.
  }
  const detail = typeof problem.detail === "string" ? problem.detail : "";
  throw new ApiError(response.status, problem.title ?? `Error ${response.status}`, detail, { ...problem });
}

/** Asked by QUERY, with the question in the body: what somebody looks for stands in no address that a proxy would keep. */
export const get = <T>(path: string, reader: Reader, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> => {
  const [url, question = ""] = address(path, { ...parameters, ...readerParameters(reader) }).split("?");
  return answer<T>(url ?? "", {
    method: "QUERY",
    headers: { "content-type": "application/x-www-form-urlencoded", ...OURS },
    body: question,
    signal: signal ?? null,
  });
};

export const post = <T>(path: string, reader: Reader, body: unknown, signal?: AbortSignal): Promise<T> => sent<T>("POST", path, reader, body, signal);

export const patch = <T>(path: string, reader: Reader, body: unknown): Promise<T> => sent<T>("PATCH", path, reader, body);

export const put = <T>(path: string, reader: Reader, body: unknown): Promise<T> => sent<T>("PUT", path, reader, body);

const sent = <T>(method: string, path: string, reader: Reader, body: unknown, signal?: AbortSignal): Promise<T> =>
  answer<T>(address(path, readerParameters(reader)), {
    method,
    headers: { "content-type": "application/json", ...OURS },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });

export const remove = <T>(path: string, reader: Reader, parameters: Parameters): Promise<T> =>
  answer<T>(address(path, { ...parameters, ...readerParameters(reader) }), { method: "DELETE", headers: OURS });

/** What is asked or done about accounts: for no reader, since it is what decides who reads. */
export const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  answer<T>(`/api${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...OURS },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** A file that the server sends in answer to POST, and its headers; a JSON answer instead is the `other`. */
export async function postForFile<T>(path: string, reader: Reader, body: unknown): Promise<{ name: string; release: string } | { other: T }> {
  const response = await fetch(address(path, readerParameters(reader)), {
    method: "POST",
    headers: { "content-type": "application/json", ...OURS },
    body: JSON.stringify(body),
  });
  const release = response.headers.get("x-release");
  if (response.ok && release) {
    const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? release;
    const url = URL.createObjectURL(await response.blob());
    const link = Object.assign(document.createElement("a"), { href: url, download: name });
    link.click();
    URL.revokeObjectURL(url);
    return { name, release };
  }
  const text = await response.text();
  if (response.ok) return { other: JSON.parse(text) as T };
  const problem = JSON.parse(text || "{}") as { title?: string; detail?: unknown };
  throw new ApiError(response.status, problem.title ?? `Error ${response.status}`, typeof problem.detail === "string" ? problem.detail : "");
}

interface Options {
  /** Keep the last answer in view while the next one loads. Never across readers. */
  steady?: boolean;
  /** Whether the answer counts towards the marking of the screen. */
  onScreen?: boolean;
  /** Sent as JSON by POST where given. */
  body?: unknown;
}

/** The answer to GET (or POST with `body`) `path`; nothing is asked while `path` is null. */
export function useApi<T>(path: string | null, parameters: Parameters = {}, options: Options = {}): UseQueryResult<T, ApiError> {
  const reader = useReader();
  const { steady = false, onScreen = true, body } = options;
  return useQuery<T, ApiError>({
    queryKey: [reader, path, parameters, body ?? null],
    queryFn: ({ signal }) =>
      body === undefined ? get<T>(path ?? "", reader, parameters, signal) : post<T>(path ?? "", reader, body, signal),
    enabled: path !== null,
    meta: { onScreen },
    placeholderData: (previous, query) => {
      if (!steady || !query) return undefined;
      const before = query.queryKey[0] as Reader;
      const same = before.audience === reader.audience && before.exercise === reader.exercise && before.knownOn === reader.knownOn;
      return same ? keepPreviousData(previous) : undefined;
    },
  });
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // a session that has ended shows the page to sign in, wherever one was
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) void queryClient.invalidateQueries({ queryKey: ["session"] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 1 && error instanceof ApiError && error.status === 0,
    },
  },
});
