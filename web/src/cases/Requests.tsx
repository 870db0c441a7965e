import { Rating, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import type { ActAnswer, CaseFile, CaseReferral, CaseRequest } from "../api/types";
import { Empty } from "../parts/Screen";
import { words } from "../parts/format";
import { useAct, useRow } from "./acts";
import { Refusal } from "./Refusal";
import { NameInput, useAddressees, useColleagues } from "./Pickers";
import { Adding, Because, Row, useLabel } from "./Row";

/** Questions to other organisations, and what was handed on to them. */
export function Requests({ file }: { file: CaseFile }) {
  const open = file.status === "open";
  return (
    <div className="cf-two">
      <section aria-label="Requests for information">
        <h2>Requests for information</h2>
        {open && <NewRequest file={file} />}
        {!file.requests.length && <Empty title="Nobody was asked yet">A request says what for, by when, and what the answer may be used for.</Empty>}
        <ul className="cf-plain">
          {[...file.requests].reverse().map((one) => (
            <RequestRow key={one.row} of={one} file={file} />
          ))}
        </ul>
      </section>
      <section aria-label="Referrals">
        <h2>Referrals</h2>
        {open && <NewReferral file={file} />}
        {!file.referrals.length && <Empty title="Nothing was handed on yet">A referral says to whom, what, why, and what gives them the right to take it on.</Empty>}
        <ul className="cf-plain">
          {[...file.referrals].reverse().map((one) => (
            <ReferralRow key={one.row} of={one} file={file} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function RequestRow({ of: one, file }: { of: CaseRequest; file: CaseFile }) {
  const { act, change } = useRow(file.id);
  const open = file.status === "open";
  return (
    <Row
      of={one}
      file={file}
      actions={
        open &&
        one.state === "asked" && (
          <>
            <Because of={one} title="Answer" what="The answer" testId="answer" pending={act.isPending} onDone={(answer, at) => change(at, { state: "answered", answer })} />
            <Because of={one} title="Deadline" what="2027-01-15" begin={one.deadline} needed={false} testId="deadline" pending={act.isPending} onDone={(deadline, at) => change(at, { deadline: deadline.trim() })} />
            <Because of={one} title="Withdraw" what="Why" needed={false} testId="withdraw" pending={act.isPending} onDone={(feedback, at) => change(at, { state: "withdrawn", feedback })} />
            <Because of={one} title="Refuse" what="Why it is refused" testId="refuse" pending={act.isPending} onDone={(answer, at) => change(at, { state: "refused", answer })} />
          </>
        )
      }
    >
      <span className="cf-state" data-state={one.state}>
        {one.state}
      </span>{" "}
      to <strong>{one.to}</strong> {one.deadline && <span className={one.overdue ? "cf-late" : "cf-soft"}>{one.overdue ? "overdue since" : "by"} {one.deadline}</span>}
      <div className="cf-anywhere">{one.question}</div>
      <div className="cf-soft">
        for {one.purpose}
        {one.terms && ` · ${one.terms}`}
      </div>
      {one.answer && <blockquote className="cf-answer">{one.answer}</blockquote>}
      {one.state === "answered" && (
        <div className="cf-case-line">
          <span className="cf-soft" id={`useful-${one.row}`}>
            How useful
          </span>
          <Rating count={4} size="sm" value={one.score ?? 0} readOnly={!open} aria-labelledby={`useful-${one.row}`} onChange={(score) => change(one, { score })} data-testid="score" />
          {open && one.score !== 0 && (
            <button type="button" className="cf-door" onClick={() => change(one, { score: 0 })}>
              of no use
            </button>
          )}
          {one.score === 0 && <span className="cf-soft">of no use</span>}
        </div>
      )}
      <Refusal error={act.error} />
    </Row>
  );
}

function NewRequest({ file }: { file: CaseFile }) {
  const { act, add } = useRow(file.id);
  const [question, setQuestion] = useState("");
  const [to, setTo] = useState("");
  const [deadline, setDeadline] = useState("");
  const [terms, setTerms] = useState("");
  const addressees = useAddressees(file);
  const { label, field, clear } = useLabel(file);
  const save = () => add("request", { question, to, deadline, terms, purpose: file.purpose }, label, () => {
      setQuestion("");
      clear();
    });
  return (
    <Adding kind="request" title="Ask for information" onSave={save} pending={act.isPending} done={act.isSuccess} ready={!!question.trim() && !!to.trim()} error={<Refusal error={act.error} />}>
      <Textarea label="Question" required autosize minRows={2} value={question} onChange={(event) => setQuestion(event.currentTarget.value)} data-testid="request-question" />
      <div className="cf-case-line">
        <NameInput label="To" required data={addressees} value={to} onChange={setTo} testId="request-to" />
        <TextInput size="xs" label="Until" placeholder="2027-01-15" value={deadline} onChange={(event) => setDeadline(event.currentTarget.value.trim())} data-testid="request-deadline" />
      </div>
      <TextInput size="xs" label="What the answer may be used for" data-testid="request-terms" value={terms} onChange={(event) => setTerms(event.currentTarget.value)} />
      {field}
    </Adding>
  );
}

function ReferralRow({ of: one, file }: { of: CaseReferral; file: CaseFile }) {
  const { act, change } = useRow(file.id);
  return (
    <Row
      of={one}
      file={file}
      actions={
        file.status === "open" &&
        one.state === "sent" && (
          <>
            <Because of={one} title="Accepted" what="By whom, under which number" needed={false} testId="accept" pending={act.isPending} onDone={(reason, at) => change(at, { state: "accepted", reason })} />
            <Because of={one} title="Declined" what="Why" testId="refuse" pending={act.isPending} onDone={(reason, at) => change(at, { state: "declined", reason })} />
          </>
        )
      }
    >
      <span className="cf-state" data-state={one.state}>
        {one.state}
      </span>{" "}
      to <strong>{one.to}</strong> <span className="cf-soft">{words(one.agency)}</span>
      <div className="cf-anywhere">{one.what}</div>
      <div className="cf-soft cf-anywhere">
        {one.why} · {one.predicate}
      </div>
      {one.reason && <div>{one.reason}</div>}
      <Refusal error={act.error} />
    </Row>
  );
}

function NewReferral({ file }: { file: CaseFile }) {
  const act = useAct<ActAnswer>();
  const [to, setTo] = useState("");
  const [agency, setAgency] = useState<string | null>("law_enforcement");
  const [what, setWhat] = useState("");
  const [why, setWhy] = useState("");
  const [predicate, setPredicate] = useState("");
  const addressees = useAddressees(file);
  const { organisations } = useColleagues();
  const name = (value: string) => {
    setTo(value);
    const known = organisations.find((one) => one.name === value.split("/")[0]);
    if (known) setAgency(known.kind);
  };
  const { label, field, clear } = useLabel(file);
  const save = () =>
    act.mutate({ path: `/cases/${file.id}/referrals`, body: { to, what, why, predicate, agency: agency ?? "other", label } }, {
      onSuccess: () => {
        setWhat("");
        clear();
      },
    });
  return (
    <>
      {act.data && !act.data.done && (
        <p role="status" className="cf-soft" data-testid="proposed">
          It waits for a second person, under Decisions.
        </p>
      )}
      <Adding kind="referral" title="Refer something" onSave={save} pending={act.isPending} done={act.isSuccess} ready={[to, what, why, predicate].every((one) => one.trim())} error={<Refusal error={act.error} />}>
        <div className="cf-case-line">
          <NameInput label="To" required data={addressees} value={to} onChange={name} testId="referral-to" />
          <Select size="xs" label="Kind of unit" data={Object.entries(file.terms.agencies).map(([value, text]) => ({ value, label: text }))} value={agency} onChange={setAgency} allowDeselect={false} />
        </div>
        <Textarea label="What" required autosize value={what} onChange={(event) => setWhat(event.currentTarget.value)} data-testid="referral-what" />
        <Textarea label="Why" required autosize value={why} onChange={(event) => setWhy(event.currentTarget.value)} data-testid="referral-why" />
        <TextInput label="Predicate" description="What gives them the right to take it on." required value={predicate} onChange={(event) => setPredicate(event.currentTarget.value)} data-testid="referral-predicate" />
        {field}
      </Adding>
    </>
  );
}

