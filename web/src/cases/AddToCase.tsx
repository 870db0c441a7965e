import { ActionIcon, Button, Modal, SegmentedControl, Select, Textarea, Tooltip } from "@mantine/core";
import { IconFolderPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { useApi } from "../api/client";
import type { CaseList, ThingKind } from "../api/types";
import { useSession } from "../identity/session";
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

/** From a finding, an entity, a single claim or record… into a case: one that is there, or a new one; nothing for who may
    not write in cases. `terse`: a sign alone, beside a row. */
export function AddToCase({ thing, size = "xs", terse = false }: { thing: ThingRef; size?: string; terse?: boolean }) {
  const [opened, setOpened] = useState(false);
  const may = useSession().data?.me?.verbs.includes("case");
  if (!may) return null;
  return (
    <>
      {terse ? (
        <Tooltip label="Add to case">
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label="Add to case" onClick={() => setOpened(true)} data-testid="add-row-to-case">
            <IconFolderPlus size={14} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Button size={size} variant="default" leftSection={<IconFolderPlus size={15} />} onClick={() => setOpened(true)} data-testid="add-to-case">
          Add to case
        </Button>
      )}
      {/* There may be very many of these on one screen. */}
      {(opened || !terse) && (
        <Modal opened={opened} onClose={() => setOpened(false)} title="Add to a case" size="lg">
          {opened && <Choice thing={thing} onClose={() => setOpened(false)} />}
        </Modal>
      )}
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
  const shown = how ?? "known";
  // Decided once: the case that is being opened must not take its own form away when the list is told of it.
  useEffect(() => {
    if (query.data) setHow((before) => before ?? (query.data.cases.length ? "known" : "new"));
  }, [query.data]);
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
