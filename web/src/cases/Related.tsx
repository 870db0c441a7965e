import { Link } from "@tanstack/react-router";

import { useApi } from "../api/client";
import type { RelatedCases } from "../api/types";
import { count, words } from "../parts/format";
import { Marks } from "../parts/Handling";

/** Other cases of the reader about the same things, or linked with this one. */
export function Related({ id }: { id: string }) {
  const query = useApi<RelatedCases>(`/cases/${encodeURIComponent(id)}/related`);
  if (!query.data?.related.length) return null;
  return (
    <section aria-label="Related cases" data-testid="related">
      <h2>Related cases</h2>
      <ul className="cf-plain">
        {query.data.related.map((one) => (
          <li key={one.id} className="cf-card cf-case-row">
            <div className="cf-case-said">
              <Link to="/cases/$id" params={{ id: one.id }} className="cf-case-link">
                {one.title}
              </Link>
              {one.shared.length > 0 && (
                <div className="cf-soft cf-anywhere">
                  {count(one.shared.length)} in both: {one.shared.slice(0, 3).map((thing) => thing.caption || thing.id).join(" · ")}
                  {one.shared.length > 3 && " · …"}
                </div>
              )}
            </div>
            <div className="cf-brief-foot">
              <span className="cf-state" data-state={one.status}>
                {one.status}
                {one.outcome && `: ${words(one.outcome)}`}
              </span>
              {one.linked && <span className="cf-soft">linked</span>}
              <Marks of={one} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
