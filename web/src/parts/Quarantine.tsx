import { TextInput } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import type { Dataset, SourcesAnswer } from "../api/types";
import { count } from "./format";
import { Marks } from "./Handling";
import { Empty } from "./Screen";

const route = getRouteApi("/sources");

/** What was set aside: how often for which reason, then the rows as they were received. */
export function Quarantine({ answer }: { answer: SourcesAnswer }) {
  const { q = "" } = route.useSearch();
  const navigate = useNavigate();
  const total = answer.datasets.reduce((sum, one) => sum + one.quarantined, 0);
  if (!total) return <Empty title="Nothing in quarantine">Every row that was read could be used.</Empty>;
  const filter = (text: string) => void navigate({ to: "/sources", search: (was) => ({ ...was, q: text || undefined }), replace: true });
  const wanted = q.toLowerCase();
  const rows = answer.quarantine.filter((row) => !wanted || [row.dataset, row.file, row.field, row.reason, row.raw].join(" ").toLowerCase().includes(wanted));
  return (
    <>
      <div className="cf-filters">
        <TextInput size="xs" w={320} placeholder="Filter by dataset, field, reason, content" aria-label="Filter quarantine" value={q} onChange={(event) => filter(event.currentTarget.value)} data-testid="quarantine-filter" />
        <span className="cf-soft">
          {count(rows.length)} rows shown{total > answer.quarantine.length && ` of the first ${count(answer.quarantine.length)}; there are ${count(total)}`}
        </span>
      </div>
      <Reasons datasets={answer.datasets} />
      <table className="cf-table cf-quarantine" data-testid="quarantine">
        <thead>
          <tr>
            <th>File</th>
            <th className="num">Line</th>
            <th>Field</th>
            <th>Why it was set aside, and the row as received</th>
            <th className="num">Handling</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i} data-testid="quarantined">
              <td>{row.file}</td>
              <td className="num">{row.line}</td>
              <td>
                <code>{row.field}</code>
              </td>
              <td>
                {row.reason}
                {row.raw && <pre className="cf-raw">{row.raw}</pre>}
              </td>
              <td className="num">
                <Marks of={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!rows.length && <Empty title="No row matches">Clear the filter.</Empty>}
    </>
  );
}

function Reasons({ datasets }: { datasets: Dataset[] }) {
  return (
    <table className="cf-table" data-testid="reasons">
      <thead>
        <tr>
          <th>Dataset</th>
          <th>Field</th>
          <th>Reason</th>
          <th className="num">Rows</th>
        </tr>
      </thead>
      <tbody>
        {datasets.flatMap((one) =>
          one.reasons.map((reason, i) => (
            <tr key={`${one.dataset} ${reason.field} ${reason.reason}`}>
              <td>{i === 0 && one.dataset}</td>
              <td>
                <code>{reason.field}</code>
              </td>
              <td>{reason.reason}</td>
              <td className="num">{count(reason.rows)}</td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}
