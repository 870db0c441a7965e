import { Link } from "@tanstack/react-router";

import type { CaseFile, CaseThing } from "../api/types";
import { words } from "../parts/format";
import { Empty } from "../parts/Screen";
import { useRow } from "./acts";
import { Refusal } from "./Refusal";
import { Because, Row } from "./Row";

/** What the case is about: findings, patterns, entities, hits, documents, questions. */
export function Things({ file }: { file: CaseFile }) {
  const { act, change } = useRow(file.id);
  if (!file.things.length) {
    return (
      <Empty title="Nothing is in it yet">
        Open a <Link to="/findings">finding</Link>, a <Link to="/patterns">pattern</Link>, an entity or a hit of <Link to="/screening">screening</Link> and press <em>Add to case</em>.
      </Empty>
    );
  }
  return (
    <>
      <Refusal error={act.error} />
      <ul className="cf-plain">
        {file.things.map((one) => (
          <Row key={one.row} of={one} actions={one.state === "in" && file.status === "open" && <Because title="Take out" what="Why" testId="take-out" pending={act.isPending} onDone={(why) => change(one, { state: "out", why })} />}>
            <span className="cf-soft">{words(one.thing)}</span> <Door of={one} />
            {one.state === "out" && <strong> (taken out)</strong>}
            {one.asked && <div className="cf-soft">asked: {one.asked}</div>}
            {one.why && <div>{one.why}</div>}
          </Row>
        ))}
      </ul>
    </>
  );
}

function Door({ of }: { of: CaseThing }) {
  switch (of.thing) {
    case "finding":
      return (
        <Link to="/findings" search={{ finding: of.id, standing: "all" }} data-testid="thing-link">
          {of.caption}
        </Link>
      );
    case "pattern":
      return (
        <Link to="/patterns" search={{ pattern: of.id }} data-testid="thing-link">
          {of.caption}
        </Link>
      );
    case "question":
      return (
        <Link to="/hypotheses" search={{ question: of.id }} data-testid="thing-link">
          {of.caption}
        </Link>
      );
    case "document":
      return (
        <Link to="/documents/$id" params={{ id: of.id }} data-testid="thing-link">
          {of.caption}
        </Link>
      );
    default:
      return (
        <Link to="/entity/$id" params={{ id: of.id }} data-testid="thing-link">
          {of.caption}
        </Link>
      );
  }
}
