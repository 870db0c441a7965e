import { Button, Modal, SegmentedControl } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";

import { useApi } from "../api/client";
import type { CaseLine, CaseList, ProposalsAnswer } from "../api/types";
import { CaseForm } from "../cases/CaseForm";
import { Proposals } from "../cases/Proposals";
import { count, day, words } from "../parts/format";
import { Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import type { CasesSearch } from "../searches";

import "../cases.css";

const route = getRouteApi("/cases");

/** The cases that one is in, and what waits for a second person. */
export function CasesScreen() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const set = (change: CasesSearch) => void navigate({ to: "/cases", search: (before) => ({ ...before, ...change }), replace: true });
  const query = useApi<CaseList>("/cases", { status: search.status }, { steady: true });
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
      <Answered query={query} what="Reading your cases…">
        {(answer) =>
          Object.keys(answer.statuses).length ? (
            <>
              <SegmentedControl
                size="xs"
                aria-label="Status"
                value={search.status ?? ""}
                onChange={(status) => set({ status: status === "" ? undefined : (status as "open" | "closed") })}
                data={[{ value: "", label: "All" }, ...(["open", "closed"] as const).map((one) => ({ value: one, label: `${words(one)} (${count(answer.statuses[one] ?? 0)})` }))]}
                data-testid="case-status"
              />
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

function Listed({ cases }: { cases: CaseLine[] }) {
  if (!cases.length) return <Empty title="None of this status" />;
  return (
    <div className="cf-wide">
      <table className="cf-table cf-cases" data-testid="case-list">
        <thead>
          <tr>
            <th>Case</th>
            <th>Status</th>
            <th>Purpose</th>
            <th>Led by</th>
            <th>Members</th>
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
                  <code>{one.id}</code>
                </div>
              </td>
              <td className="cf-nowrap">
                <span className="cf-state" data-state={one.status}>
                  {one.status}
                </span>{" "}
                <span className="cf-soft">{words(one.outcome)}</span>
              </td>
              <td>{one.purpose}</td>
              <td>{one.leads.join(", ") || "—"}</td>
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
