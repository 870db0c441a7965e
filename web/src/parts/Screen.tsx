import { Button, Loader, VisuallyHidden } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";

import { ApiError } from "../api/client";

interface ScreenProps {
  name: string;
  title: string;
  children: ReactNode;
  wide?: boolean;
  /** The screen prints a first heading of its own. */
  headed?: boolean;
}

/** One screen: its name is the document's title and the main landmark's. */
export function Screen({ name, title, children, wide = false, headed = false }: ScreenProps) {
  useEffect(() => {
    document.title = `${title} · Counterflow`;
  }, [title]);
  return (
    <main className="cf-screen" data-wide={wide || undefined} data-testid={`screen-${name}`} aria-label={title}>
      {!headed && <VisuallyHidden component="h1">{title}</VisuallyHidden>}
      {children}
    </main>
  );
}

/** What to do when there is nothing to show. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="cf-empty" role="status" data-testid="empty">
      <strong>{title}</strong>
      {children && <div>{children}</div>}
    </div>
  );
}

const TITLES: Record<number, string> = { 403: "Not among your roles", 404: "Nothing to be read here" };

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const known = error instanceof ApiError;
  // What was asked cannot be done as asked: asking again does not help, and "Bad Request" says nothing.
  const refused = known && error.status === 400;
  // What is not there, or not to be read, does not come by asking again either.
  const final = refused || (known && [403, 404].includes(error.status));
  const title = refused ? "This cannot be done as asked" : known ? (TITLES[error.status] ?? error.title) : "Something went wrong";
  return (
    <div className="cf-empty" role="alert" data-testid="failure">
      <strong>{title}</strong>
      <div>{known ? error.detail : String(error)}</div>
      {retry && !final && (
        <Button variant="default" mt="sm" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Waiting({ what }: { what: string }) {
  return (
    <div className="cf-empty" role="status" aria-busy data-testid="waiting">
      <Loader size="sm" type="dots" />
      <div>{what}</div>
    </div>
  );
}

/** The answer, or what stands in its place while it is asked for or when it failed. */
export function Answered<T>({ query, what, children }: { query: UseQueryResult<T>; what: string; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Waiting what={what} />;
}
