import { Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import type { ActAnswer, CaseFile, CaseMember } from "../api/types";
import { words } from "../parts/format";
import { useAct, useRow } from "./acts";
import { Refusal } from "./Refusal";
import { Adding, Because, Row, useLabel } from "./Row";

/** What the case is for, who is in it, and how it ends. */
export function Overview({ file }: { file: CaseFile }) {
  const basis = file.terms.bases[file.basis];
  return (
    <div className="cf-two">
      <section aria-label="What it is for">
        <h2>What it is for</h2>
        <dl className="cf-facts">
          <div>
            <dt>Purpose</dt>
            <dd>{file.purpose}</dd>
          </div>
          <div>
            <dt>Legal basis</dt>
            <dd title={basis?.use}>{basis?.title ?? file.basis}</dd>
          </div>
          {file.predicate && (
            <div>
              <dt>Predicate</dt>
              <dd className="cf-anywhere">{file.predicate}</dd>
            </div>
          )}
          {file.because && (
            <div>
              <dt>{file.status === "closed" ? "Why closed" : "Why opened again"}</dt>
              <dd className="cf-anywhere">{file.because}</dd>
            </div>
          )}
        </dl>
        {file.beside.map((one) => (
          <p key={one.version} className="cf-beside">
            {one.by} wrote another version beside this one.
          </p>
        ))}
        {file.role === "lead" && <End file={file} />}
      </section>
      <Members file={file} />
    </div>
  );
}

function End({ file }: { file: CaseFile }) {
  const act = useAct<ActAnswer>();
  const [outcome, setOutcome] = useState<string | null>(null);
  const [because, setBecause] = useState("");
  const to = act.data && "done" in act.data && !act.data.done;
  return (
    <section aria-label="End of the case">
      <h2>{file.status === "open" ? "How it ends" : "Open it again"}</h2>
      <Refusal error={act.error} />
      {to && (
        <p role="status" data-testid="proposed">
          It waits for a second person, under Decisions.
        </p>
      )}
      {file.status === "closed" ? (
        <Because title="Reopen" what="Why" testId="reopen" pending={act.isPending} onDone={(why) => act.mutate({ path: `/cases/${file.id}/reopen`, body: { because: why } })} />
      ) : (
        <Adding
          kind="close"
          title={file.four_eyes.close ? "Close the case (two must agree)" : "Close the case"}
          onSave={() => act.mutate({ path: `/cases/${file.id}/close`, body: { outcome, because, base: file.version } })}
          pending={act.isPending}
          done={act.isSuccess}
          ready={!!outcome && !!because.trim()}
          error={null}
        >
          <Select label="Outcome" required data={Object.entries(file.terms.outcomes).map(([value, one]) => ({ value, label: `${one.title}: ${one.use}` }))} value={outcome} onChange={setOutcome} data-testid="outcome" />
          <Textarea label="Why" required autosize value={because} onChange={(event) => setBecause(event.currentTarget.value)} data-testid="close-because" />
        </Adding>
      )}
    </section>
  );
}

function Members({ file }: { file: CaseFile }) {
  const { act, change } = useRow(file.id);
  const lead = useAct();
  const leads = file.role === "lead" && file.status === "open";
  const inside = file.members.filter((one) => one.role !== "left");
  return (
    <section aria-label="Members">
      <h2>Members</h2>
      {!inside.length && <p className="cf-soft">Nobody yet. Name an organisation, a unit of one, or a person: among those who may read the case, only members see it.</p>}
      <Refusal error={act.error ?? lead.error} />
      <ul className="cf-plain">
        {inside.map((one) => (
          <Row
            key={one.row}
            of={one}
            actions={
              leads && (
                <>
                  {one.role !== "lead" && <Because title="Make lead" what="Why" needed={false} testId="hand-over" pending={lead.isPending} onDone={(because) => lead.mutate({ path: `/cases/${file.id}/lead`, body: { to: one.name, because } })} />}
                  <button type="button" className="cf-door" onClick={() => change(one, { role: "left" })} data-testid="leave">
                    take out
                  </button>
                </>
              )
            }
          >
            <strong>{one.name}</strong> <span className="cf-soft">{file.terms.agencies[one.agency] ?? words(one.agency)}</span> {one.role === "lead" && <span className="cf-state">lead</span>}
          </Row>
        ))}
      </ul>
      {leads && <NewMember file={file} />}
    </section>
  );
}

function NewMember({ file }: { file: CaseFile }) {
  const { act, add } = useRow(file.id);
  const [organisation, setOrganisation] = useState("");
  const [unit, setUnit] = useState("");
  const [person, setPerson] = useState("");
  const [agency, setAgency] = useState<CaseMember["agency"] | null>("other");
  const { label, field } = useLabel();
  const save = () =>
    add("member", { organisation, unit, person, agency }, label, () => {
      setOrganisation("");
      setUnit("");
      setPerson("");
    });
  return (
    <Adding kind="member" title="Add a member" onSave={save} pending={act.isPending} done={act.isSuccess} ready={!!organisation.trim()} error={<Refusal error={act.error} />}>
      <TextInput label="Organisation" description="One that may read the case." required value={organisation} onChange={(event) => setOrganisation(event.currentTarget.value)} data-testid="member-organisation" />
      <div className="cf-case-line">
        <TextInput size="xs" label="Only this unit" value={unit} onChange={(event) => setUnit(event.currentTarget.value)} />
        <TextInput size="xs" label="Only this person" value={person} onChange={(event) => setPerson(event.currentTarget.value)} />
        <Select size="xs" label="Kind" data={Object.entries(file.terms.agencies).map(([value, text]) => ({ value, label: text }))} value={agency} onChange={setAgency} allowDeselect={false} data-testid="member-agency" />
      </div>
      {field}
    </Adding>
  );
}
