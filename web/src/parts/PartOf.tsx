import { Link } from "@tanstack/react-router";

import { useApi } from "../api/client";
import type { PatternsAnswer } from "../api/types";
import { count } from "./format";
import { Marks } from "./Handling";
import { Likelihood } from "./Likelihood";

/** The pattern of activity that a finding is in; nothing where it stands by itself. Never waited for. */
export function PartOf({ finding }: { finding: string }) {
  const pattern = useApi<PatternsAnswer>("/patterns", { finding }).data?.patterns[0];
  if (!pattern) return null;
  return (
    <p className="cf-partof" data-testid="part-of">
      Part of a pattern of{" "}
      <Link to="/patterns" search={{ pattern: pattern.id }}>
        {count(pattern.findings)} findings that belong together
      </Link>{" "}
      <Likelihood word={pattern.likelihood} basis="rule" /> <Marks of={pattern} />
    </p>
  );
}
