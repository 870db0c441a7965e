import { Button, TextInput } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { useApi } from "../api/client";
import type { Custody, CustodyCheck, CustodyStep } from "../api/types";
import { useSession } from "../identity/session";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, time } from "../parts/format";

const route = getRouteApi("/custody");

const DONE: Record<string, string> = {
  ingest: "taken in", fetch: "fetched", hold: "held back", accept: "accepted", reject: "rejected", mark: "a passage marked", unmark: "a mark taken back",
  release: "released", recall: "called back", purge: "purged", redact: "a passage taken out or kept in", custody: "asked where it came from",
};

/** From whom a file came, what was done with it and where it went, by its hash; checked on request. */
export function CustodyScreen() {
  const { sha256 } = route.useSearch();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(sha256 ?? "");
  const verbs = useSession().data?.me?.verbs ?? [];
  const may = verbs.includes("audit");
  const good = /^[0-9a-f]{64}$/.test(sha256 ?? "");
  const chain = useApi<Custody>(may && good ? `/custody/${sha256 ?? ""}` : null, {}, { onScreen: false });
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    void navigate({ to: "/custody", search: (before) => ({ ...before, sha256: typed.trim().toLowerCase() || undefined }) });
  };
  if (!may) {
    return (
      <Screen name="custody" title="Custody">
        <Empty title="Custody is not among your roles">Auditors ask here where a file came from and what was done with it.</Empty>
      </Screen>
    );
  }
  return (
    <Screen name="custody" title="Custody" headed>
      <div className="cf-case-head">
        <h1>Custody</h1>
        <span className="cf-grow" />
        {verbs.includes("read") && <Link to="/sharing">Sharing</Link>}
      </div>
      <form onSubmit={ask} className="cf-panel cf-custody-ask" aria-label="Ask for a file">
        <TextInput size="xs" className="cf-grow" label="SHA-256 of an original, or of a file that left" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} data-testid="custody-hash" />
        <Button size="xs" type="submit" data-testid="custody-ask">
          Show its chain
        </Button>
      </form>
      {!sha256 && <Empty title="A chain is found by a hash">Every document and every release has one. What is asked here is on the audit log.</Empty>}
      {sha256 && !good && <Empty title="This is no SHA-256">It has 64 digits of 0 to 9 and a to f.</Empty>}
      {good && (
        <Answered query={chain} what="Reading the audit log…">
          {(found) => <Chain key={found.sha256} chain={found} />}
        </Answered>
      )}
    </Screen>
  );
}

function Chain({ chain }: { chain: Custody }) {
  const [checking, setChecking] = useState(false);
  const check = useApi<CustodyCheck>(checking ? `/custody/${chain.sha256}/check` : null, {}, { onScreen: false });
  return (
    <>
      <section className="cf-panel" aria-label="The file" data-testid="custody">
        <h2 className="cf-flush cf-breakable">{chain.names.join(", ") || (chain.originals.length ? "A file that left" : "An original")}</h2>
        <div className="cf-mono cf-breakable">{chain.sha256}</div>
        {chain.came.map((one) => (
          <div key={`${one.dataset} ${one.recorded_at}`} className="cf-note cf-breakable">
            Came in {time(one.recorded_at)} as <strong>{one.dataset}</strong>
            {one.publisher && `, from ${one.publisher}`}
            {one.url && `, ${one.url}`}
          </div>
        ))}
        {chain.originals.length > 0 && (
          <>
            <h3>Made of {chain.originals.length === 1 ? "this original" : `these ${count(chain.originals.length)} originals`}</h3>
            <ul className="cf-plain">
              {chain.originals.map((one) => (
                <li key={one}>
                  <Link to="/custody" search={{ sha256: one }} className="cf-mono cf-breakable">
                    {one}
                  </Link>
                </li>
              ))}
            </ul>
          </>
        )}
        {checking ? (
          <Answered query={check} what="Computing hashes and checking proofs…">
            {(told) => <Checked told={told} />}
          </Answered>
        ) : (
          <Button size="xs" mt={8} onClick={() => setChecking(true)} data-testid="custody-check">
            Verify
          </Button>
        )}
      </section>
      <section className="cf-panel" aria-label="Steps">
        <h2 className="cf-flush">Steps ({count(chain.steps.length)})</h2>
        <table className="cf-table" data-testid="custody-steps">
          <thead>
            <tr>
              <th className="num">Entry</th>
              <th>When</th>
              <th>Who</th>
              <th>What</th>
              <th>Of it</th>
            </tr>
          </thead>
          <tbody>
            {chain.steps.map((one) => (
              <tr key={one.n}>
                <td className="num">{count(one.n)}</td>
                <td className="cf-nowrap">{time(one.at)}</td>
                <td>{one.who}</td>
                <td>{DONE[one.action] ?? one.action}</td>
                <td className="cf-breakable">{told(one)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function told(step: CustodyStep): string {
  const known = new Set(["n", "at", "who", "action", "what"]);
  const rows = Object.entries(step).filter(([key, value]) => !known.has(key) && value !== null && value !== "");
  return rows.map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`).join("; ");
}

function Checked({ told: found }: { told: CustodyCheck }) {
  const broken = found.files.filter((one) => one.state === "changed");
  const good = !broken.length && !found.problems.length;
  return (
    <div className="cf-note" role="status" data-testid="custody-checked" data-good={good}>
      <strong className={good ? undefined : "cf-refused"}>{good ? "The chain holds." : "The chain does not hold."}</strong>
      {found.files.map((one) => (
        <div key={one.sha256} className={one.state === "changed" ? "cf-refused" : undefined}>
          <span className="cf-mono cf-breakable">{one.sha256}</span>: {{ whole: "as it came in", changed: "changed since it came in", gone: "no longer kept" }[one.state]}
        </div>
      ))}
      <div>
        {count(found.steps)} steps proved in the audit log
        {found.signed && `, signed ${time(found.signed)} over ${count(found.entries)} entries`}
      </div>
      {found.problems.map((text) => (
        <div key={text} className="cf-refused">
          {text}
        </div>
      ))}
      <div className="cf-soft cf-breakable">Public key: {found.key}</div>
    </div>
  );
}
