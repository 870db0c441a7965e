import { Button, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";

import type { ActAnswer, CaseFile } from "../api/types";
import { askProof } from "../identity/proof";
import { useSession } from "../identity/session";
import { useAct } from "./acts";
import { UPWARDS, useOrganisations } from "./Pickers";
import { Refusal } from "./Refusal";

/** Lets further organisations read a row from now on; for who leads the case and may release. `row`: `case` is the case. */
export function LetOut({ file, row }: { file: CaseFile; row: string }) {
  const session = useSession();
  const [open, setOpen] = useState(false);
  const [to, setTo] = useState<string[]>([]);
  const [because, setBecause] = useState("");
  const act = useAct<ActAnswer>();
  const organisations = useOrganisations(file);
  if (file.role !== "lead" || file.status !== "open" || !session.data?.me?.verbs.includes("release")) return null;
  if (act.data) {
    return (
      <span role="status" className="cf-soft" data-testid="let-out">
        {act.data.done ? "Let out." : "Waits for a second person, under Decisions."}
      </span>
    );
  }
  if (!open) {
    return (
      <Button size="compact-xs" variant="default" onClick={() => setOpen(true)} data-testid="let-out-open">
        Let out
      </Button>
    );
  }
  return (
    <form
      className="cf-case-line"
      aria-label="Let further organisations read it"
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate({ path: `/cases/${file.id}/rows/${row}/release`, body: { to, because } }, { onError: (error) => void askProof(error) });
      }}
    >
      <TagsInput size="xs" w={220} aria-label="To whom" placeholder="to whom" data={organisations} value={to} onChange={setTo} comboboxProps={UPWARDS} data-testid="let-out-to" />
      <TextInput size="xs" aria-label="Why" placeholder="why" value={because} onChange={(event) => setBecause(event.currentTarget.value)} data-testid="let-out-because" />
      <Button size="xs" type="submit" disabled={!to.length || !because.trim()} loading={act.isPending} data-testid="let-out-do">
        Let out
      </Button>
      <Button size="xs" variant="default" onClick={() => setOpen(false)}>
        Cancel
      </Button>
      <Refusal error={act.error} />
    </form>
  );
}
