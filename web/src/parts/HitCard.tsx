import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconAffiliate } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import { AddToCase } from "../cases/AddToCase";
import type { Disposition, Entity, ScreenAnswer, ScreenHit } from "../api/types";
import { SHORTCUTS } from "../shortcuts";
import { Decided, DispositionForm, type Verdict } from "./DispositionForm";
import { KindDot } from "./EntityChip";
import { useExplain } from "./ExplainDrawer";
import { Marks } from "./Handling";
import { Empty } from "./Screen";
import { Waterfall } from "./Waterfall";
import { country, words } from "./format";

interface HitCardProps {
  answer: ScreenAnswer;
  onDecided: (entity: string, disposition: Disposition | null) => void;
  onNext: () => void;
}

/** One party that was screened: what was asked, whom it may be and why, and what was decided. */
export function HitCard({ answer, onDecided, onNext }: HitCardProps) {
  const [at, setAt] = useState(0);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const hit = answer.results[Math.min(at, answer.results.length - 1)];
  const decide = (to: Verdict) => hit && setVerdict(to);
  useHotkeys([
    [SHORTCUTS.falsePositive.keys, () => decide("false-positive")],
    [SHORTCUTS.trueMatch.keys, () => decide("true-match")],
    [SHORTCUTS.undecided.keys, () => decide("undecided")],
    [SHORTCUTS.nextHit.keys, () => setAt(Math.min(answer.results.length - 1, at + 1))],
    [SHORTCUTS.previousHit.keys, () => setAt(Math.max(0, at - 1))],
  ]);
  return (
    <article className="cf-finding" aria-label="Hit" data-testid="hit-card">
      <Asked answer={answer} />
      {answer.error && <Empty title="This one was not screened">{answer.error}</Empty>}
      {answer.problems?.map((problem) => (
        <p key={problem} className="cf-soft" data-testid="problem">
          Not used: {problem}
        </p>
      ))}
      {!answer.error && !hit && (
        <Empty title="No hit">Nobody that this audience may read about reaches the threshold. That is no proof that there is none: check spellings and dates.</Empty>
      )}
      {answer.results.length > 1 && (
        <ol className="cf-plain cf-hitlist" aria-label="Hits">
          {answer.results.map((one, n) => (
            <li key={one.id}>
              <button
                type="button"
                className="cf-queue-item"
                aria-current={one.id === hit?.id}
                onClick={() => {
                  setAt(n);
                  setVerdict(null);
                }}
                data-testid="hit"
              >
                <span className="num">{one.probability.toFixed(2)}</span> <KindDot schema={one.schema} /> <bdi>{one.caption}</bdi>{" "}
                {one.disposition && <span className="cf-soft">{one.disposition.in_force ? words(one.disposition.verdict) : "decided, no longer counts"}</span>}
              </button>
            </li>
          ))}
        </ol>
      )}
      {hit && answer.query && (
        <Body
          key={hit.id}
          answer={answer}
          hit={hit}
          verdict={verdict}
          onVerdict={setVerdict}
          onDecided={(told) => {
            setVerdict(null);
            onDecided(hit.id, told);
            if (told && at === answer.results.length - 1) onNext();
          }}
        />
      )}
    </article>
  );
}

