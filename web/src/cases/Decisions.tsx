import { TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { useApi } from "../api/client";
import type { CaseFile, ProposalsAnswer } from "../api/types";
import { useExplain } from "../parts/ExplainDrawer";
import { time } from "../parts/format";
import { useRow } from "./acts";
import { ACTS, Given, Proposals } from "./Proposals";
import { Refusal } from "./Refusal";
import { Adding, Row, useLabel } from "./Row";

/** What waits for a second person, and who decided what on what evidence; nothing of it is ever changed. */
export function Decisions({ file }: { file: CaseFile }) {
  const explain = useExplain();
  const waiting = useApi<ProposalsAnswer>("/proposals");
  const mine = (waiting.data?.proposals ?? []).filter((one) => one.case === file.id);
  const past = file.proposals.filter((one) => one.state !== "waiting");
  return (
    <>
      {mine.length > 0 && (
        <section aria-label="Waits for a second person">
          <h2>Waits for a second person</h2>
          <Proposals of={mine} />
        </section>
      )}
      {file.status === "open" && <NewDecision file={file} />}
      <ul className="cf-plain" aria-label="Decisions">
        {file.decisions.map((one) => (
          <Row key={one.row} of={one} file={file}>
            <strong className="cf-anywhere">{one.what}</strong>
            {one.because && <div className="cf-anywhere">{one.because}</div>}
            {one.proposed_by && (
              <div className="cf-soft" data-testid="two">
                proposed by {one.proposed_by}, agreed by {one.approved_by}
              </div>
            )}
            {one.evidence.length > 0 && (
              <div className="cf-soft">
                on{" "}
                {one.evidence.map((id) => (
                  <button key={id} type="button" className="cf-door" onClick={() => explain(id)}>
                    {id}
                  </button>
                ))}
              </div>
            )}
          </Row>
        ))}
      </ul>
      {past.length > 0 && (
        <details className="cf-fold">
          <summary>Proposals that were answered: {past.length}</summary>
          {past.map((one) => (
            <div key={one.row} className="cf-decided">
              <strong>{ACTS[one.act] ?? one.act}</strong>: {one.state} <span className="cf-soft">by {one.by}, {time(one.at)}</span> {one.reason}
              <Given of={one} />
            </div>
          ))}
        </details>
      )}
    </>
  );
}

function NewDecision({ file }: { file: CaseFile }) {
  const { act, add } = useRow(file.id);
  const [what, setWhat] = useState("");
  const [because, setBecause] = useState("");
  const [evidence, setEvidence] = useState<string[]>([]);
  const { label, field, clear } = useLabel(file);
  const save = () =>
    add("decision", { what, because, evidence }, label, () => {
      setWhat("");
      setBecause("");
      setEvidence([]);
      clear();
    });
  return (
    <Adding kind="decision" title="Write down a decision" onSave={save} pending={act.isPending} done={act.isSuccess} ready={!!what.trim()} error={<Refusal error={act.error} />}>
      <TextInput label="What was decided" required value={what} onChange={(event) => setWhat(event.currentTarget.value)} data-testid="decision-what" />
      <Textarea label="Why" autosize value={because} onChange={(event) => setBecause(event.currentTarget.value)} />
      <TagsInput size="xs" label="On what evidence" description="Ids of claims, records, findings or rows of this case." value={evidence} onChange={setEvidence} />
      {field}
    </Adding>
  );
}
