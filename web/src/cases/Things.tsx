import { Select, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import type { CaseFile, CaseList, CaseThing } from "../api/types";
import { useClaims } from "../parts/ClaimsDrawer";
import { useExplain } from "../parts/ExplainDrawer";
import { words } from "../parts/format";
import { Empty } from "../parts/Screen";
import { useRow } from "./acts";
import { Refusal } from "./Refusal";
import { Adding, Because, Row } from "./Row";

/** What the case is about: findings, entities, documents, single claims and records, other cases… */
export function Things({ file }: { file: CaseFile }) {
  const { act, change } = useRow(file.id);
  if (!file.things.length) {
    return (
      <>
        {file.status === "open" && <LinkCase file={file} />}
        <Empty title="Nothing is in it yet">
          Open a <Link to="/findings">finding</Link>, a <Link to="/patterns">pattern</Link>, an entity, a <Link to="/documents">document</Link> or a hit of <Link to="/screening">screening</Link> and press <em>Add to case</em>; likewise beside a single claim or record.
        </Empty>
      </>
    );
  }
  return (
    <>
      {file.status === "open" && <LinkCase file={file} />}
      <Refusal error={act.error} />
      <ul className="cf-plain">
        {file.things.map((one) => (
          <Row key={one.row} of={one} file={file} actions={one.state === "in" && file.status === "open" && <Because of={one} title="Take out" what="Why" testId="take-out" pending={act.isPending} onDone={(why, at) => change(at, { state: "out", why })} />}>
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

/** Links another case of the reader with this one. */
function LinkCase({ file }: { file: CaseFile }) {
  const { act, add } = useRow(file.id);
  const [id, setId] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const query = useApi<CaseList>("/cases", {});
  const known = new Set(file.things.filter((one) => one.thing === "case" && one.state === "in").map((one) => one.id));
  const others = (query.data?.cases ?? []).filter((one) => one.id !== file.id && !known.has(one.id));
  if (!others.length) return null;
  const save = () =>
    add("thing", { thing: "case", id, why }, null, () => {
      setId(null);
      setWhy("");
    });
  return (
    <Adding kind="link" title="Link another case" onSave={save} pending={act.isPending} done={act.isSuccess} ready={!!id} error={<Refusal error={act.error} />}>
      <Select label="Case" description="Only who may read both sees what the other is called." required searchable data={others.map((one) => ({ value: one.id, label: `${one.title} (${one.id.slice(0, 8)})` }))} value={id} onChange={setId} data-testid="link-case" />
      <Textarea label="What it has to do with it" autosize maxLength={20000} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
    </Adding>
  );
}

function Door({ of }: { of: CaseThing }) {
  const explain = useExplain();
  const claims = useClaims();
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
    case "claim":
    case "record":
      return (
        <button type="button" className="cf-door" onClick={() => (of.thing === "claim" ? claims(of.id) : explain(of.id))} data-testid="thing-link">
          {of.caption}
        </button>
      );
    case "page": {
      const at = of.id.lastIndexOf("#");
      return (
        <Link to="/documents/$id" params={{ id: of.id.slice(0, at) }} search={{ page: Number(of.id.slice(at + 1)) }} data-testid="thing-link">
          {of.caption}
        </Link>
      );
    }
    case "case":
      return of.caption ? (
        <Link to="/cases/$id" params={{ id: of.id }} data-testid="thing-link">
          {of.caption}
        </Link>
      ) : (
        <span className="cf-soft">
          <code>{of.id}</code>, which you are not in
        </span>
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
