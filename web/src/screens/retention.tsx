import { Button, Checkbox, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { ApiError, post, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { PurgePlan, Retention } from "../api/types";
import { useSession } from "../identity/session";
import { Handling, Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, day, time } from "../parts/format";

const route = getRouteApi("/retention");

interface Group {
  dataset: string;
  first: string;
  records: number;
  handlings: string[];
}

/** What has to be looked at anew after five years: kept with the reason why, or purged by two persons. */
export function RetentionScreen() {
  const { on, dataset } = route.useSearch();
  const navigate = useNavigate();
  const session = useSession();
  const me = session.data?.me ?? null;
  const may = (verb: string): boolean => !me || me.owner || me.verbs.includes(verb);
  const query = useApi<Retention>("/retention", { on: on ?? "" });
  const choose = (change: Record<string, unknown>): void => void navigate({ to: "/retention", search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Screen name="retention" title="Review and purge" headed>
      <div className="cf-case-head">
        <h1>Review and purge</h1>
        <span className="cf-grow" />
        <Link to="/sharing">Sharing</Link>
      </div>
      <Answered query={query} what="Asking what is due…">
        {(told) => {
          const groups = byDataset(told);
          return (
            <>
              {told.proposals.map((one) => (
                <Waiting key={one.proposal} one={one} own={me?.id === one.by} may={may("approve")} />
              ))}
              <section className="cf-panel" aria-label="Due">
                <div className="cf-sharing-head">
                  <h2 className="cf-flush">To be reviewed</h2>
                  <TextInput size="xs" type="date" label="by" className="cf-inline-date" value={on ?? ""} onChange={(event) => choose({ on: event.currentTarget.value || undefined })} data-testid="retention-on" />
                </div>
                {groups.length ? (
                  <Due groups={groups} chosen={dataset} choose={(name) => choose({ dataset: name })} may={may("judge")} />
                ) : (
                  <Empty title="Nothing is to be reviewed">{on ? `Nothing is due by ${day(on)}.` : "Choose a later day to see what comes."}</Empty>
                )}
              </section>
              {dataset && may("judge") && <Decide key={dataset} dataset={dataset} alone={!me || me.owner} done={() => choose({ dataset: undefined })} />}
              <Past told={told} />
            </>
          );
        }}
      </Answered>
    </Screen>
  );
}

function byDataset(told: Retention): Group[] {
  const found = new Map<string, Group>();
  for (const row of told.due) {
    const group = found.get(row.dataset) ?? { dataset: row.dataset, first: row.due, records: 0, handlings: [] };
    group.records += row.records;
    group.first = row.due < group.first ? row.due : group.first;
    if (!group.handlings.includes(row.handling)) group.handlings.push(row.handling);
    found.set(row.dataset, group);
  }
  return [...found.values()].sort((a, b) => a.first.localeCompare(b.first));
}

function Due({ groups, chosen, choose, may }: { groups: Group[]; chosen: string | undefined; choose: (dataset: string) => void; may: boolean }) {
  return (
    <table className="cf-table" data-testid="due">
      <thead>
        <tr>
          <th>Due</th>
          <th>Dataset</th>
          <th className="num">Records</th>
          <th>Handling</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {groups.map((one) => (
          <tr key={one.dataset} data-chosen={one.dataset === chosen || undefined}>
            <td className="cf-nowrap">{day(one.first)}</td>
            <td className="cf-breakable">{one.dataset}</td>
            <td className="num">{count(one.records)}</td>
            <td>
              {one.handlings.map((text) => (
                <Handling key={text} text={text} quiet />
              ))}
            </td>
            <td>
              {may && (
                <Button size="compact-xs" variant="default" onClick={() => choose(one.dataset)} aria-label={`Review ${one.dataset}`} data-testid="review-one">
                  Review
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Decide({ dataset, alone, done }: { dataset: string; alone: boolean; done: () => void }) {
  const reader = useReader();
  const cache = useQueryClient();
  const plan = useApi<PurgePlan>("/retention/plan", {}, { body: { dataset }, onScreen: false });
  const [why, setWhy] = useState("");
  const [predicate, setPredicate] = useState("");
  const [gone, setGone] = useState("");
  const [sure, setSure] = useState(false);
  const finished = (): void => {
    void cache.invalidateQueries();
    done();
  };
  const keep = useMutation<unknown, ApiError>({ mutationFn: () => post("/retention/reviews", reader, { dataset, reason: why, predicate }), onSuccess: finished });
  const purge = useMutation<unknown, ApiError>({ mutationFn: () => post("/retention/purges", reader, { dataset, reason: gone }), onSuccess: finished });
  const send = (what: { mutate: () => void }) => (event: FormEvent): void => {
    event.preventDefault();
    what.mutate();
  };
  return (
    <section className="cf-panel" aria-label={`Review of ${dataset}`} data-testid="decide">
      <div className="cf-sharing-head">
        <h2 className="cf-flush cf-breakable">{dataset}</h2>
        <Button size="compact-xs" variant="default" onClick={done}>
          Close
        </Button>
      </div>
      <div className="cf-two">
        <form onSubmit={send(keep)} aria-label="Keep it">
          <h3>Keep it for another term</h3>
          <TextInput size="xs" label="Why it is still needed" required value={why} onChange={(event) => setWhy(event.currentTarget.value)} data-testid="keep-why" />
          <TextInput size="xs" label="The suspicion that still holds" required value={predicate} onChange={(event) => setPredicate(event.currentTarget.value)} data-testid="keep-predicate" />
          <Refused error={keep.error} />
          <Button size="xs" mt={6} type="submit" loading={keep.isPending} disabled={!why.trim() || !predicate.trim()} data-testid="keep">
            Keep
          </Button>
        </form>
        <form onSubmit={send(purge)} aria-label="Purge it">
          <h3>Purge it</h3>
          <Answered query={plan} what="Counting what would go…">
            {(told) => (
              <p className="cf-flush cf-breakable" data-testid="purge-plan">
                Would go: {Object.entries(told.rows).map(([table, rows]) => `${count(rows)} ${table}`).join(", ") || "no row"};{" "}
                {told.originals.length === 1 ? "one original" : `${count(told.originals.length)} originals`}
                {told.originals.length > 0 && ` (${told.originals.map((one) => one.name).join(", ")})`}; what analysts wrote that names it; all that is derived of it. The hash of each record stays.
              </p>
            )}
          </Answered>
          <TextInput size="xs" label="Why it goes" required value={gone} onChange={(event) => setGone(event.currentTarget.value)} data-testid="purge-why" />
          {alone && <Checkbox size="xs" mt={6} label="I know that nothing brings it back" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} data-testid="purge-sure" />}
          <Refused error={purge.error} />
          <Button size="xs" mt={6} color="red" type="submit" loading={purge.isPending} disabled={!gone.trim() || (alone && !sure)} data-testid="purge">
            {alone ? "Purge" : "Propose the purge"}
          </Button>
        </form>
      </div>
    </section>
  );
}

const Refused = ({ error }: { error: ApiError | null }) =>
  error && (
    <div role="alert" className="cf-refused">
      {error.detail || error.title}
    </div>
  );

function Waiting({ one, own, may }: { one: Retention["proposals"][number]; own: boolean; may: boolean }) {
  const reader = useReader();
  const cache = useQueryClient();
  const plan = useApi<PurgePlan>(may && !own ? "/retention/plan" : null, {}, { body: { dataset: one.dataset, ids: one.ids }, onScreen: false });
  const agree = useMutation<unknown, ApiError>({ mutationFn: () => post(`/retention/purges/${one.proposal}/approval`, reader, {}), onSuccess: () => void cache.invalidateQueries() });
  return (
    <section className="cf-panel" aria-label={`Proposal ${one.proposal}`} data-testid="purge-proposal">
      <div className="cf-sharing-head">
        <strong className="cf-breakable">A purge waits for a second person: {one.dataset ?? one.ids.join(", ")}</strong>
        <Marks of={one} />
      </div>
      <div className="cf-soft cf-breakable">
        Proposed {time(one.at)}: {one.reason}
      </div>
      {plan.data && <div className="cf-note">Would go: {Object.entries(plan.data.rows).map(([table, rows]) => `${count(rows)} ${table}`).join(", ") || "no row"}</div>}
      <Refused error={agree.error} />
      {own || !may ? (
        <div className="cf-soft">{own ? "Somebody else has to agree." : "Whoever may approve has to agree."}</div>
      ) : (
        <Button size="xs" color="red" mt={6} onClick={() => agree.mutate()} loading={agree.isPending} data-testid="agree-purge">
          Agree and purge
        </Button>
      )}
    </section>
  );
}

function Past({ told }: { told: Retention }) {
  return (
    <>
      {told.reviews.length > 0 && (
        <section className="cf-panel" aria-label="Kept" data-testid="kept">
          <h2 className="cf-flush">Kept</h2>
          {told.reviews.map((one) => (
            <div key={`${one.dataset} ${one.at}`} className="cf-note cf-breakable">
              <strong>{one.dataset}</strong> until {day(one.until)}: {one.reason}; {one.predicate} <span className="cf-soft">({time(one.at)})</span>
            </div>
          ))}
        </section>
      )}
      {told.purged.length > 0 && (
        <section className="cf-panel" aria-label="Purged" data-testid="purged">
          <h2 className="cf-flush">Purged</h2>
          {told.purged.map((one) => (
            <div key={`${one.at} ${one.table} ${one.reason}`} className="cf-note cf-breakable">
              {time(one.at)}: {count(one.records)} {one.table}; {one.reason}
            </div>
          ))}
        </section>
      )}
    </>
  );
}
