import { Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { ApiError, post } from "../api/client";
import { useReader } from "../api/reader";
import type { Release } from "../api/types";
import type { Me } from "../identity/session";
import { Marks } from "../parts/Handling";
import { count, day, time } from "../parts/format";

const STATES = { released: "released", recalled: "recalled, not acknowledged", acknowledged: "recalled, acknowledged" } as const;

type Act = "feedback" | "recall" | "acknowledgement";

const ASKED: Record<Act, string> = {
  feedback: "In their words",
  recall: "Why it is called back",
  acknowledgement: "Who says that it is deleted or put aside",
};

/** One release as the ledger has it, and what its reader may do about it. */
export function Released({ one, names, me }: { one: Release; names: Record<string, string>; me: Me | null }) {
  const mine = one.direction === "in";
  const who = (id: string): string => names[id] ?? id;
  const due = one.feedback_by && !one.feedback.length && one.state === "released";
  return (
    <section className="cf-panel" data-testid="release" data-direction={one.direction} aria-label={`Release ${one.release}`}>
      <div className="cf-sharing-head">
        <strong className="cf-breakable">
          {mine ? `From ${one.from || "the workspace's owner"}` : `To ${one.to}`}: {one.purpose}
        </strong>
        <span data-testid="release-state" data-state={one.state} className={one.state === "recalled" ? "cf-refused" : undefined}>
          {STATES[one.state]}
        </span>
        {one.expired && <span className="cf-refused">terms ended on {day(one.until ?? "")}</span>}
        <Marks of={one} />
      </div>
      <div className="cf-soft cf-breakable">
        {time(one.at)} by {who(one.by)} · {count(one.count)} records as {one.format} · terms: {one.terms}
        {one.until && !one.expired && ` · until ${day(one.until)}`}
        {one.case && ` · case ${one.case}`}
      </div>
      <div className="cf-soft cf-breakable">
        {one.release} · SHA-256{" "}
        {!me || me.owner || me.verbs.includes("audit") ? (
          <Link to="/custody" search={{ sha256: one.sha256 }} className="cf-mono">
            {one.sha256}
          </Link>
        ) : (
          <span className="cf-mono">{one.sha256}</span>
        )}
      </div>
      {due && (
        <div className="cf-note" data-testid="feedback-asked">
          {mine ? "They ask you" : "They were asked"} how useful it was, by {day(one.feedback_by ?? "")}
        </div>
      )}
      {one.feedback.map((row) => (
        <div key={row.at} className="cf-note cf-breakable">
          Useful {row.score} of 5{row.text && `: ${row.text}`} ({who(row.by)}, {time(row.at)})
        </div>
      ))}
      {one.recalls.map((row) => (
        <details key={row.at} className="cf-note" open={mine && one.state === "recalled"}>
          <summary className="cf-breakable">
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
      <Acts one={one} mine={mine} me={me} />
    </section>
  );
}

function Acts({ one, mine, me }: { one: Release; mine: boolean; me: Me | null }) {
  const reader = useReader();
  const cache = useQueryClient();
  const [doing, setDoing] = useState<Act | null>(null);
  const [words, setWords] = useState("");
  const [score, setScore] = useState<string | null>("3");
  const may = (verb: string): boolean => !me || me.owner || me.verbs.includes(verb);
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
  if (!doing)
    return (
      <div className="cf-card-actions">
        {may("case") && (
          <Button size="xs" variant="default" onClick={() => setDoing("feedback")} data-testid="release-feedback">
            Feedback
          </Button>
        )}
        {!mine && may("release") && (
          <Button size="xs" variant="default" onClick={() => setDoing("recall")} data-testid="release-recall">
            Recall
          </Button>
        )}
        {one.state === "recalled" && may(mine ? "case" : "release") && (
          <Button size="xs" variant={mine ? "filled" : "default"} onClick={() => setDoing("acknowledgement")} data-testid="release-acknowledge">
            {mine ? "Deleted or put aside" : "Acknowledged"}
          </Button>
        )}
      </div>
    );
  const asked = doing === "acknowledgement" && mine ? `${ASKED.acknowledgement} (empty: you)` : ASKED[doing];
  return (
    <form
      className="cf-sharing-fields"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      {doing === "feedback" && <Select size="xs" label="Useful, 1 to 5" data={["1", "2", "3", "4", "5"]} value={score} onChange={setScore} allowDeselect={false} />}
      <TextInput
        size="xs" label={asked} value={words} onChange={(event) => setWords(event.currentTarget.value)} data-testid="release-words"
        required={doing === "recall" || (doing === "acknowledgement" && !mine)}
      />
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
  );
}
