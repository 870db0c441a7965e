import { Anchor, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Claim, ClaimSource } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { day, span, words } from "./format";
import { Grade, Standing } from "./Grade";
import { Marks } from "./Handling";

const PASSAGE = /^page (\d+), characters (\d+)-(\d+)$/;

/** A place in a source; in a document that is kept here, the door to that passage. */
function Place({ source, locator }: { source: ClaimSource; locator: string }) {
  const found = PASSAGE.exec(locator);
  if (!found) return <>{locator}</>;
  return (
    <Link to="/documents/$id" params={{ id: source.id }} search={{ page: Number(found[1]), start: Number(found[2]), end: Number(found[3]) }} data-testid="passage-door">
      {locator}
    </Link>
  );
}

/** Where a record stands: title, publisher, date, place in the document; the address where it is one. */
export function SourceLine({ source, locator }: { source: ClaimSource; locator: string | null }) {
  const web = source.url && /^https?:\/\//.test(source.url);
  const by = [source.author, source.publisher].filter(Boolean).join(", ");
  return (
    <div className="cf-source" data-testid="claim-source">
      <cite>
        {web ? (
          <Anchor href={source.url ?? ""} target="_blank" rel="noreferrer noopener" inherit>
            {source.title}
          </Anchor>
        ) : (
          source.title
        )}
      </cite>
      {by && <span className="cf-soft"> · {by}</span>}
      {source.date && <span className="cf-soft cf-nowrap"> · {day(source.date)}</span>}
      {locator && (
        <span className="cf-locator" data-testid="locator">
          <Place source={source} locator={locator} />
        </span>
      )}
      {source.note && (
        <Tooltip label={source.note}>
          <span className="cf-note-mark" tabIndex={0} aria-label={`Note on the source: ${source.note}`}>
            note
          </span>
        </Tooltip>
      )}
    </div>
  );
}

/** Claims one under another, each with what it says, who says so, where, how well graded, when true, how to be handled. */
export function ClaimList({ claims }: { claims: Claim[] }) {
  return (
    <ol className="cf-claims" data-testid="claims">
      {claims.map((claim) => (
        <li key={claim.id} data-testid="claim" data-exercise={claim.exercise || undefined}>
          <div className="cf-claim-head">
            <span className="cf-soft">
              {words(claim.property)} of <code>{claim.subject}</code>
            </span>
            <Grade value={claim.grade} />
            <Standing stance={claim.stance} verified={claim.verified} />
            <Marks of={claim} />
            <AddToCase thing={{ thing: "claim", id: claim.id }} terse />
          </div>
          <div className="cf-claim-value">
            <bdi>{claim.caption ?? claim.value}</bdi>
            {claim.original && claim.original !== claim.value && (
              <span className="cf-soft">
                {" "}
                as received: <bdi>{claim.original}</bdi>
              </span>
            )}
          </div>
          <SourceLine source={claim.source} locator={claim.locator} />
          {claim.note && <div className="cf-note">{claim.note}</div>}
          <div className="cf-claim-foot cf-soft">
            {span(claim.valid_from, claim.valid_to) && <span>held {span(claim.valid_from, claim.valid_to)}</span>}
            <span>recorded {day(claim.recorded_at)}</span>
            {claim.repeats && (
              <Tooltip label={claim.repeats.reasons.join("; ")}>
                <span tabIndex={0} data-testid="repeats">
                  repeats {claim.repeats.title}
                </span>
              </Tooltip>
            )}
            <span>{claim.dataset}</span>
            <code title="claim id">{claim.id}</code>
          </div>
        </li>
      ))}
    </ol>
  );
}
