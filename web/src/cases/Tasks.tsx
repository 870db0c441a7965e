import { Button, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";

import type { CaseFile, CaseTask } from "../api/types";
import { count } from "../parts/format";
import { Empty } from "../parts/Screen";
import { theirs, useRow } from "./acts";
import { Refusal } from "./Refusal";
import { Adding, Row, useLabel } from "./Row";

export const STATES: { value: CaseTask["state"]; label: string }[] = [
  { value: "open", label: "to do" },
  { value: "doing", label: "under way" },
  { value: "done", label: "done" },
  { value: "dropped", label: "dropped" },
];
const ORDER = STATES.map((one) => one.value);
const waits = (one: CaseTask) => one.state === "open" || one.state === "doing";
const SHOWN = { all: () => true, waits, mine: (one: CaseTask) => one.mine, late: (one: CaseTask) => one.overdue };
type Shown = keyof typeof SHOWN;

/** What is to be done, by whom, until when: what is still open first, the most urgent first. */
export function Tasks({ file }: { file: CaseFile }) {
  const [shown, setShown] = useState<Shown>("all");
  const rank = (one: CaseTask) => (waits(one) ? 0 : 1 + ORDER.indexOf(one.state));
  const rows = file.tasks.filter(SHOWN[shown]).sort((a, b) => rank(a) - rank(b) || (a.due || "9").localeCompare(b.due || "9"));
  const n = (which: Shown) => count(file.tasks.filter(SHOWN[which]).length);
  return (
    <>
      <div className="cf-case-line">
        {file.status === "open" && <NewTask file={file} />}
        {file.tasks.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label="Which tasks"
            value={shown}
            onChange={(value) => setShown(value as Shown)}
            data={[
              { value: "all", label: `All (${n("all")})` },
              { value: "waits", label: `To do (${n("waits")})` },
              { value: "mine", label: `For me (${n("mine")})` },
              { value: "late", label: `Overdue (${n("late")})` },
            ]}
            data-testid="task-filter"
          />
        )}
      </div>
      {!file.tasks.length && <Empty title="Nothing is to be done yet">A task has a title, and where you like a member who does it and a day.</Empty>}
      {file.tasks.length > 0 && !rows.length && <Empty title="No task of these" />}
      <ul className="cf-plain">
        {rows.map((one) => (
          <TaskRow key={one.row} of={one} file={file} />
        ))}
      </ul>
    </>
  );
}

function TaskRow({ of: one, file }: { of: CaseTask; file: CaseFile }) {
  const { act, change } = useRow(file.id);
  const [editing, setEditing] = useState(false);
  const open = file.status === "open";
  const late = theirs(act.error) !== null;
  useEffect(() => {
    if (late) setEditing(false); // both versions are shown now; whoever still wants to begins from theirs
  }, [late]);
  return (
    <Row
      of={one}
      file={file}
      actions={
        <>
          {open && !editing && (
            <Button size="compact-xs" variant="default" onClick={() => setEditing(true)} data-testid="task-edit">
              Change
            </Button>
          )}
          <Select size="xs" w={130} aria-label={`State of ${one.title}`} data={STATES} value={one.state} allowDeselect={false} disabled={!open || act.isPending} onChange={(state) => state && change(one, { state })} data-testid="task-state" />
        </>
      }
    >
      <strong>{one.title}</strong> {one.assignee && <span>· {one.assignee}</span>}{" "}
      {one.due && (
        <span className={one.overdue ? "cf-late" : "cf-soft"} data-testid={one.overdue ? "late" : undefined}>
          {one.overdue ? "overdue since" : "due"} {one.due}
        </span>
      )}
      {one.detail && <div className="cf-anywhere">{one.detail}</div>}
      {editing && <Edit of={one} file={file} onSave={(fields, at) => change(at, fields, () => setEditing(false))} onClose={() => setEditing(false)} pending={act.isPending} />}
      <Refusal error={act.error} />
    </Row>
  );
}

type Fields = Pick<CaseTask, "title" | "detail" | "assignee" | "due">;

function Edit({ of: now, file, onSave, onClose, pending }: { of: CaseTask; file: CaseFile; onSave: (fields: Partial<Fields>, at: CaseTask) => void; onClose: () => void; pending: boolean }) {
  const [of] = useState(now); // what is changed is what was read, whatever came since
  const [fields, setFields] = useState<Fields>({ title: of.title, detail: of.detail, assignee: of.assignee, due: of.due });
  const changed = Object.fromEntries((Object.keys(fields) as (keyof Fields)[]).filter((key) => fields[key] !== of[key]).map((key) => [key, fields[key]]));
  return (
    <form
      className="cf-case-form"
      aria-label="Change the task"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(changed, of);
      }}
    >
      <TaskFields file={file} fields={fields} onChange={setFields} />
      <div className="cf-card-actions">
        <Button size="xs" type="submit" loading={pending} disabled={!fields.title.trim() || !Object.keys(changed).length} data-testid="task-save">
          Save
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function TaskFields({ file, fields, onChange }: { file: CaseFile; fields: Fields; onChange: (fields: Fields) => void }) {
  const names = file.members.filter((one) => one.role !== "left").map((one) => one.name);
  const who = [...new Set(fields.assignee ? [fields.assignee, ...names] : names)];
  return (
    <>
      <TextInput size="xs" label="What is to be done" required maxLength={300} value={fields.title} onChange={(event) => onChange({ ...fields, title: event.currentTarget.value })} data-testid="task-title" />
      <div className="cf-case-line">
        <Select size="xs" w={260} label="Who" placeholder="nobody yet" clearable searchable data={who} value={fields.assignee || null} onChange={(assignee) => onChange({ ...fields, assignee: assignee ?? "" })} data-testid="task-assignee" />
        <TextInput size="xs" label="Until" placeholder="2027-01-15" value={fields.due} onChange={(event) => onChange({ ...fields, due: event.currentTarget.value.trim() })} data-testid="task-due" />
      </div>
      <Textarea size="xs" label="In detail" autosize maxLength={20000} value={fields.detail} onChange={(event) => onChange({ ...fields, detail: event.currentTarget.value })} />
    </>
  );
}

const EMPTY: Fields = { title: "", detail: "", assignee: "", due: "" };

function NewTask({ file }: { file: CaseFile }) {
  const { act, add } = useRow(file.id);
  const [fields, setFields] = useState(EMPTY);
  const { label, field, clear } = useLabel(file);
  const save = () => add("task", { ...fields }, label, () => {
      setFields(EMPTY);
      clear();
    });
  return (
    <Adding kind="task" title="Add a task" onSave={save} pending={act.isPending} done={act.isSuccess} ready={!!fields.title.trim()} error={<Refusal error={act.error} />}>
      <TaskFields file={file} fields={fields} onChange={setFields} />
      {field}
    </Adding>
  );
}
