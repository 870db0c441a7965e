import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ApiError, post, postForFile, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { Dissemination, Proposal, Release, ReleasePlan, ReleaseTerms, Withheld } from "../api/types";
import { Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, time } from "../parts/format";

const route = getRouteApi("/sharing");

/** What is to leave for whom, and what left: with feedback and recall. */
export function SharingScreen() {
  const terms = useApi<ReleaseTerms>("/release-terms", {}, { onScreen: false });
  const ledger = useApi<Dissemination>("/dissemination");
  return (
    <Screen name="sharing" title="Sharing">
      <Answered query={terms} what="Asking who may be released to…">
        {(told) => <ReleaseForm terms={told} />}
      </Answered>
      <Answered query={ledger} what="Reading the dissemination ledger…">
        {({ releases, proposals }) => (
          <>
            {proposals.map((one) => (
              <Waiting key={one.proposal} one={one} />
            ))}
            <h2>Dissemination</h2>
            {releases.length ? (
              releases.map((one) => <Released key={one.release} one={one} />)
            ) : (
              <Empty title="Nothing was released">Say above what is to leave, and for whom.</Empty>
            )}
          </>
        )}
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
  const [profile, setProfile] = useState<string | null>(null);
  const set = (change: Record<string, unknown>) => void navigate({ to: "/sharing", search: (before) => ({ ...before, ...change }), replace: true });
  const plan = useApi<ReleasePlan>(to ? "/releases/plan" : null, {}, { body: { to, ids }, onScreen: false });
  const release = useMutation<{ name: string; release: string } | { other: { proposal: string } }, ApiError>({
    mutationFn: () =>
      postForFile("/releases", reader, {
        to, ids, format, terms: how, purpose: why,
        ...(format === "goaml" ? { ...(profile ? { profile } : {}), fields: { submission_date: new Date().toISOString().slice(0, 19) } } : {}),
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
          data={terms.recipients.map((one) => one.to)}
        />
        <Select
          size="xs" label="Format" placeholder="File format" required data-testid="release-format" value={format ?? null} onChange={(value) => set({ format: value ?? undefined })}
          data={terms.formats.map((one) => ({ value: one.name, label: one.title }))}
        />
        {format === "goaml" && (
          <Select size="xs" label="Profile of the unit" clearable value={profile} onChange={setProfile} data={terms.profiles.map((one) => ({ value: one.name, label: one.title }))} />
        )}
        <TextInput
          size="xs" label="What" placeholder="ids of parties and findings; empty: all that they may read" value={typed} data-testid="release-ids"
          onChange={(event) => setTyped(event.currentTarget.value)} onBlur={() => set({ ids: typed.split(/\s+/).filter(Boolean) })}
        />
        <Textarea size="xs" label="Terms" placeholder="lead only, no onward release" required autosize minRows={1} value={how} onChange={(event) => setHow(event.currentTarget.value)} data-testid="release-how" />
        <Textarea size="xs" label="Purpose" placeholder="why they are to know" required autosize minRows={1} value={why} onChange={(event) => setWhy(event.currentTarget.value)} data-testid="release-why" />
      </div>
      {to && (
        <Answered query={plan} what="Working out what may leave…">
          {(told) => <Plan plan={told} />}
        </Answered>
      )}
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

function Waiting({ one }: { one: Proposal }) {
  const reader = useReader();
  const cache = useQueryClient();
  const agree = useMutation<unknown, ApiError>({
    mutationFn: () => postForFile(`/proposals/${one.proposal}/approval`, reader, {}),
    onSuccess: () => void cache.invalidateQueries(),
  });
  return (
    <section className="cf-panel" data-testid="proposal" aria-label={`Proposal ${one.proposal}`}>
      <strong>Waits for a second person</strong>: to {one.to}, {one.format}, {one.purpose}. Terms: {one.terms}. <Marks of={one} />
      {agree.error && (
        <div role="alert" className="cf-refused">
          {agree.error.detail || agree.error.title}
        </div>
      )}
      <Button size="xs" onClick={() => agree.mutate()} loading={agree.isPending}>
        Agree and release
      </Button>
    </section>
  );
}

const STATES = { released: "released", recalled: "recalled, not acknowledged", acknowledged: "recalled, acknowledged" } as const;

function Released({ one }: { one: Release }) {
  const reader = useReader();
  const cache = useQueryClient();
  const [doing, setDoing] = useState<"feedback" | "recall" | "acknowledgement" | null>(null);
  const [words, setWords] = useState("");
  const [score, setScore] = useState<string | null>("3");
  const send = useMutation<unknown, ApiError>({
    mutationFn: () => {
      const body = { feedback: { score: Number(score), text: words }, recall: { reason: words }, acknowledgement: { by: words } }[doing ?? "feedback"];
      return post(`/dissemination/${one.release}/${doing ?? "feedback"}`, reader, body);
    },
    onSuccess: () => {
      setDoing(null);
      setWords("");
      void cache.invalidateQueries();
    },
  });
  const ask = { feedback: "In their words", recall: "Why it is called back", acknowledgement: "Who says that it is deleted or put aside" };
  return (
    <section className="cf-panel" data-testid="release" aria-label={`Release ${one.release}`}>
      <div className="cf-sharing-head">
        <strong>
          To {one.to}: {one.purpose}
        </strong>
        <span data-testid="release-state" data-state={one.state}>
          {STATES[one.state]}
        </span>
        <Marks of={one} />
      </div>
      <div className="cf-soft">
        {time(one.at)} by {one.by} · {count(one.count)} records as {one.format} · terms: {one.terms}
        {one.case && ` · case ${one.case}`}
      </div>
      <div className="cf-soft">
        {one.release} · SHA-256 <span className="cf-mono">{one.sha256}</span>
      </div>
      {one.feedback.map((row) => (
        <div key={row.at} className="cf-note">
          Useful {row.score} of 5{row.text && `: ${row.text}`} ({time(row.at)})
        </div>
      ))}
      {one.recalls.map((row) => (
        <details key={row.at} className="cf-note">
          <summary>
            Recalled {time(row.at)}: {row.reason}
          </summary>
          <pre>{row.notice}</pre>
        </details>
      ))}
      {one.acknowledged.map((row) => (
        <div key={row.at} className="cf-note">
          Acknowledged by {row.who} ({time(row.at)})
        </div>
      ))}
      {doing ? (
        <form
          className="cf-sharing-fields"
          onSubmit={(event) => {
            event.preventDefault();
            send.mutate();
          }}
        >
          {doing === "feedback" && <Select size="xs" label="Useful, 1 to 5" data={["1", "2", "3", "4", "5"]} value={score} onChange={setScore} />}
          <TextInput size="xs" label={ask[doing]} value={words} onChange={(event) => setWords(event.currentTarget.value)} required={doing !== "feedback"} data-testid="release-words" />
          <div className="cf-card-actions">
            <Button size="xs" type="submit" loading={send.isPending} data-testid="release-send">
              Record
            </Button>
            <Button size="xs" variant="default" onClick={() => setDoing(null)}>
              Cancel
            </Button>
          </div>
          {send.error && (
            <div role="alert" className="cf-refused">
              {send.error.detail || send.error.title}
            </div>
          )}
        </form>
      ) : (
        <div className="cf-card-actions">
          <Button size="xs" variant="default" onClick={() => setDoing("feedback")} data-testid="release-feedback">
            Feedback
          </Button>
          <Button size="xs" variant="default" onClick={() => setDoing("recall")} data-testid="release-recall">
            Recall
          </Button>
          {one.state === "recalled" && (
            <Button size="xs" variant="default" onClick={() => setDoing("acknowledgement")} data-testid="release-acknowledge">
              Acknowledged
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
