import { Drawer } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { useApi } from "../api/client";
import type { Explanation } from "../api/types";
import { EvidenceTree } from "./EvidenceTree";
import { Answered } from "./Screen";

/** Unfolds whatever ids the URL names under `explain`: the door behind every link, figure, arc and endnote. */
export function ExplainDrawer() {
  const ids = useSearch({ strict: false, select: (search) => search.explain });
  const navigate = useNavigate();
  const close = () => void navigate({ to: ".", search: (before) => ({ ...before, explain: undefined }), replace: true });
  return (
    <Drawer opened={!!ids} onClose={close} position="right" size="lg" title="What it rests on" data-testid="explain-drawer">
      {ids?.map((id) => <Unfolded key={id} id={id} alone={ids.length === 1} />)}
    </Drawer>
  );
}

function Unfolded({ id, alone }: { id: string; alone: boolean }) {
  const query = useApi<Explanation>(`/explain/${encodeURIComponent(id)}`);
  return (
    <Answered query={query} what="Unfolding to its sources…">
      {(tree) => <EvidenceTree roots={[tree]} open={alone ? 3 : 1} />}
    </Answered>
  );
}

/** Opens the drawer over the screen that is shown. */
export function useExplain(): (...ids: string[]) => void {
  const navigate = useNavigate();
  return (...ids) => {
    if (ids.length) void navigate({ to: ".", search: (before) => ({ ...before, explain: ids }) });
  };
}
