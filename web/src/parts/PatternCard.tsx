import { SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { useApi } from "../api/client";
import { AddToCase } from "../cases/AddToCase";
import type { AskedRecord, PatternDetail, PatternStep } from "../api/types";
import { LANES, type LanesBy } from "../viz/patternLanes";
import { mountPatternTimeline, timelineHeight, type PatternTimelineData } from "../viz/patternTimeline";
import { EntityChip } from "./EntityChip";
import { useExplain } from "./ExplainDrawer";
import { FindingBrief } from "./FindingBrief";
import { count, figure, span, time, words } from "./format";
import { Marks } from "./Handling";
import { Likelihood } from "./Likelihood";
import { Picture, usePalette } from "./Picture";
import { Answered } from "./Screen";

/** One pattern of activity whole: what to ask for, when it went on, who is in it, why together, what it may innocently be. */
export function PatternCard({ id }: { id: string }) {
  const query = useApi<PatternDetail>(`/patterns/${encodeURIComponent(id)}`, {}, { steady: true });
  return (
    <article className="cf-finding" aria-label="Pattern" data-testid="pattern-card">
      <Answered query={query} what="Joining the findings…">
        {(pattern) => <Body key={pattern.id} pattern={pattern} />}
      </Answered>
    </article>
  );
}

const first = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const SHARE = (p: number): string => `${Math.round(p * 100)} %`;

function Body({ pattern }: { pattern: PatternDetail }) {
  const titles = new Map(pattern.members.map((one) => [one.id, one.title]));
  const title = (id: string) => titles.get(id) ?? id;
  const { benign } = pattern;
  return (
    <>
      <h1 data-testid="pattern-sentence">{pattern.sentence}</h1>
      <div className="cf-brief-foot">
        <Likelihood word={pattern.likelihood} basis={pattern.basis} />
        <span className="cf-soft">by rule, not calibrated</span>
        <span className="cf-soft cf-nowrap">{span(pattern.start, pattern.end)}</span>
        <span>{pattern.activities.map(words).join(" · ")}</span>
        <Marks of={pattern} quiet={false} />
        <span className="cf-grow" />
        <AddToCase thing={{ thing: "pattern", id: pattern.id }} />
      </div>
      {pattern.next_record && (
        <section aria-label="What to ask for" data-testid="next-record">
          <h2>The one record to ask for</h2>
          <Asked asked={pattern.next_record} now={pattern.probability} title={title} />
          {pattern.other_records.length > 0 && (
            <details className="cf-fold">
              <summary>The next best</summary>
              {pattern.other_records.map((one) => (
                <Asked key={one.record} asked={one} now={pattern.probability} title={title} />
              ))}
            </details>
          )}
        </section>
      )}
      <section aria-label="Timeline">
        <Timeline pattern={pattern} title={title} />
      </section>
      <section aria-label="Parties">
        <h2>Who is in it</h2>
        <table className="cf-table" data-testid="pattern-parties">
          <tbody>
            {pattern.parties.map((one) => (
              <tr key={one.entity}>
                <td>
                  <EntityChip id={one.entity} caption={one.caption} listed={one.listed} />
                </td>
                <td>{one.roles.join("; ")}</td>
                <td className="cf-soft cf-nowrap">{one.findings ? `${count(one.findings)} of ${count(pattern.findings.length)} findings` : "ties others"}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {pattern.amounts.length > 0 && (
          <dl className="cf-detail">
            {pattern.amounts.map((one) => (
              <div key={`${one.what} ${one.unit}`}>
                <dt>{words(one.what)}, each record counted once</dt>
                <dd>
                  {figure(one.amount)} {one.unit}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <div className="cf-two">
        <section aria-label="Why together">
          <h2>Why they are thought to be one</h2>
          <ul className="cf-notes" data-testid="ties">
            {pattern.ties.map((tie) => (
              <li key={`${tie.one} ${tie.other}`}>
                {title(tie.one)} and {title(tie.other)}: {tie.because.map((one) => one.what).join("; ")}
              </li>
            ))}
          </ul>
        </section>
        <section aria-label="Benign explanation">
          <h2>What would explain it all innocently</h2>
          <p data-testid="benign">{benign.text}.</p>
          <p className="cf-soft">
            It would explain {SHARE(benign.share)} of what weighs
            {benign.leaves.length ? `, and leaves: ${[...new Set(benign.leaves.map(title))].join(", ")}.` : ", and leaves no finding out."}
          </p>
        </section>
      </div>
      <section aria-label="Findings">
        <h2>Its findings</h2>
        {pattern.members.map((one) => (
          <FindingBrief key={one.id} finding={one} />
        ))}
        <details className="cf-fold">
          <summary>What each adds</summary>
          <table className="cf-table">
            <thead>
              <tr>
                <th>finding</th>
                <th className="num" title="Natural logarithm of the odds">
                  adds to the log-odds
                </th>
                <th className="num">evidence that no other told</th>
                <th className="num">belongs</th>
              </tr>
            </thead>
            <tbody>
              {pattern.parts.map((one) => (
                <tr key={one.finding}>
                  <td>{title(one.finding)}</td>
                  <td className="num">{figure(one.adds)}</td>
                  <td className="num">{SHARE(one.new_evidence)}</td>
                  <td className="num">{SHARE(one.belongs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </section>
      {pattern.beside.length > 0 && (
        <section aria-label="Beside it">
          <h2>Beside it</h2>
          <ul className="cf-notes">
            {pattern.beside.map((one) => (
              <li key={one.id}>
                <Link to="/patterns" search={{ pattern: one.id }}>
                  {one.sentence}
                </Link>{" "}
                <Marks of={one} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** A record, who has it, and where the likelihood would go: down if it does not show that, up if it does. */
function Asked({ asked, now, title }: { asked: AskedRecord; now: number; title: (id: string) => string }) {
  return (
    <div className="cf-asked">
      <p className="cf-asked-name">{first(asked.record)}</p>
      <div className="cf-asked-rule" aria-hidden>
        <span className="cf-asked-span" style={{ left: `${asked.if_not * 100}%`, width: `${(asked.if_it_shows - asked.if_not) * 100}%` }} />
        <span className="cf-asked-now" style={{ left: `${now * 100}%` }} />
      </div>
      <p>
        Now {SHARE(now)}. <strong>{SHARE(asked.if_it_shows)}</strong> if it shows {asked.shows}; <strong>{SHARE(asked.if_not)}</strong> if not.
      </p>
      <p className="cf-soft">
        Who has it: {asked.holder}. It bears on: {[...new Set(asked.findings.map(title))].join(", ")}.
      </p>
    </div>
  );
}

const LANES_WORDS: Record<LanesBy, string> = { activity: "By activity", party: "By party" };

function Timeline({ pattern, title }: { pattern: PatternDetail; title: (id: string) => string }) {
  const palette = usePalette();
  const explain = useExplain();
  const [by, setBy] = useState<LanesBy>("activity");
  const [chosen, setChosen] = useState<number | null>(null);
  const data = useMemo<PatternTimelineData>(() => {
    const open = (step: number) => {
      setChosen(step);
      const one = pattern.timeline[step];
      if (one) explain(...(one.record ? one.evidence : [one.finding]));
    };
    const says = (step: PatternStep): string => `${span(step.start, step.end)}: ${step.record ? step.what : `${title(step.finding)}: ${step.what}`}`;
    return { palette, steps: pattern.timeline, parties: pattern.parties, by, chosen, says, onStep: open };
  }, [palette, pattern, by, chosen]);
  return (
    <>
      <div className="cf-attempt-controls">
        <h2>The pattern in time</h2>
        <span className="cf-grow" />
        <span className="cf-soft">▬ finding ○ record</span>
        <SegmentedControl size="xs" aria-label="Lanes" value={by} onChange={(value) => setBy(value as LanesBy)} data={LANES.map((value) => ({ value, label: LANES_WORDS[value] }))} data-testid="lanes" />
      </div>
      <Picture mount={mountPatternTimeline} data={data} name="pattern-timeline" style={{ minHeight: timelineHeight(data) + 22 }} />
      <details className="cf-fold" data-testid="timeline-list">
        <summary>As a list: {count(pattern.timeline.length)} steps</summary>
        <ol className="cf-pattern-steps">
          {pattern.timeline.map((step, i) => (
            <li key={`${step.finding} ${step.record ?? ""}`}>
              <span className="cf-soft cf-nowrap">{step.start ? time(step.start) : "undated"}</span>
              <button type="button" className="cf-door" onClick={() => data.onStep(i)}>
                {step.what}
              </button>
            </li>
          ))}
        </ol>
      </details>
    </>
  );
}