/** The party as it was asked about. */
function Asked({ answer }: { answer: ScreenAnswer }) {
  const told = Object.entries(answer.query?.properties ?? {});
  return (
    <section aria-label="Screened" className="cf-asked">
      <span className="cf-soft">
        {answer.id}
        {answer.query?.schema && ` · ${words(answer.query.schema)}`}
      </span>
      <dl className="cf-detail">
        {told.map(([name, values]) => (
          <div key={name}>
            <dt>{words(name)}</dt>
            <dd>
              <bdi>{[values].flat().join("; ")}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface BodyProps {
  answer: ScreenAnswer;
  hit: ScreenHit;
  verdict: Verdict | null;
  onVerdict: (verdict: Verdict | null) => void;
  onDecided: (disposition: Disposition | null) => void;
}

function Body({ answer, hit, verdict, onVerdict, onDecided }: BodyProps) {
  const explain = useExplain();
  const matched = hit.explanation.matched?.right;
  return (
    <>
      <h1 className="cf-hit-head" data-testid="hit-caption">
        <KindDot schema={hit.schema} />
        <Link to="/entity/$id" params={{ id: hit.id }}>
          <bdi>{hit.caption}</bdi>
        </Link>
        <span className="cf-soft">
          {hit.match ? "match" : "possible"} <span className="num">{hit.probability.toFixed(2)}</span> · {hit.explanation.standing}
        </span>
      </h1>
      <p data-testid="sentence">{hit.explanation.sentence}</p>
      <div className="cf-brief-foot">
        {matched && (
          <button type="button" className="cf-door" onClick={() => explain(`${matched.subject}#${matched.property}`)} data-testid="matched">
            matched {words(matched.property).toLowerCase()} of {matched.subject}
          </button>
        )}
        <AddToCase thing={{ thing: "hit", id: hit.id, asked: Object.values(answer.query?.properties ?? {}).flat().join("; ").slice(0, 2000) }} size="compact-xs" />
        <Marks of={hit} quiet={false} />
      </div>
      {hit.disposition && <Decided of={hit.disposition} />}
      {verdict ? (
        <DispositionForm query={answer.query ?? { id: null, schema: null, properties: {} }} hit={hit} verdict={verdict} onVerdict={onVerdict} onDone={onDecided} onCancel={() => onVerdict(null)} />
      ) : (
        <div className="cf-card-actions">
          <Button variant="default" onClick={() => onVerdict("false-positive")} data-testid="false-positive">
            False positive (F)
          </Button>
          <Button variant="default" onClick={() => onVerdict("true-match")} data-testid="true-match">
            True match (T)
          </Button>
          <Button variant="default" onClick={() => onVerdict("undecided")} data-testid="undecided">
            Undecided (U)
          </Button>
          <span className="cf-grow" />
          <Button renderRoot={(props) => <Link to="/network" search={{ center: hit.id }} {...props} />} variant="default" leftSection={<IconAffiliate size={15} />}>
            Link chart
          </Button>
        </div>
      )}
      <section aria-label="Evidence">
        <h2>Why</h2>
        <Waterfall probability={hit.probability} features={hit.explanation.features} thresholds={hit.explanation.thresholds} left="screened" right="listed" />
      </section>
      <section aria-label="Listings">
        <h2>Listings</h2>
        <table className="cf-table">
          <tbody>
            {hit.entries.map(({ dataset, subject: listing, ...numbers }) => (
              <tr key={String(listing)}>
                <td>{dataset}</td>
                <td>
                  <button type="button" className="cf-door" onClick={() => explain(String(listing))}>
                    {listing}
                  </button>
                </td>
                <td>{Object.entries(numbers).map(([name, values]) => `${words(name)} ${[values].flat().join(", ")}`).join("; ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Known id={hit.id} />
    </>
  );
}

/** What is known of the listed party, each value a door to its claims. */
export function Known({ id }: { id: string }) {
  const query = useApi<Entity>(`/entities/${encodeURIComponent(id)}`);
  const explain = useExplain();
  if (!query.data) return null;
  const { properties } = query.data;
  return (
    <section aria-label="What is known">
      <h2>What is known</h2>
      <table className="cf-table cf-known">
        <tbody>
          {properties.map((one) => (
            <tr key={one.name}>
              <td className="cf-soft">{one.label}</td>
              <td>
                {one.values.slice(0, 8).map((value, n) => (
                  <button key={n} type="button" className="cf-door cf-value" onClick={() => explain(`${id}#${one.name}`)}>
                    <bdi>{one.type === "country" ? country(value.value) : value.caption}</bdi>
                  </button>
                ))}
                {one.values.length > 8 && <span className="cf-soft"> and {one.values.length - 8} more</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
