import { Tabs, TextInput } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";

import { useApi } from "../api/client";
import type { SourcesAnswer } from "../api/types";
import { Grades } from "../grades/Grades";
import { Grade } from "../parts/Grade";
import { Handling, Marks } from "../parts/Handling";
import { AsideDoor, DiffDrawer, Editions, Held } from "../parts/Editions";
import { Quarantine } from "../parts/Quarantine";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, day, time, words } from "../parts/format";

const route = getRouteApi("/sources");

const isWeb = (url: string): boolean => /^https?:\/\//.test(url);

/** What was read, from whom, how far it is trusted, and what was set aside. */
export function SourcesScreen() {
  const query = useApi<SourcesAnswer>("/sources");
  const { tab = "datasets" } = route.useSearch();
  const navigate = useNavigate();
  return (
    <Screen name="sources" title="Sources">
      <Answered query={query} what="Reading the sources…">
        {(answer) => (
          <Tabs value={tab} onChange={(value) => void navigate({ to: "/sources", search: (before) => ({ ...before, tab: value ?? undefined }), replace: true })}>
            <Tabs.List>
              <Tabs.Tab value="datasets">Datasets ({count(answer.datasets.length)})</Tabs.Tab>
              <Tabs.Tab value="sources">Sources ({count(answer.sources.length)})</Tabs.Tab>
              <Tabs.Tab value="grades" data-testid="tab-grades">
                Grades
              </Tabs.Tab>
              <Tabs.Tab value="quarantine">Quarantine ({count(answer.datasets.reduce((sum, one) => sum + one.quarantined, 0))})</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="datasets">
              <Datasets datasets={answer.datasets} />
            </Tabs.Panel>
            <Tabs.Panel value="sources">
              <SourceTable sources={answer.sources} />
            </Tabs.Panel>
            <Tabs.Panel value="grades">{tab === "grades" && <Grades />}</Tabs.Panel>
            <Tabs.Panel value="quarantine">
              <Quarantine answer={answer} />
            </Tabs.Panel>
          </Tabs>
        )}
      </Answered>
      <DiffDrawer />
    </Screen>
  );
}

function Datasets({ datasets }: { datasets: SourcesAnswer["datasets"] }) {
  if (!datasets.length) return <Empty title="No dataset">Run: counterflow ingest PATH…</Empty>;
  return (
    <div data-testid="datasets">
      {datasets.map((one) => (
        <section key={one.dataset} className="cf-panel" aria-label={one.title}>
          <div className="cf-dossier-title">
            <h2 className="cf-flush">{one.title}</h2>
            <code className="cf-soft">{one.dataset}</code>
            <Grade value={one.grade} />
            <Marks of={one} quiet={false} />
            {one.overdue && (
              <span className="cf-overdue" title={`Renewed ${one.schedule ?? ""}`} data-testid="overdue">
                overdue
              </span>
            )}
            <span className="cf-grow" />
            <AsideDoor dataset={one} />
            <span className="cf-soft cf-tabular">
              {count(one.claims)} claims · {count(one.entities)} records · {count(one.observations)} observations
            </span>
          </div>
          <p className="cf-soft">
            {[one.publisher, one.licence && `licence ${one.licence}`, one.schedule].filter(Boolean).join(" · ")}
            {one.url && !isWeb(one.url) && ` · ${one.url}`}
            {one.url && isWeb(one.url) && (
              <>
                {" · "}
                <a href={one.url} target="_blank" rel="noreferrer noopener">
                  {one.url}
                </a>
              </>
            )}
          </p>
          <Held dataset={one} />
          <Editions dataset={one} />
          {one.files.length > 0 && (
            <table className="cf-table">
              <thead>
                <tr>
                  <th>File</th>
                  <th>SHA-256</th>
                  <th>Reader</th>
                  <th>Read</th>
                  <th className="num">Claims</th>
                  <th className="num">Observations</th>
                  <th className="num">Quarantined</th>
                </tr>
              </thead>
              <tbody>
                {readings(one.files).map((files) =>
                  files.map((file, i) => (
                    <tr key={file.sha256 + file.name + file.ingested_at}>
                      <td>{file.name}</td>
                      <td>
                        <code title={file.sha256}>{file.sha256.slice(0, 12)}…</code>
                      </td>
                      {i === 0 && (
                        <>
                          <td rowSpan={files.length}>{file.reader}</td>
                          <td rowSpan={files.length} className="cf-nowrap">
                            {time(file.ingested_at)}
                          </td>
                          <td rowSpan={files.length} className="num">
                            {count(file.claims)}
                          </td>
                          <td rowSpan={files.length} className="num">
                            {count(file.observations)}
                          </td>
                          <td rowSpan={files.length} className="num">
                            {count(file.quarantined)}
                          </td>
                        </>
                      )}
                    </tr>
                  )),
                )}
              </tbody>
            </table>
          )}
        </section>
      ))}
    </div>
  );
}

type SourceFile = SourcesAnswer["datasets"][number]["files"][number];

/** Files that were read together; what they brought is counted for all of them at once. */
function readings(files: SourceFile[]): SourceFile[][] {
  const groups = new Map<string, SourceFile[]>();
  for (const file of files) {
    const key = [file.reader, file.ingested_at, file.claims, file.observations, file.quarantined].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}

function SourceTable({ sources }: { sources: SourcesAnswer["sources"] }) {
  const { q = "" } = route.useSearch();
  const navigate = useNavigate();
  const shown = useMemo(() => {
    const wanted = q.toLowerCase();
    return sources
      .filter((one) => !wanted || [one.title, one.publisher, one.author, one.kind, one.date, one.id].join(" ").toLowerCase().includes(wanted))
      .sort((a, b) => b.claims - a.claims || (a.id < b.id ? -1 : 1));
  }, [sources, q]);
  return (
    <>
      <div className="cf-filters">
        <TextInput size="xs" w={320} placeholder="Filter by title, author, publisher, year" aria-label="Filter sources" value={q} onChange={(event) => void navigate({ to: "/sources", search: (before) => ({ ...before, q: event.currentTarget.value || undefined }), replace: true })} data-testid="source-filter" />
        <span className="cf-soft">{count(shown.length)} sources</span>
      </div>
      <table className="cf-table" data-testid="sources">
        <thead>
          <tr>
            <th>Source</th>
            <th>Date</th>
            <th>Kind</th>
            <th>Reliability</th>
            <th className="num">Claims</th>
            <th className="num">Handling</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.id} data-testid="source">
              <td>
                {one.url && isWeb(one.url) ? (
                  <a href={one.url} target="_blank" rel="noreferrer noopener">
                    {one.title}
                  </a>
                ) : (
                  one.title
                )}
                <div className="cf-soft">{[one.author, one.publisher].filter(Boolean).join(", ")}</div>
                {one.note && <div className="cf-note">{one.note}</div>}
              </td>
              <td className="cf-nowrap">{one.date && day(one.date)}</td>
              <td>{one.kind && words(one.kind)}</td>
              <td>
                <Grade value={one.reliability} />
              </td>
              <td className="num">{count(one.claims)}</td>
              <td className="num">
                <Handling text={one.handling} quiet />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!shown.length && <Empty title="No source matches">Clear the filter.</Empty>}
    </>
  );
}
