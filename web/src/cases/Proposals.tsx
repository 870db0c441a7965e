import { Button, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { remove } from "../api/client";
import { useReader } from "../api/reader";
import type { CaseProposal, WaitingProposal } from "../api/types";
import { time } from "../parts/format";
import { Marks } from "../parts/Handling";
import { useAct } from "./acts";
import { Refusal, said } from "./Refusal";
import { useMutation, useQueryClient } from "@tanstack/react-query";

export const ACTS: Record<string, string> = { close: "Close the case", refer: "Refer to another unit", release: "Let a row out", dismiss: "Dismiss a finding" };

/** Acts that wait for a second person, each with what it would do. */
export function Proposals({ of }: { of: WaitingProposal[] }) {
  return (
    <ul className="cf-plain">
      {of.map((one) => (
        <Waiting key={one.row} of={one} />
      ))}
    </ul>
  );
}

function Waiting({ of: one }: { of: WaitingProposal }) {
  const reader = useReader();
  const cache = useQueryClient();
  const act = useAct();
  const [reason, setReason] = useState("");
  const take = useMutation({
    mutationFn: () => remove(`/proposals/${one.row}`, reader, { reason }),
    onSettled: () => cache.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === "string" && /^\/(cases|news|proposals)/.test(queryKey[1]) }),
  });
  const answer = (agree: boolean) => act.mutate({ path: `/proposals/${one.row}`, body: { agree, reason } });
  return (
    <li className="cf-card cf-case-row" data-testid="proposal">
      <div className="cf-brief-foot">
        <strong>{ACTS[one.act] ?? one.act}</strong>
        {one.case && (
          <Link to="/cases/$id" params={{ id: one.case }}>
            <code>{one.case}</code>
          </Link>
        )}
        {one.act === "dismiss" && (
          <Link to="/findings" search={{ finding: String(one.given.finding), standing: "all" }}>
            the finding
          </Link>
        )}
        <span className="cf-soft">
          by {one.by}, {time(one.at)}
        </span>
        <Marks of={one} />
      </div>
      <Given of={one} />
      {one.mine ? (
        <div className="cf-card-actions">
          <span className="cf-soft">Yours: somebody else must agree.</span>
          <Button size="compact-xs" variant="default" loading={take.isPending} onClick={() => take.mutate()} data-testid="take-back">
            Take back
          </Button>
        </div>
      ) : (
        <div className="cf-case-line">
          <TextInput size="xs" aria-label="Reason" placeholder="Reason; needed to decline" value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-testid="consent-reason" />
          <Button size="xs" loading={act.isPending} onClick={() => answer(true)} data-testid="agree">
            Agree
          </Button>
          <Button size="xs" variant="default" disabled={!reason.trim()} onClick={() => answer(false)} data-testid="decline">
            Decline
          </Button>
        </div>
      )}
      <Refusal error={act.error} />
    </li>
  );
}

const INNER = new Set(["base", "label"]);

/** What a proposal would do, field by field. */
export function Given({ of }: { of: CaseProposal }) {
  const { fields, ...rest } = of.given;
  const told = Object.entries({ ...rest, ...((fields as Record<string, unknown> | undefined) ?? {}) }).filter(([key, value]) => !INNER.has(key) && value !== "" && value !== null && !(Array.isArray(value) && !value.length));
  return (
    <dl className="cf-facts">
      {told.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{said(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
