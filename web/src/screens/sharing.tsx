import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ApiError, postForFile, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { Dissemination, Proposal, Release, ReleasePlan, ReleaseTerms, Withheld } from "../api/types";
import { useSession } from "../identity/session";
import { Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, day, time } from "../parts/format";
import { Released } from "../sharing/Released";
import { ReportFields } from "../sharing/ReportFields";

const route = getRouteApi("/sharing");

/** Whether a release asks something of its reader: a recall to obey, feedback to give. */
const asks = (one: Release): boolean =>
  one.direction === "in" && (one.state === "recalled" || (one.state === "released" && !!one.feedback_by && !one.feedback.length));

/** What is to leave for whom, and what left or came: with feedback and recall. */
export function SharingScreen() {
  const session = useSession();
  const me = session.data?.me ?? null;
  const may = (verb: string): boolean => !me || me.owner || me.verbs.includes(verb);
  const terms = useApi<ReleaseTerms>(may("release") ? "/release-terms" : null, {}, { onScreen: false });
  const ledger = useApi<Dissemination>("/dissemination");
  return (
    <Screen name="sharing" title="Sharing">
      <nav className="cf-card-actions" aria-label="Beside sharing">
        <Link to="/retention">Review and purge</Link>
        {may("audit") && <Link to="/custody">Custody</Link>}
      </nav>
      {may("release") ? (
        <Answered query={terms} what="Asking who may be released to…">
          {(told) => <ReleaseForm terms={told} />}
        </Answered>
      ) : (
        <p className="cf-soft cf-flush">To release something asks for the role of a disseminator.</p>
      )}
      <Answered query={ledger} what="Reading the dissemination ledger…">
        {({ releases, proposals, names }) => {
          const parts: [string, Release[]][] = [
            ["To act on", releases.filter(asks)],
            ["Given to you", releases.filter((one) => one.direction === "in" && !asks(one))],
            ["Given by you", releases.filter((one) => one.direction === "out")],
          ];
          return (
            <>
              {proposals.map((one) => (
                <Waiting key={one.proposal} one={one} names={names} own={me?.id === one.by} may={may("approve")} />
              ))}
              {parts.map(
                ([title, rows]) =>
                  rows.length > 0 && (
                    <section key={title} aria-label={title} data-testid={`ledger-${title.split(" ").at(-1) ?? ""}`}>
                      <h2>
                        {title} ({count(rows.length)})
                      </h2>
                      {rows.map((one) => (
                        <Released key={one.release} one={one} names={names} me={me} />
                      ))}
                    </section>
                  ),
              )}
              {!releases.length && (
                <Empty title="Nothing was released">
                  {may("release") ? "Say above what is to leave, and for whom." : "What your organisation gives or is given stands here."}
                </Empty>
              )}
            </>
          );
        }}
      </Answered>
    </Screen>
  );
}

