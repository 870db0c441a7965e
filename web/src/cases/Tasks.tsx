import { Select, TextInput } from "@mantine/core";
import { useState } from "react";

import type { CaseFile, CaseTask } from "../api/types";
import { Empty } from "../parts/Screen";
import { useRow } from "./acts";
import { Refusal } from "./Refusal";
import { Adding, Row, useLabel } from "./Row";

export const STATES: { value: CaseTask["state"]; label: string }[] = [
  { value: "open", label: "to do" },
  { value: "doing", label: "under way" },
  { value: "done", label: "done" },
  { value: "dropped", label: "dropped" },
];
const ORDER = STATES.map((one) => one.value);
const TODAY = new Date().toISOString().slice(0, 10);

/** What is to be done, by whom, until when: what is still open first, the most urgent first. */
export function Tasks({ file }: { file: CaseFile }) {
  const { act, change } = useRow(file.id);
  const rank = (one: CaseTask) => (one.state === "open" || one.state === "doing" ? 0 : 1 + ORDER.indexOf(one.state));
  const rows = [...file.tasks].sort((a, b) => rank(a) - rank(b) || (a.due || "9").localeCompare(b.due || "9"));
  return (
    <>
      {file.status === "open" && <NewTask file={file} />}
      <Refusal error={act.error} />
      {!rows.length && <Empty title="Nothing is to be done yet">A task has a title, and where you like a member who does it and a day.</Empty>}
      <ul className="cf-plain">
        {rows.map((one) => (
          <Row
            key={one.row}
            of={one}
            actions={
              <Select size="xs" w={130} aria-label={`State of ${one.title}`} data={STATES} value={one.state} allowDeselect={false} disabled={file.status === "closed" || act.isPending} onChange={(state) => state && change(one, { state })} data-testid="task-state" />
            }
          >
            <strong>{one.title}</strong> {one.assignee && <span>· {one.assignee}</span>}{" "}
            {one.due && (
              <span className={one.due < TODAY && (one.state === "open" || one.state === "doing") ? "cf-overdue" : "cf-soft"}>due {one.due}</span>
            )}
            {one.detail && <div className="cf-anywhere">{one.detail}</div>}
          </Row>
        ))}
      </ul>
    </>
  );
}

function NewTask({ file }: { file: CaseFile }) {
  const { act, add } = useRow(file.id);
  const [title, setTitle] = useState("");
  const [assignee, setAssignee] = useState<string | null>(null);
  const [due, setDue] = useState("");
  const { label, field } = useLabel();
  const save = () =>
    add("task", { title, ...(assignee ? { assignee } : {}), due }, label, () => {
      setTitle("");
      setDue("");
    });
  return (
    <Adding kind="task" title="Add a task" onSave={save} pending={act.isPending} done={act.isSuccess} ready={!!title.trim()} error={<Refusal error={act.error} />}>
      <TextInput label="What is to be done" required maxLength={300} value={title} onChange={(event) => setTitle(event.currentTarget.value)} data-testid="task-title" />
      <div className="cf-case-line">
        <Select size="xs" label="Who" placeholder="nobody yet" clearable data={file.members.filter((one) => one.role !== "left").map((one) => one.name)} value={assignee} onChange={setAssignee} data-testid="task-assignee" />
        <TextInput size="xs" label="Until" placeholder="2027-01-15" value={due} onChange={(event) => setDue(event.currentTarget.value.trim())} data-testid="task-due" />
      </div>
      {field}
    </Adding>
  );
}
