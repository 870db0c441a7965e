import { useApi } from "../api/client";
import type { CaseHistory } from "../api/types";
import { time } from "../parts/format";
import { Marks } from "../parts/Handling";
import { Answered } from "../parts/Screen";
import { said } from "./Refusal";

/** Every version of everything in a case that the reader may see, the newest first. */
export function History({ id }: { id: string }) {
  const query = useApi<CaseHistory>(`/cases/${encodeURIComponent(id)}/history`);
  return (
    <Answered query={query} what="Reading its history…">
      {({ versions }) => (
        <div className="cf-wide">
          <table className="cf-table" data-testid="history">
            <thead>
              <tr>
                <th>When</th>
                <th>Who</th>
                <th>What</th>
                <th>Changed</th>
                <th>Handling</th>
              </tr>
            </thead>
            <tbody>
              {versions.map((one) => (
                <tr key={one.version}>
                  <td className="cf-nowrap">{time(one.at)}</td>
                  <td>{one.by}</td>
                  <td>
                    {one.kind} <code className="cf-soft">{one.row}</code>
                  </td>
                  <td className="cf-anywhere">
                    {Object.keys(one.changed).length
                      ? Object.entries(one.changed).map(([key, [before, after]]) => (
                          <div key={key}>
                            {key}: <del>{said(before)}</del> <ins>{said(after)}</ins>
                          </div>
                        ))
                      : one.follows.length
                        ? "joined, or marked anew"
                        : "written"}
                  </td>
                  <td>
                    <Marks of={one} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Answered>
  );
}