function ReleaseForm({ terms }: { terms: ReleaseTerms }) {
  const reader = useReader();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { ids = [], to, format } = route.useSearch();
  const [typed, setTyped] = useState(ids.join(" "));
  const [how, setHow] = useState("");
  const [why, setWhy] = useState("");
  const [until, setUntil] = useState("");
  const [by, setBy] = useState("");
  const [profile, setProfile] = useState<string | null>(null);
  const [stated, setStated] = useState<Record<string, string>>(() => ({ submission_date: new Date().toISOString().slice(0, 19) }));
  const set = (change: Record<string, unknown>) => void navigate({ to: "/sharing", search: (before) => ({ ...before, ...change }), replace: true });
  const plan = useApi<ReleasePlan>(to ? "/releases/plan" : null, {}, { body: { to, ids }, onScreen: false });
  const release = useMutation<{ name: string; release: string } | { other: { proposal: string } }, ApiError>({
    mutationFn: () =>
      postForFile("/releases", reader, {
        to, ids, format, terms: how, purpose: why, ...(until ? { until } : {}), ...(by ? { feedback_by: by } : {}),
        ...(format === "goaml" ? { ...(profile ? { profile } : {}), fields: stated } : {}),
      }),
    onSuccess: () => void cache.invalidateQueries(),
  });
  const chosen = terms.formats.find((one) => one.name === format);
  return (
    <form
      className="cf-panel cf-sharing"
      data-testid="release-form"
      aria-label="Release"
      onSubmit={(event) => {
        event.preventDefault();
        release.mutate();
      }}
    >
      <h2>Release</h2>
      <div className="cf-sharing-fields">
        <Select
          size="xs" label="To" placeholder="Organisation" required data-testid="release-to" value={to ?? null} onChange={(value) => set({ to: value ?? undefined })}
          data={terms.recipients.map((one) => ({ value: one.to, label: one.to }))} searchable nothingFoundMessage="No such organisation"
        />
        <Select
          size="xs" label="Format" placeholder="File format" required data-testid="release-format" value={format ?? null} onChange={(value) => set({ format: value ?? undefined })}
          data={terms.formats.map((one) => ({ value: one.name, label: one.title }))}
        />
        {format === "goaml" && (
          <Select size="xs" label="Profile of the unit" clearable value={profile} onChange={setProfile} data={terms.profiles.map((one) => ({ value: one.name, label: one.title }))} />
        )}
        <TextInput
          size="xs" label="What" placeholder="ids; empty: all they may read" value={typed} data-testid="release-ids"
          onChange={(event) => setTyped(event.currentTarget.value)} onBlur={() => set({ ids: typed.split(/\s+/).filter(Boolean) })}
        />
        <Textarea size="xs" label="Terms" placeholder="lead only, no onward release" required autosize minRows={1} value={how} onChange={(event) => setHow(event.currentTarget.value)} data-testid="release-how" />
        <Textarea size="xs" label="Purpose" placeholder="why they are to know" required autosize minRows={1} value={why} onChange={(event) => setWhy(event.currentTarget.value)} data-testid="release-why" />
        <TextInput size="xs" type="date" label="To be used until" value={until} onChange={(event) => setUntil(event.currentTarget.value)} data-testid="release-until" />
        <TextInput size="xs" type="date" label="Feedback asked by" value={by} onChange={(event) => setBy(event.currentTarget.value)} data-testid="release-by" />
      </div>
      {to && (
        <Answered query={plan} what="Working out what may leave…">
          {(told) => <Plan plan={told} />}
        </Answered>
      )}
      {to && format === "goaml" && <ReportFields to={to} ids={ids} profile={profile} stated={stated} onState={setStated} />}
      {chosen && (
        <details className="cf-note" data-testid="release-losses">
          <summary>What {chosen.title} does not carry</summary>
          <ul>
            {chosen.losses.map((one) => (
              <li key={one.field}>
                <strong>{one.field}</strong>: {one.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {release.error && (
        <div role="alert" className="cf-refused" data-testid="release-error">
          {release.error.detail || release.error.title}
        </div>
      )}
      {release.data && (
        <p className="cf-note" role="status" data-testid="release-done">
          {"other" in release.data ? `It waits for a second person: ${release.data.other.proposal}` : `${release.data.name} was released and is on the ledger.`}
        </p>
      )}
      <Button size="xs" type="submit" loading={release.isPending} disabled={!to || !format || !how.trim() || !why.trim()} data-testid="release-go">
        Release
      </Button>
    </form>
  );
}

function Plan({ plan }: { plan: ReleasePlan }) {
  const what = plan.ids === null ? "everything that it may read" : plan.ids.length === 1 ? "one party" : `${count(plan.ids.length)} parties`;
  return (
    <div data-testid="release-plan">
      <p>
        To <strong>{plan.to}</strong>, ceiling {plan.ceiling}: {what}
        {plan.findings.length > 0 && `, ${plan.findings.length === 1 ? "one finding" : `${count(plan.findings.length)} findings`}`}.
        {plan.nothing_of.length > 0 && ` Nothing of ${plan.nothing_of.join(", ")}.`}
      </p>
      {plan.withheld.length > 0 && (
        <table className="cf-table" data-testid="withheld">
          <thead>
            <tr>
              <th>Withheld because</th>
              <th>Handling</th>
              <th className="num">Records</th>
            </tr>
          </thead>
          <tbody>
            {plan.withheld.map((one) => (
              <Stays key={`${one.marking} ${one.reason}`} one={one} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const Stays = ({ one }: { one: Withheld }) => (
  <tr>
    <td>{one.reason}</td>
    <td>{one.marking}</td>
    <td className="num">{count(one.records)}</td>
  </tr>
);

function Waiting({ one, names, own, may }: { one: Proposal; names: Record<string, string>; own: boolean; may: boolean }) {
  const reader = useReader();
  const cache = useQueryClient();
  const agree = useMutation<unknown, ApiError>({
    mutationFn: () => postForFile(`/proposals/${one.proposal}/approval`, reader, {}),
    onSuccess: () => void cache.invalidateQueries(),
  });
  return (
    <section className="cf-panel" data-testid="proposal" aria-label={`Proposal ${one.proposal}`}>
      <div className="cf-sharing-head">
        <strong className="cf-breakable">Waits for a second person: to {one.to}, {one.purpose}</strong>
        <Marks of={one} />
      </div>
      <div className="cf-soft cf-breakable">
        Proposed {time(one.at)} by {names[one.by] ?? one.by} · as {one.format} · terms: {one.terms}
        {one.until && ` · until ${day(one.until)}`} · {one.ids.length ? one.ids.join(", ") : "everything that they may read"}
      </div>
      {agree.error && (
        <div role="alert" className="cf-refused">
          {agree.error.detail || agree.error.title}
        </div>
      )}
      {own || !may ? (
        <div className="cf-soft">{own ? "Somebody else has to agree." : "Whoever may approve has to agree."}</div>
      ) : (
        <Button size="xs" onClick={() => agree.mutate()} loading={agree.isPending} data-testid="agree">
          Agree and release
        </Button>
      )}
    </section>
  );
}
