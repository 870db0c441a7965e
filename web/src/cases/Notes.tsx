import { Select, TagsInput, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { CaseFile } from "../api/types";
import { useClaims } from "../parts/ClaimsDrawer";
import { useExplain } from "../parts/ExplainDrawer";
import { Grade } from "../parts/Grade";
import { Empty } from "../parts/Screen";
import { useRow } from "./acts";
import { Refusal } from "./Refusal";
import { Adding, Because, Row, useLabel } from "./Row";

/** What members think, graded, with what it rests on; the newest first. */
export function Notes({ file }: { file: CaseFile }) {
  const { act, change } = useRow(file.id);
  const explain = useExplain();
  const claims = useClaims();
  const rows = [...file.notes].reverse();
  return (
    <>
      {file.status === "open" && <NewNote file={file} />}
      <Refusal error={act.error} />
      {!rows.length && <Empty title="No note yet">A note bears the labels of the case and of all that it cites, so it never tells more than they do.</Empty>}
      <ul className="cf-plain">
        {rows.map((one) => (
          <Row key={one.row} of={one} file={file} actions={file.status === "open" && <Because of={one} title="Change" what="The note" begin={one.text} testId="note-change" pending={act.isPending} onDone={(text, at) => change(at, { text })} />}>
            <div className="cf-anywhere cf-note-text">{one.text}</div>
            <span className="cf-soft">
              <Grade value={one.grade} />
              {one.about && (
                <>
                  {" "}
                  on <Link to="/entity/$id" params={{ id: one.about }}>{one.about}</Link>
                  {one.claim && (
                    <>
                      {", "}
                      <button type="button" className="cf-door" onClick={() => claims(one.claim)}>
                        as a claim
                      </button>
                    </>
                  )}
                </>
              )}
              {one.cites.length > 0 && " · cites "}
              {one.cites.map((id) => (
                <button key={id} type="button" className="cf-door" onClick={() => explain(id)}>
                  {id}
                </button>
              ))}
            </span>
          </Row>
        ))}
      </ul>
    </>
  );
}

const GRADES = [..."ABCDEF"].flatMap((letter) => [..."123456"].map((digit) => letter + digit));

function NewNote({ file }: { file: CaseFile }) {
  const { act, add } = useRow(file.id);
  const [text, setText] = useState("");
  const [cites, setCites] = useState<string[]>([]);
  const [grade, setGrade] = useState<string | null>("F6");
  const [about, setAbout] = useState<string | null>(null);
  const { label, field, clear } = useLabel(file);
  const entities = file.things.filter((one) => one.state === "in" && (one.thing === "entity" || one.thing === "hit"));
  const save = () =>
    add("note", { text, cites, grade: grade ?? "F6", ...(about ? { about } : {}) }, label, () => {
      setText("");
      setCites([]);
      clear();
    });
  return (
    <Adding kind="note" title="Write a note" onSave={save} pending={act.isPending} done={act.isSuccess} ready={!!text.trim()} error={<Refusal error={act.error} />}>
      <Textarea label="Note" required autosize minRows={3} maxLength={20000} value={text} onChange={(event) => setText(event.currentTarget.value)} data-testid="note-text" />
      <TagsInput size="xs" label="Cites" description="Ids of claims, records, entities, findings or rows of this case." value={cites} onChange={setCites} data-testid="note-cites" />
      <div className="cf-case-line">
        <Select size="xs" label="Grade" searchable data={GRADES} value={grade} onChange={setGrade} allowDeselect={false} w={90} />
        <Select size="xs" label="Also as a claim on" placeholder="nobody" clearable data={[...new Map(entities.map((one) => [one.id, { value: one.id, label: one.caption }])).values()]} value={about} onChange={setAbout} data-testid="note-about" />
      </div>
      {field}
    </Adding>
  );
}
