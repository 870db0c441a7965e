import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";

import { useApi } from "../api/client";
import type { ActAnswer, CaseFile, CaseList, CaseMember } from "../api/types";
import { words } from "../parts/format";
import { theirs, useAct, useRow } from "./acts";
import { Refusal } from "./Refusal";
import { LetOut } from "./LetOut";
import { NameInput, useColleagues, useOrganisations } from "./Pickers";
import { Related } from "./Related";
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
        {file.role === "lead" && file.status === "open" && <Head file={file} />}
        {file.role === "lead" && <End file={file} />}
      </section>
      <div>
        <Members file={file} />
        <Related id={file.id} />
      </div>
    </div>
  );
}

/** What the case is called and for: changed by who leads it, and let out to further organisations. */
function Head({ file }: { file: CaseFile }) {
  const { act, change } = useRow(file.id);
  const [editing, setEditing] = useState<string | null>(null); // version that was read
  const [fields, setFields] = useState({ title: file.title, purpose: file.purpose, basis: file.basis, predicate: file.predicate });
  const late = theirs(act.error) !== null;
  useEffect(() => {
    if (late) setEditing(null);
  }, [late]);
  const set = (part: Partial<typeof fields>) => setFields((before) => ({ ...before, ...part }));
  if (!editing) {
    return (
      <div className="cf-case-line">
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            set({ title: file.title, purpose: file.purpose, basis: file.basis, predicate: file.predicate });
            setEditing(file.version);
          }}
          data-testid="case-edit"
        >
          Change
        </Button>
        <LetOut file={file} row="case" />
        <Refusal error={act.error} />
      </div>
    );
  }
  return (
    <form
      className="cf-card cf-case-form"
      aria-label="Change the case"
      onSubmit={(event) => {
        event.preventDefault();
        change({ row: "case", version: editing }, fields, () => setEditing(null));
      }}
    >
      <TextInput size="xs" label="Title" required maxLength={300} value={fields.title} onChange={(event) => set({ title: event.currentTarget.value })} data-testid="case-edit-title" />
      <TextInput size="xs" label="Purpose" required maxLength={300} value={fields.purpose} onChange={(event) => set({ purpose: event.currentTarget.value })} />
      <Select size="xs" label="Legal basis" data={Object.entries(file.terms.bases).map(([value, one]) => ({ value, label: one.title }))} value={fields.basis} onChange={(basis) => basis && set({ basis })} allowDeselect={false} />
      <Textarea size="xs" label="Predicate" autosize maxLength={20000} value={fields.predicate} onChange={(event) => set({ predicate: event.currentTarget.value })} />
      <Refusal error={act.error} />
      <div className="cf-card-actions">
        <Button size="xs" type="submit" loading={act.isPending} disabled={!fields.title.trim() || !fields.purpose.trim()} data-testid="case-edit-save">
          Save
        </Button>
        <Button size="xs" variant="default" onClick={() => setEditing(null)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function End({ file }: { file: CaseFile }) {
  const act = useAct<ActAnswer>();
  const [outcome, setOutcome] = useState<string | null>(null);
  const [because, setBecause] = useState("");
  const [into, setInto] = useState<string | null>(null);
  const merged = outcome === "merged";
  const cases = useApi<CaseList>(merged ? "/cases" : null, { status: "open" }).data?.cases.filter((one) => one.id !== file.id) ?? [];
  const to = act.data && "done" in act.data && !act.data.done;
  return (
    <section aria-label="End of the case" className="cf-screen-only">
      <h2>{file.status === "open" ? "How it ends" : "Open it again"}</h2>
      <Refusal error={act.error} />
      {to && (
        <p role="status" data-testid="proposed">
          It waits for a second person, under Decisions.
        </p>
      )}
      {file.status === "closed" ? (
        <Because of={file} title="Reopen" what="Why" testId="reopen" pending={act.isPending} onDone={(why) => act.mutate({ path: `/cases/${file.id}/reopen`, body: { because: why } })} />
      ) : (
        <Adding
          kind="close"
          title={file.four_eyes.close ? "Close the case (two must agree)" : "Close the case"}
          onSave={() => act.mutate({ path: `/cases/${file.id}/close`, body: { outcome, because, into: merged ? into : "", base: file.version } })}
          pending={act.isPending}
          done={act.isSuccess}
          ready={!!outcome && !!because.trim() && (!merged || !!into)}
          error={null}
        >
          <Select label="Outcome" required data={Object.entries(file.terms.outcomes).map(([value, one]) => ({ value, label: `${one.title}: ${one.use}` }))} value={outcome} onChange={setOutcome} data-testid="outcome" />
          {merged && <Select label="It goes on in" description="Both cases are linked, and that one takes over what this one is about." required searchable placeholder={cases.length ? "Which?" : "You are in no other open case"} data={cases.map((one) => ({ value: one.id, label: `${one.title} (${one.id.slice(0, 8)})` }))} value={into} onChange={setInto} data-testid="merge-into" />}
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
            file={file}
            actions={
              leads && (
                <>
                  {one.role !== "lead" && <Because of={one} title="Make lead" what="Why" needed={false} testId="hand-over" pending={lead.isPending} onDone={(because) => lead.mutate({ path: `/cases/${file.id}/lead`, body: { to: one.name, because } })} />}
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
  const organisations = useOrganisations(file);
  const colleagues = useColleagues();
  const home = colleagues.organisations.find((one) => one.name === organisation.trim());
  const people = colleagues.people.filter((one) => one.organisation === organisation.trim() && (!unit || one.unit === unit)).map((one) => one.name);
  const choose = (name: string) => {
    setOrganisation(name);
    const known = colleagues.organisations.find((one) => one.name === name);
    if (known) setAgency(known.kind);
  };
  const { label, field, clear } = useLabel(file);
  const save = () =>
    add("member", { organisation, unit, person, agency }, label, () => {
      setOrganisation("");
      setUnit("");
      setPerson("");
      clear();
    });
  return (
    <Adding kind="member" title="Add a member" onSave={save} pending={act.isPending} done={act.isSuccess} ready={!!organisation.trim()} error={<Refusal error={act.error} />}>
      <NameInput label="Organisation" description="One that may read the case." required data={organisations} value={organisation} onChange={choose} testId="member-organisation" />
      <div className="cf-case-line">
        <NameInput label="Only this unit" data={home?.units ?? []} value={unit} onChange={setUnit} testId="member-unit" />
        <NameInput label="Only this person" data={people} value={person} onChange={setPerson} testId="member-person" />
        <Select size="xs" label="Kind" data={Object.entries(file.terms.agencies).map(([value, text]) => ({ value, label: text }))} value={agency} onChange={setAgency} allowDeselect={false} data-testid="member-agency" />
      </div>
      {field}
    </Adding>
  );
}
