import { Tabs } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { useApi } from "../api/client";
import type { CaseFile } from "../api/types";
import { Decisions } from "../cases/Decisions";
import { Notes } from "../cases/Notes";
import { Overview } from "../cases/Overview";
import { Requests } from "../cases/Requests";
import { Snapshots } from "../cases/Snapshots";
import { Tasks } from "../cases/Tasks";
import { Things } from "../cases/Things";
import { Timeline } from "../cases/Timeline";
import { day, words } from "../parts/format";
import { Handling, Marks } from "../parts/Handling";
import { Answered, Screen } from "../parts/Screen";
import type { CaseSearch } from "../searches";

import "../cases.css";

const route = getRouteApi("/cases/$id");

/** One case: everything in it that the reader may see, each kind on a tab of its own. */
export function CaseScreen() {
  const { id } = route.useParams();
  const query = useApi<CaseFile>(`/cases/${encodeURIComponent(id)}`, {}, { steady: true });
  return (
    <Screen name="case" title={query.data ? `${query.data.title} · Case` : "Case"} headed>
      <Answered query={query} what="Reading the case…">
        {(file) => <Body file={file} />}
      </Answered>
    </Screen>
  );
}

function Body({ file }: { file: CaseFile }) {
  const { tab = "overview" } = route.useSearch();
  const navigate = useNavigate();
  const open = (to: CaseSearch["tab"]) => void navigate({ to: "/cases/$id", params: { id: file.id }, search: (before) => ({ ...before, tab: to === "overview" ? undefined : to, row: undefined, since: undefined }), replace: true });
  const waiting = file.proposals.filter((one) => one.state === "waiting").length;
  const todo = file.tasks.filter((one) => one.state === "open" || one.state === "doing").length;
  const late: Partial<Record<string, number>> = { tasks: file.tasks.filter((one) => one.overdue).length, requests: file.requests.filter((one) => one.overdue).length };
  const tabs: [NonNullable<CaseSearch["tab"]>, string, number | null][] = [
    ["overview", "Overview", null],
    ["things", "Things", file.things.filter((one) => one.state === "in").length],
    ["tasks", "Tasks", todo],
    ["notes", "Notes", file.notes.length],
    ["requests", "Requests", file.requests.length + file.referrals.length],
    ["decisions", "Decisions", file.decisions.length],
    ["snapshots", "Charts", file.snapshots.length],
    ["history", "Timeline", null],
  ];
  return (
    <>
      <header className="cf-case-head">
        <h1 data-testid="case-heading">{file.title}</h1>
        <span className="cf-state" data-state={file.status} data-testid="case-state">
          {file.status}
          {file.outcome && `: ${words(file.outcome)}`}
        </span>
        <Marks of={file} quiet={false} />
      </header>
      <p className="cf-soft">
        <code>{file.id}</code> · opened {day(file.opened)} by {file.opened_by} · led by {file.leads.join(", ") || "nobody named"} · all that you see of it: <Handling text={file.all_handling} quiet />
      </p>
      <Tabs value={tab} onChange={(value) => open(value as CaseSearch["tab"])} keepMounted={false}>
        <Tabs.List>
          {tabs.map(([value, title, n]) => (
            <Tabs.Tab key={value} value={value} data-testid={`tab-${value}`}>
              {title}
              {n !== null && ` (${n})`}
              {late[value] ? <> <span className="cf-late">{late[value]} overdue</span></> : null}
              {value === "decisions" && waiting > 0 && <span className="cf-waiting"> {waiting} {waiting === 1 ? "waits" : "wait"}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" className="cf-case-tab">
          <Overview file={file} />
        </Tabs.Panel>
        <Tabs.Panel value="things" className="cf-case-tab">
          <Things file={file} />
        </Tabs.Panel>
        <Tabs.Panel value="tasks" className="cf-case-tab">
          <Tasks file={file} />
        </Tabs.Panel>
        <Tabs.Panel value="notes" className="cf-case-tab">
          <Notes file={file} />
        </Tabs.Panel>
        <Tabs.Panel value="requests" className="cf-case-tab">
          <Requests file={file} />
        </Tabs.Panel>
        <Tabs.Panel value="decisions" className="cf-case-tab">
          <Decisions file={file} />
        </Tabs.Panel>
        <Tabs.Panel value="snapshots" className="cf-case-tab">
          <Snapshots file={file} />
        </Tabs.Panel>
        <Tabs.Panel value="history" className="cf-case-tab">
          <Timeline id={file.id} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
