import { Autocomplete, Button, TextInput } from "@mantine/core";
import { useState } from "react";

import { useApi } from "../api/client";
import type { Missing, ReportCheck } from "../api/types";
import { Answered } from "../parts/Screen";
import { count } from "../parts/format";

interface Props {
  to: string;
  ids: string[];
  profile: string | null;
  stated: Record<string, string>;
  onState: (stated: Record<string, string>) => void;
}

const WORDS: Record<string, string> = {
  rentity_id: "your number at the unit", currency_code_local: "the unit's currency", amount_local: "amount in the unit's currency",
  report_indicators: "indicators", transmode_code: "how it moved", from_funds_code: "kind of funds sent", to_funds_code: "kind of funds received",
  from_country: "country of the payer", to_country: "country of the payee", first_name: "first name", last_name: "last name", reason: "reason of the report",
};

/** What nobody shares with others: stated one by one only. */
const OWN = new Set(["first_name", "last_name", "name", "birthdate", "gender", "account", "account_name", "number", "id_number"]);

/** What a goAML report lacks, to be filled in: for all records at once, or one by one. Nothing is invented. */
export function ReportFields({ to, ids, profile, stated, onState }: Props) {
  const body = { to, ids, profile: profile ?? "", fields: stated };
  const check = useApi<ReportCheck>("/releases/report-check", {}, { body, onScreen: false, steady: true });
  return (
    <section aria-label="What the report lacks" data-testid="report-fields">
      <Answered query={check} what="Asking what the report lacks…">
        {(told) => (
          <>
            <h3>{told.missing.length ? `What the report lacks (${count(told.missing.length)})` : "The report lacks nothing that its profile wants"}</h3>
            {told.problems.map((text) => (
              <div key={text} className="cf-refused">
                {text}
              </div>
            ))}
            {told.missing.length > 0 && (
              <p className="cf-soft cf-flush">State what only you know. What the data say is never overwritten; what stays open makes the file a draft.</p>
            )}
            <Fill lines={told.missing} onState={(more) => onState({ ...stated, ...more })} />
            <Stated stated={stated} onState={onState} />
          </>
        )}
      </Answered>
    </section>
  );
}

function words(field: string): string {
  const text = WORDS[field] ?? field;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Fill({ lines, onState }: { lines: Missing[]; onState: (more: Record<string, string>) => void }) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const given = Object.entries(typed).filter(([, value]) => value.trim());
  const set = (key: string) => (value: string) => setTyped((before) => ({ ...before, [key]: value }));
  if (!lines.length) return null;
  const once = [...new Map(lines.map((line) => [line.key || `${line.path} ${line.field}`, line])).values()];
  return (
    <>
      <div className="cf-report-lines">
        {once.map((line) => (
          <div key={`${line.path} ${line.field} ${line.reason}`} className="cf-report-line" data-testid="missing">
            {OWN.has(line.field) && line.records.length > 1 ? (
              <strong>{words(line.field)}</strong>
            ) : line.key ? (
              <Entry line={line} value={typed[line.key] ?? ""} onChange={set(line.key)} />
            ) : (
              <div>
                <strong>{words(line.field)}</strong>: the data have to say it
              </div>
            )}
            <div className="cf-soft cf-breakable">
              {line.path}: {line.reason}
              {line.path !== "report" && `, ${line.times === 1 ? "once" : `${count(line.times)} times`}`}
            </div>
            {line.records.length > 1 && (
              <details>
                <summary>One by one</summary>
                {line.records.map((record) => {
                  const key = line.key.replace("@*", `@${record}`);
                  return <TextInput key={key} size="xs" label={record} value={typed[key] ?? ""} onChange={(event) => set(key)(event.currentTarget.value)} />;
                })}
              </details>
            )}
          </div>
        ))}
      </div>
      <Button
        size="xs" variant="default" disabled={!given.length} data-testid="state-fields"
        onClick={() => {
          onState(Object.fromEntries(given));
          setTyped({});
        }}
      >
        State {given.length ? count(given.length) : ""}
      </Button>
    </>
  );
}

function Entry({ line, value, onChange }: { line: Missing; value: string; onChange: (value: string) => void }) {
  const rate = line.key.startsWith("rate.") ? ` at a rate: one ${line.key.slice(5)} is` : "";
  const label = `${words(line.field)}${rate}${line.records.length > 1 ? ", for all" : ""}`;
  return line.codes.length ? (
    <Autocomplete size="xs" label={label} placeholder="code of the unit" data={line.codes} limit={60} value={value} onChange={onChange} />
  ) : (
    <TextInput size="xs" label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} data-testid={`state-${line.key}`} />
  );
}

function Stated({ stated, onState }: { stated: Record<string, string>; onState: (stated: Record<string, string>) => void }) {
  const rows = Object.entries(stated);
  if (!rows.length) return null;
  return (
    <ul className="cf-plain" data-testid="stated">
      {rows.map(([key, value]) => (
        <li key={key} className="cf-note">
          <span className="cf-mono cf-breakable">{key}</span>: {value}{" "}
          <Button size="compact-xs" variant="subtle" aria-label={`Take back ${key}`} onClick={() => onState(Object.fromEntries(rows.filter(([other]) => other !== key)))}>
            Take back
          </Button>
        </li>
      ))}
    </ul>
  );
}
