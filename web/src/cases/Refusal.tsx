import type { ApiError } from "../api/client";
import { time } from "../parts/format";
import { theirs } from "./acts";

/** Why a change was not kept; where somebody was faster, what they wrote. */
export function Refusal({ error }: { error: ApiError | null }) {
  if (!error) return null;
  const other = theirs(error);
  if (!other) {
    return (
      <div role="alert" className="cf-refused" data-testid="case-error">
        {error.detail || error.title}
      </div>
    );
  }
  const yours = (error.more.yours ?? {}) as Record<string, unknown>;
  const differ = Object.keys(yours).filter((key) => JSON.stringify(yours[key]) !== JSON.stringify(other.fields[key]));
  return (
    <div role="alert" className="cf-conflict-box" data-testid="conflict">
      <strong>
        {other.by} changed this at {time(other.at)}, after you opened it.
      </strong>{" "}
      Nothing of yours was kept, nothing of theirs is lost. The row now shows theirs; change it again where you still want to.
      <table className="cf-table">
        <thead>
          <tr>
            <th>Field</th>
            <th>Yours, not kept</th>
            <th>Theirs, in force</th>
          </tr>
        </thead>
        <tbody>
          {differ.map((key) => (
            <tr key={key}>
              <td>{key}</td>
              <td>{said(yours[key])}</td>
              <td>{said(other.fields[key])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export const said = (value: unknown): string => (value === null || value === undefined || value === "" ? "—" : typeof value === "string" ? value : JSON.stringify(value));
