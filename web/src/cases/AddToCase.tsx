import { Button, Modal, SegmentedControl, Select, Textarea } from "@mantine/core";
import { IconFolderPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import type { CaseList, ThingKind } from "../api/types";
import { useRow } from "./acts";
import { CaseForm } from "./CaseForm";
import { Refusal } from "./Refusal";

import "../cases.css";

export interface ThingRef {
  thing: ThingKind;
  id: string;
  /** Of a hit: what was screened. */
  asked?: string;
}

/** From a finding, pattern, entity or hit into a case: one that is there, or a new one. */
export function AddToCase({ thing, size = "xs" }: { thing: ThingRef; size?: string }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size={size} variant="default" leftSection={<IconFolderPlus size={15} />} onClick={() => setOpened(true)} data-testid="add-to-case">
        Add to case
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Add to a case" size="lg">
        {opened && <Choice thing={thing} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function Choice({ thing, onClose }: { thing: ThingRef; onClose: () => void }) {
  const query = useApi<CaseList>("/cases", { status: "open" });
  const cases = query.data?.cases ?? [];
  const [how, setHow] = useState<"known" | "new" | null>(null);
  const [id, setId] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const [done, setDone] = useState<string | null>(null);
  const { act, add } = useRow(id ?? "");
  const shown = how ?? (query.data && !cases.length ? "new" : "known");
  if (done) {
    return (
      <div role="status" data-testid="added">
        <p>It is in the case now.</p>
        <div className="cf-card-actions">
          <Button renderRoot={(props) => <Link to="/cases/$id" params={{ id: done }} search={{ tab: "things" }} {...props} />} data-testid="to-case">
            Go to the case
          </Button>
          <Button variant="default" onClick={onClose}>
            Stay here
          </Button>
        </div>
      </div>
    );
  }
  return (
    <>
      <SegmentedControl size="xs" aria-label="Which case" value={shown} onChange={(value) => setHow(value as "known" | "new")} data={[{ value: "known", label: "One of mine" }, { value: "new", label: "A new case" }]} data-testid="which-case" />
      {shown === "new" ? (
        <CaseForm thing={thing} onOpened={setDone} onCancel={onClose} />
      ) : (
        <form
          className="cf-case-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (id) add("thing", { ...thing, why }, null, () => setDone(id));
          }}
        >
          <Select label="Case" required searchable placeholder={query.isPending ? "Reading…" : cases.length ? "Which?" : "You are in no open case"} data={cases.map((one) => ({ value: one.id, label: `${one.title} (${one.id.slice(0, 8)})` }))} value={id} onChange={setId} data-testid="case-choice" />
          <Textarea label="What it has to do with it" autosize minRows={2} maxLength={20000} value={why} onChange={(event) => setWhy(event.currentTarget.value)} data-testid="case-why" />
          <Refusal error={act.error} />
          <div className="cf-card-actions">
            <Button type="submit" disabled={!id} loading={act.isPending} data-testid="case-add">
              Add
            </Button>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
          </div>
        </form>
      )}
    </>
  );
}
