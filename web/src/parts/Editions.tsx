import { Button, Drawer } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import type { Dataset, Diff, DiffChange, Edition } from "../api/types";
import { count, time } from "./format";
import { Marks } from "./Handling";
import { Answered } from "./Screen";

const route = getRouteApi("/sources");

const SHOWN = 40;
const KINDS = ["added", "removed", "changed"] as const;

/** The editions of a list, the newest first, each with what changed since the one before. */
export function Editions({ dataset }: { dataset: Dataset }) {
  if (!dataset.editions.length) return null;
  const newestFirst = [...dataset.editions].reverse();
  return (
    <table className="cf-table" data-testid="editions">
      <thead>
        <tr>
          <th>Edition</th>
          <th className="num">Parties</th>
          <th className="num">Claims</th>
          <th className="num">Set aside</th>
          <th>Read</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {newestFirst.map((edition, i) => (
          <EditionRow key={`${edition.date} ${edition.ingested_at}`} dataset={dataset.dataset} edition={edition} before={newestFirst[i + 1]} />
        ))}
      </tbody>
    </table>
  );
}

function EditionRow({ dataset, edition, before }: { dataset: string; edition: Edition; before: Edition | undefined }) {
  return (
    <tr data-testid="edition">
      <td className="cf-nowrap">
        {edition.date}
        {!edition.dated && <span className="cf-soft"> (day of reading)</span>} {edition.in_force && <span className="cf-rival">in force</span>}
        {edition.archived && <span className="cf-rival" title="It came after a newer one: kept to compare with, never in force">older</span>}
      </td>
      <td className="num">{count(edition.parties)}</td>
      <td className="num">{count(edition.claims)}</td>
      <td className="num">{count(edition.quarantined)}</td>
      <td className="cf-nowrap">{time(edition.ingested_at)}</td>
      <td className="num">
        {before && (
          <Link to="/sources" search={(was) => ({ ...was, diff: dataset, before: before.date, after: edition.date })} data-testid="diff-door">
            what changed since {before.date}
          </Link>
        )}
      </td>
    </tr>
  );
}

/** What two editions say differently, opened by the URL. */
export function DiffDrawer() {
  const { diff, before, after } = route.useSearch();
  const navigate = useNavigate();
  const close = () => void navigate({ to: "/sources", search: (was) => ({ ...was, diff: undefined, before: undefined, after: undefined }), replace: true });
  return (
    <Drawer opened={diff !== undefined} onClose={close} position="right" size="xl" title={`What changed: ${diff ?? ""}`} data-testid="diff-drawer">
      {diff !== undefined && <Changes dataset={diff} before={before} after={after} />}
    </Drawer>
  );
}

function Changes({ dataset, before, after }: { dataset: string; before: string | undefined; after: string | undefined }) {
  const query = useApi<Diff>(`/sources/${encodeURIComponent(dataset)}/diff`, before && after ? { before, after } : {});
  return (
    <Answered query={query} what="Comparing the editions…">
      {(diff) => (
        <>
          <p className="cf-flush cf-soft" data-testid="diff-head">
            {diff.before.date} ({count(diff.before.parties)} parties) → {diff.after.date} ({count(diff.after.parties)}): {KINDS.map((kind) => `${count(diff.counts[kind])} ${kind}`).join(", ")}
          </p>
          {KINDS.map((kind) => (
            <ChangeList key={kind} kind={kind} changes={diff.changes.filter((one) => one.change === kind)} />
          ))}
          {!diff.changes.length && <p>The two editions say the same.</p>}
        </>
      )}
    </Answered>
  );
}

function ChangeList({ kind, changes }: { kind: (typeof KINDS)[number]; changes: DiffChange[] }) {
  const [all, setAll] = useState(false);
  if (!changes.length) return null;
  return (
    <section aria-label={kind} className="cf-changes">
      <h3>
        {kind} <span className="cf-soft">{count(changes.length)}</span>
      </h3>
      <ul>
        {(all ? changes : changes.slice(0, SHOWN)).map((one) => (
          <li key={one.subject} data-testid="change" data-change={kind}>
            <div className="cf-claim-head">
              {kind === "removed" ? (
                <bdi>{one.caption}</bdi>
              ) : (
                <Link to="/entity/$id" params={{ id: one.subject }}>
                  <bdi>{one.caption}</bdi>
                </Link>
              )}
              <code className="cf-soft">{one.subject}</code>
              <Marks of={one} />
            </div>
            {kind === "changed" && one.fields.map((field) => <div key={field.property}>{field.text}</div>)}
          </li>
        ))}
      </ul>
      {!all && changes.length > SHOWN && (
        <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
          all {count(changes.length)}
        </button>
      )}
    </section>
  );
}

/** Editions that wait for a decision: which rule failed, and what to type. */
export function Held({ dataset }: { dataset: Dataset }) {
  return (
    <>
      {dataset.held.map((held) => (
        <div key={held.held_at} className="cf-held" role="status" data-testid="held">
          <div className="cf-claim-head">
            <strong>Held back</strong> {held.file}
            {held.edition && <span className="cf-soft">edition of {held.edition}</span>}
            <span className="cf-soft">{time(held.held_at)}</span>
            <Marks of={held} />
          </div>
          <ul>
            {held.failed.map((failed) => (
              <li key={failed.rule}>
                {failed.found} <span className="cf-soft">({failed.reason})</span>
              </li>
            ))}
          </ul>
          <div className="cf-soft">
            The edition in force stays. <code>counterflow accept {dataset.dataset}</code> takes this one, <code>counterflow reject {dataset.dataset}</code> drops it.
          </div>
        </div>
      ))}
    </>
  );
}

/** Goes to the rows that a dataset set aside. */
export function AsideDoor({ dataset }: { dataset: Dataset }) {
  if (!dataset.quarantined) return null;
  return (
    <Button renderRoot={(props) => <Link to="/sources" search={(was) => ({ ...was, tab: "quarantine", q: dataset.dataset })} {...props} />} variant="default" size="compact-xs" data-testid="aside-door">
      {count(dataset.quarantined)} set aside
    </Button>
  );
}
