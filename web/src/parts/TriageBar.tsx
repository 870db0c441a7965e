import { Button, Textarea, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { useApi } from "../api/client";
import type { FindingDetail, TriageAnswer, TriageDecision, TriageReason, TriageState } from "../api/types";
import { SHORTCUTS } from "../shortcuts";
import type { Deciding } from "../triage/decide";
import { count, day } from "./format";
import { Marks } from "./Handling";

export const STATE_WORDS: Record<TriageState, string> = { escalate: "Escalate", watch: "Watch", dismiss: "Dismiss" };
export const STANDING_WORDS: Record<string, string> = {
  undecided: "undecided",
  again: "decided before, to be looked at again",
  escalate: "escalated",
  watch: "watched",
  dismiss: "dismissed",
};

const STATES = Object.keys(STATE_WORDS) as TriageState[];

/** What was decided about a finding, and the keys to decide: a letter for what, a digit for why. */
export function TriageBar({ finding, deciding, onDecided }: { finding: FindingDetail; deciding: Deciding; onDecided: () => void }) {
  const [state, setState] = useState<TriageState | null>(null);
  useHotkeys([
    [SHORTCUTS.escalate.keys, () => setState("escalate")],
    [SHORTCUTS.watch.keys, () => setState("watch")],
    [SHORTCUTS.dismiss.keys, () => setState("dismiss")],
  ]);
  const { withdraw } = deciding;
  return (
    <section className="cf-triage" aria-label="Triage" data-testid="triage">
      <div className="cf-triage-keys">
        {STATES.map((one) => (
          <Button key={one} variant={state === one ? "filled" : "default"} aria-expanded={state === one} onClick={() => setState(state === one ? null : one)} data-testid={one}>
            {STATE_WORDS[one]} ({SHORTCUTS[one].print})
          </Button>
        ))}
        <span className="cf-soft" data-testid="standing">
          {STANDING_WORDS[finding.standing]}
        </span>
      </div>
      {state && (
        <Reasons
          key={state}
          state={state}
          deciding={deciding}
          onCancel={() => setState(null)}
          onChoose={(reason, note, until) =>
            deciding.save.mutate(
              { finding: finding.id, state, reason, note, until },
              {
                onSuccess: () => {
                  setState(null);
                  onDecided();
                },
              },
            )
          }
        />
      )}
      {finding.decision && !state && (
        <Told of={finding.decision}>
          {finding.decision.finding === finding.id && (
            <button type="button" className="cf-door" disabled={withdraw.isPending} onClick={() => withdraw.mutate({ finding: finding.id, note: "" })} data-testid="withdraw">
              take back
            </button>
          )}
        </Told>
      )}
      {deciding.save.data?.proposal && deciding.save.variables?.finding === finding.id && (
        <p role="status" data-testid="waits">
          Two must agree to dismiss a finding this likely. It waits for somebody else under <Link to="/cases">Cases</Link>.
        </p>
      )}
      {withdraw.error && <Refused of={withdraw.error.detail || withdraw.error.title} />}
      {finding.history.length > 1 && (
        <details className="cf-fold">
          <summary>All that was decided: {count(finding.history.length)}</summary>
          {finding.history.map((one) => (
            <Told key={one.at} of={one} />
          ))}
        </details>
      )}
    </section>
  );
}

const Refused = ({ of }: { of: string }) => (
  <div role="alert" className="cf-refused" data-testid="triage-error">
    {of}
  </div>
);

function Told({ of, children }: { of: TriageDecision; children?: React.ReactNode }) {
  return (
    <div className="cf-decided" data-lapsed={!of.in_force || undefined} data-testid="triage-decision">
      <strong>{of.state === "withdrawn" ? "Taken back" : STATE_WORDS[of.state]}</strong>
      {of.title && `: ${of.title}`}
      {of.until && `, until ${of.until}`} <span className="cf-soft">by {of.by} on {day(of.at)}</span> {children} <Marks of={of} />
      {of.note && <div className="cf-anywhere">{of.note}</div>}
      {of.lapsed.map((why) => (
        <div key={why} className="cf-soft">
          No longer counts: {why}
        </div>
      ))}
    </div>
  );
}

interface ReasonsProps {
  state: TriageState;
  deciding: Deciding;
  onChoose: (reason: string, note: string, until: string | null) => void;
  onCancel: () => void;
}

/** The reasons that serve a state, each under its digit. A digit records at once, unless the reason wants a note. */
function Reasons({ state, deciding, onChoose, onCancel }: ReasonsProps) {
  const query = useApi<TriageAnswer>("/triage", { limit: 0 }, { onScreen: false });
  const codes = (query.data?.codes ?? []).filter((one) => one.states.includes(state));
  const [chosen, setChosen] = useState<TriageReason | null>(null);
  const [note, setNote] = useState("");
  const [until, setUntil] = useState("");
  const noted = useRef<HTMLTextAreaElement>(null);
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    void box.current?.scrollIntoView({ block: "nearest" });
  }, [codes.length]);
  const { save } = deciding;
  const record = (reason: TriageReason) => {
    if (save.isPending) return;
    setChosen(reason);
    if (reason.note && !note.trim()) noted.current?.focus();
    else onChoose(reason.code, note, until || null);
  };
  // Taken before the digits that go to a screen: while this is open they name reasons.
  const pressed = useRef<(event: KeyboardEvent) => void>(() => undefined);
  pressed.current = (event) => {
    const writing = event.target instanceof HTMLElement && event.target.matches("input, textarea");
    if (event.key === "Escape") {
      if (writing) (event.target as HTMLElement).blur();
      else onCancel();
    } else if (!writing && /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const reason = codes[Number(event.key) - 1];
      if (reason) record(reason);
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pressed.current(event);
    window.addEventListener("keydown", listen, true);
    return () => window.removeEventListener("keydown", listen, true);
  }, []);
  return (
    <form
      ref={box}
      className="cf-card cf-reasons"
      aria-label={`Why ${STATE_WORDS[state].toLowerCase()}`}
      data-testid="reasons"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) record(chosen);
      }}
    >
      <ol className="cf-plain">
        {codes.map((one, i) => (
          <li key={one.code}>
            <button type="button" className="cf-row-button cf-reason" aria-pressed={chosen?.code === one.code} onClick={() => record(one)} data-testid={`reason-${one.code}`}>
              <kbd className="cf-key-cap">{i + 1}</kbd>
              <span>
                {one.title}
                {one.note && <span className="cf-soft"> (with a note)</span>}
                <span className="cf-soft cf-reason-use">{one.use}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      <div className="cf-reason-more">
        <Textarea
          ref={noted}
          size="xs"
          label={chosen?.note ? `Note: ${chosen.title}` : "Note"}
          placeholder="In words, where the code does not say it all"
          autosize
          minRows={1}
          maxLength={2000}
          required={chosen?.note ?? false}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          }}
          data-testid="note"
        />
        <TextInput size="xs" label="Until" placeholder="it changes" title="2027, 2027-06 or 2027-06-30; empty: until the finding changes" value={until} onChange={(event) => setUntil(event.currentTarget.value.trim())} data-testid="triage-until" />
      </div>
      {save.error && <Refused of={save.error.detail || save.error.title} />}
      <div className="cf-card-actions">
        {chosen && (
          <Button type="submit" loading={save.isPending} disabled={chosen.note && !note.trim()} data-testid="triage-save">
            Record: {chosen.title}
          </Button>
        )}
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <span className="cf-soft">a digit records, Esc leaves; for a note first Tab</span>
      </div>
    </form>
  );
}
