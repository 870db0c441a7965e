import { Link } from "@tanstack/react-router";

import type { Brief } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { span } from "./format";
import { Marks } from "./Handling";
import { Likelihood } from "./Likelihood";

/** A finding in three lines, the door to its evidence: the sentence first; and into a case without opening it. */
export function FindingBrief({ finding }: { finding: Brief }) {
  return (
    <div className="cf-with-add">
      <Link to="/findings" search={{ finding: finding.id }} className="cf-brief" data-testid="finding-brief">
        <span className="cf-brief-sentence">{finding.sentence}</span>
        <span className="cf-brief-foot">
          <Likelihood word={finding.likelihood} />
          <span className="cf-soft">{finding.title}</span>
          <span className="cf-soft cf-nowrap">{span(finding.start, finding.end)}</span>
          <Marks of={finding} />
        </span>
      </Link>
      <AddToCase thing={{ thing: "finding", id: finding.id }} terse />
    </div>
  );
}
