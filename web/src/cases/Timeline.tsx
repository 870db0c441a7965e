import { Select } from "@mantine/core";
import { useState } from "react";

import { useApi } from "../api/client";
import type { CaseHistory, CaseVersion } from "../api/types";
import { count, day, words } from "../parts/format";
import { Marks } from "../parts/Handling";
import { Answered } from "../parts/Screen";
import { said } from "./Refusal";

/** Everything that happened in a case as far as the reader may see it, the newest first: every version of every row. */
export function Timeline({ id }: { id: string }) {
  const query = useApi<CaseHistory>(`/cases/${encodeURIComponent(id)}/history`);
  const [kind, setKind] = useState<string | null>(null);
  const [who, setWho] = useState<string | null>(null);
  return (
    <Answered query={query} what="Reading its history…">
      {({ versions }) => {
        const first = new Map([...versions].reverse().map((one) => [one.row, one.fields] as const).filter(([, fields]) => Object.keys(fields).length));
        const shown = versions.filter((one) => (!kind || one.kind === kind) && (!who || one.by === who));
        const days = [...new Set(shown.map((one) => day(one.at)))];
        return (
          <div data-testid="history">
            <div className="cf-case-line">
              <Select size="xs" label="What" placeholder="everything" clearable data={[...new Set(versions.map((one) => one.kind))].sort().map((value) => ({ value, label: words(value) }))} value={kind} onChange={setKind} data-testid="history-kind" />
              <Select size="xs" label="Who" placeholder="everybody" clearable data={[...new Set(versions.map((one) => one.by))].sort()} value={who} onChange={setWho} data-testid="history-who" />
              <span className="cf-soft">
                {count(shown.length)} of {count(versions.length)}
              </span>
            </div>
            {days.map((on) => (
              <section key={on} aria-label={on}>
                <h3>{on}</h3>
                <ol className="cf-plain cf-timeline">
                  {shown
                    .filter((one) => day(one.at) === on)
                    .map((one) => (
                      <Event key={one.version} of={one} about={title(first.get(one.row) ?? {})} />
                    ))}
                </ol>
              </section>
            ))}
          </div>
        );
      }}
    </Answered>
  );
}

function Event({ of: one, about }: { of: CaseVersion; about: string }) {
  const changed = Object.entries(one.changed);
  return (
    <li data-kind={one.kind} data-testid="event">
      <span className="cf-soft cf-tabular">{one.at.slice(11, 16)}</span>
      <div className="cf-anywhere">
        <strong>{one.by}</strong> {changed.length ? `changed ${NAMES[one.kind] ?? one.kind}` : one.follows.length ? `joined or marked anew ${NAMES[one.kind] ?? one.kind}` : (SAYS[one.kind] ?? `wrote ${one.kind}`)} {about && <span>“{about}”</span>}
        {changed.map(([key, [before, after]]) => (
          <div key={key} className="cf-soft">
            {words(key)}: <del>{said(before)}</del> <ins>{said(after)}</ins>
          </div>
        ))}
      </div>
      <Marks of={one} />
    </li>
  );
}

const NAMES: Record<string, string> = { case: "the case", member: "the member", thing: "what it is about:", task: "the task", note: "the note", request: "the request", referral: "the referral", proposal: "the proposal" };
const SAYS: Record<string, string> = {
  case: "opened the case",
  member: "brought in",
  thing: "added",
  task: "set the task",
  note: "noted",
  request: "asked",
  referral: "referred",
  decision: "decided",
  snapshot: "kept the chart",
  proposal: "proposed to",
};

/** What a row is called. */
function title(fields: Record<string, unknown>): string {
  const text = fields.title ?? fields.caption ?? fields.what ?? fields.question ?? fields.text ?? fields.act;
  const name = [fields.organisation, fields.unit, fields.person].filter(Boolean).join("/");
  const whole = String(text || name || fields.id || "");
  return whole.length > 160 ? `${whole.slice(0, 158)}…` : whole;
}
