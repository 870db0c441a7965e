import { Button, Modal, Select, TextInput } from "@mantine/core";
import { IconCamera } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import { useAsOf } from "../api/reader";
import type { CaseList, SnapshotChart } from "../api/types";
import { useAct } from "./acts";
import { Refusal } from "./Refusal";

import "../cases.css";

interface Props {
  /** The entity around which it is drawn, or the finding whose attempt it shows. */
  of: { center: string } | { finding: string };
  hops: number;
  limit: number;
  name: string;
  /** Where the nodes stand now. */
  where: () => Record<string, [number, number]>;
  /** Nodes of which the neighbours were added; the entity to which a chain was drawn, `nearest`: a listed one. */
  expand: string[] | undefined;
  path: string;
  /** What else is set: hidden in the legend, the window of the time bar, nodes moved by hand. */
  shown: { hide: string[]; start: string; end: string; pins: string[] };
}

/** Characters of a title. */
const LONGEST = 300;

/** Keeps the link chart in a case, around an entity or of an attempt, as it is and as it stands. */
export function KeepChart(chart: Props) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconCamera size={15} />} onClick={() => setOpened(true)} data-testid="keep-chart">
        Keep in a case
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Keep this chart as it is">
        {opened && <Form {...chart} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function Form({ of, hops, limit, name, where, expand, path, shown, onClose }: Props & { onClose: () => void }) {
  const asOf = useAsOf();
  const query = useApi<CaseList>("/cases", { status: "open" });
  const cases = query.data?.cases ?? [];
  const [id, setId] = useState<string | null>(null);
  const [title, setTitle] = useState((asOf ? `${name}, as of ${asOf}` : name).slice(0, LONGEST));
  const act = useAct<SnapshotChart>();
  if (act.data) {
    return (
      <div role="status" data-testid="kept">
        <p>Kept: {act.data.nodes.length} entities, {act.data.edges.length} links.</p>
        <Button renderRoot={(props) => <Link to="/cases/$id" params={{ id: act.data.case }} search={{ tab: "snapshots", row: act.data.row }} {...props} />} data-testid="to-snapshot">
          Open it
        </Button>
      </div>
    );
  }
  if (query.data && !cases.length) {
    return (
      <p>
        You are in no open case. <Link to="/cases" search={{ open: 1 }}>Open one</Link> first.
      </p>
    );
  }
  return (
    <form
      className="cf-case-form"
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate({ path: `/cases/${id}/snapshots`, body: { ...of, title, hops, as_of: asOf ?? "", limit, layout: where(), expand: expand ?? [], path, shown } });
      }}
    >
      <Select label="Case" required data={cases.map((one) => ({ value: one.id, label: `${one.title} (${one.id.slice(0, 8)})` }))} value={id} onChange={setId} data-testid="chart-case" />
      <TextInput label="Title" required maxLength={LONGEST} value={title} onChange={(event) => setTitle(event.currentTarget.value)} data-testid="chart-title" />
      <p className="cf-soft">What is drawn is kept with what is known of it now: where it stands, what you added, moved and hid, and the window of the time bar.</p>
      <Refusal error={act.error} />
      <div className="cf-card-actions">
        <Button type="submit" disabled={!id || !title.trim()} loading={act.isPending} data-testid="chart-keep">
          Keep
        </Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
