import { Button, Modal, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { useApi } from "../api/client";
import type { CaseLine, CaseList, CaseWorkAnswer, ProposalsAnswer } from "../api/types";
import { TAB_OF } from "../cases/Bell";
import { CaseForm } from "../cases/CaseForm";
import { Proposals } from "../cases/Proposals";
import { WaitingEmergencies } from "../identity/Emergencies";
import { count, day, words } from "../parts/format";
import { Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import type { CasesSearch } from "../searches";

import "../cases.css";

const route = getRouteApi("/cases");

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
/** What is asked of the server for each choice of what waits. */
const WAITING: Record<NonNullable<CasesSearch["waits"]>, { label: string; asks: () => Record<string, string> }> = {
  me: { label: "Something waits for me", asks: () => ({ assignee: "me" }) },
  overdue: { label: "Something is overdue", asks: () => ({ due: inDays(-1) }) },
  week: { label: "Something is due within 7 days", asks: () => ({ due: inDays(7) }) },
};

/** The cases that one is in, what waits in them for oneself, and what waits for a second person. */
export function CasesScreen() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const set = (change: CasesSearch) => void navigate({ to: "/cases", search: (before) => ({ ...before, ...change }), replace: true });
  const query = useApi<CaseList>("/cases", { status: search.status, q: search.q, ...(search.waits ? WAITING[search.waits].asks() : {}) }, { steady: true });
  const waiting = useApi<ProposalsAnswer>("/proposals");
  return (
    <Screen name="cases" title="Cases" headed>
      <div className="cf-case-head">
        <h1>Cases</h1>
        <span className="cf-grow" />
        <Button leftSection={<IconPlus size={15} />} onClick={() => set({ open: 1 })} data-testid="new-case">
          New case
        </Button>
      </div>
      {(waiting.data?.total ?? 0) > 0 && (
        <section aria-label="Waits for a second person">
          <h2>Waits for a second person</h2>
          <Proposals of={waiting.data?.proposals ?? []} />
        </section>
      )}
      <WaitingEmergencies />
      <Work />
      <Answered query={query} what="Reading your cases…">
        {(answer) =>
          Object.keys(answer.statuses).length ? (
            <>
              <div className="cf-case-line cf-case-filters">
                <SegmentedControl
                  size="xs"
                  aria-label="Status"
                  value={search.status ?? ""}
                  onChange={(status) => set({ status: status === "" ? undefined : (status as "open" | "closed") })}
                  data={[{ value: "", label: "All" }, ...(["open", "closed"] as const).map((one) => ({ value: one, label: `${words(one)} (${count(answer.statuses[one] ?? 0)})` }))]}
                  data-testid="case-status"
                />
                <Find value={search.q ?? ""} onFind={(q) => set({ q: q || undefined })} />
                <Select size="xs" w={230} aria-label="What waits in them" placeholder="Whatever waits in them" clearable data={Object.entries(WAITING).map(([value, { label }]) => ({ value, label }))} value={search.waits ?? null} onChange={(waits) => set({ waits: (waits as CasesSearch["waits"]) ?? undefined })} data-testid="case-waits" />
                <span className="cf-soft" role="status">
                  {count(answer.total)} of {count(Object.values(answer.statuses).reduce((a, b) => a + b, 0))}
                </span>
              </div>
              <Listed cases={answer.cases} />
            </>
          ) : (
            <Empty title="You are in no case">
              Open one here, or from a finding, a pattern, an entity or a hit of screening with <em>Add to case</em>. A case of others appears once its lead has made you, your unit or your organisation a member.
            </Empty>
          )
        }
      </Answered>
      <Modal opened={search.open === 1} onClose={() => set({ open: undefined })} title="New case" size="lg">
        {search.open === 1 && <CaseForm onOpened={(id) => void navigate({ to: "/cases/$id", params: { id } })} onCancel={() => set({ open: undefined })} />}
      </Modal>
    </Screen>
  );
}

/** A text that is looked for in all that one may read of one's cases, once typing pauses. */
function Find({ value, onFind }: { value: string; onFind: (q: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const later = useDebouncedCallback(onFind, 250);
  return (
    <TextInput
      size="xs"
      w={260}
      type="search"
      aria-label="Find in my cases"
      placeholder="Find in titles, notes, tasks…"
      maxLength={300}
      leftSection={<IconSearch size={14} />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        later(event.currentTarget.value.trim());
      }}
      data-testid="case-find"
    />
  );
}

const FEW = 6;

/** What waits for the reader in open cases, the most urgent first. */
function Work() {
  const query = useApi<CaseWorkAnswer>("/work");
  const [all, setAll] = useState(false);
  const rows = query.data?.work ?? [];
  if (!rows.length) return null;
  return (
    <section aria-label="Waits for me" data-testid="work">
      <h2>
        Waits for me ({count(rows.length)}) {(query.data?.overdue ?? 0) > 0 && <span className="cf-late">{count(query.data?.overdue ?? 0)} overdue</span>}
      </h2>
      <ul className="cf-plain cf-work">
        {(all ? rows : rows.slice(0, FEW)).map((one) => (
          <li key={`${one.case} ${one.row}`}>
            <span className={one.overdue ? "cf-late" : "cf-soft"}>{one.due || "no day"}</span>
            <Link to="/cases/$id" params={{ id: one.case }} search={{ tab: TAB_OF[one.kind] }} className="cf-anywhere" data-testid="work-item">
              {one.what}
            </Link>
            <span className="cf-soft cf-ellipsis" title={one.title}>
              {one.kind} · {one.title}
            </span>
            <Marks of={one} />
          </li>
        ))}
      </ul>
      {rows.length > FEW && (
        <button type="button" className="cf-door" onClick={() => setAll(!all)}>
          {all ? "show fewer" : `show all ${count(rows.length)}`}
        </button>
      )}
    </section>
  );
}

function Listed({ cases }: { cases: CaseLine[] }) {
  if (!cases.length) return <Empty title="None of your cases is so" />;
  return (
    <div className="cf-wide">
      <table className="cf-table cf-cases" data-testid="case-list">
        <thead>
          <tr>
            <th>Case</th>
            <th>Status</th>
            <th>Waits</th>
            <th>Led by</th>
            <th className="num">Members</th>
            <th>Opened</th>
            <th>Handling</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <tr key={one.id} data-testid="case-line">
              <td>
                <Link to="/cases/$id" params={{ id: one.id }} className="cf-case-link">
                  {one.title}
                </Link>
                <div className="cf-soft">
                  <code>{one.id}</code> · {one.purpose}
                </div>
                {one.hits.map((hit) => (
                  <div key={`${hit.kind} ${hit.row}`} className="cf-case-hit">
                    <Link to="/cases/$id" params={{ id: one.id }} search={{ tab: TAB_OF[hit.kind] }}>
                      {words(hit.kind)}
                    </Link>
                    : {hit.text}
                  </div>
                ))}
                {one.found > one.hits.length && <div className="cf-soft">and {count(one.found - one.hits.length)} more places</div>}
              </td>
              <td className="cf-nowrap">
                <span className="cf-state" data-state={one.status}>
                  {one.status}
                </span>{" "}
                <span className="cf-soft">{words(one.outcome)}</span>
              </td>
              <td>
                {one.waiting > 0 ? (
                  <>
                    <span className="cf-nowrap">
                      {count(one.waiting)} {one.mine > 0 && <span className="cf-soft">({count(one.mine)} for me)</span>}
                    </span>
                    <div className="cf-nowrap">{one.overdue > 0 ? <span className="cf-late">{count(one.overdue)} overdue</span> : one.due && <span className="cf-soft">next {one.due}</span>}</div>
                  </>
                ) : (
                  <span className="cf-soft">—</span>
                )}
              </td>
              <td className="cf-anywhere">{one.leads.join(", ") || "—"}</td>
              <td className="num">{count(one.members)}</td>
              <td className="cf-nowrap">{day(one.opened)}</td>
              <td>
                <Marks of={one} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
