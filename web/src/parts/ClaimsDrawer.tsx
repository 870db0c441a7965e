import { Drawer } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { useApi } from "../api/client";
import type { Claim } from "../api/types";
import { ClaimList } from "./ClaimList";
import { Answered, Empty } from "./Screen";

/** Lists the claims that the URL names: the door behind every endnote, measure and arc. */
export function ClaimsDrawer() {
  const ids = useSearch({ strict: false, select: (search) => search.claims });
  const navigate = useNavigate();
  const close = () => void navigate({ to: ".", search: (before) => ({ ...before, claims: undefined }), replace: true });
  return (
    <Drawer opened={!!ids} onClose={close} position="right" size="lg" title={ids?.length === 1 ? "The claim" : "The claims"} data-testid="explain-drawer">
      {ids && <ClaimsByIds ids={ids} />}
    </Drawer>
  );
}

/** Claims that one question can name. */
const ASKED = 200;

export function ClaimsByIds({ ids }: { ids: readonly string[] }) {
  const query = useApi<{ claims: Claim[] }>("/claims", { id: ids.slice(0, ASKED) });
  return (
    <Answered query={query} what="Reading the claims…">
      {({ claims }) => (claims.length ? <ClaimList claims={claims} /> : <Empty title="No claim that this audience may read" />)}
    </Answered>
  );
}

/** Claims that one address can name. */
const MOST = 100;

/** Opens the drawer over the screen that is shown. */
export function useClaims(): (...ids: string[]) => void {
  const navigate = useNavigate();
  return (...ids) => {
    if (ids.length) void navigate({ to: ".", search: (before) => ({ ...before, claims: ids.slice(0, MOST) }) });
  };
}
