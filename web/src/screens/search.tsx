import { SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import { useApi } from "../api/client";
import type { Hit, SearchAnswer, Summary } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { KindDot } from "../parts/EntityChip";
import { Estimate } from "../parts/Estimate";
import { FindingBrief } from "../parts/FindingBrief";
import { Handling, Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, country, topic, words } from "../parts/format";

const route = getRouteApi("/");

const EXAMPLES = ["39호실", "Bureau 39", "Office #39", "Banco Delta Asia", "Daesong"];

/** The front door: find anything by name or number; without a question, what the workspace holds and concludes. */
export function SearchScreen() {
  const { q } = route.useSearch();
  const navigate = useNavigate();
  const [text, setText] = useState(q ?? "");
  useEffect(() => setText(q ?? ""), [q]);
  const ask = useDebouncedCallback((value: string) => {
    void navigate({ to: "/", search: { q: value.trim() || undefined }, replace: true });
  }, 200);
  return (
    <Screen name="search" title={q ? `${q} · Search` : "Search"} headed={!q}>
      <TextInput
        size="lg"
        autoFocus
        leftSection={<IconSearch size={20} />}
        placeholder="Name in any script, number, ship, bank…"
        aria-label="Search"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          ask(event.currentTarget.value);
        }}
        data-testid="search-input"
      />
      {q && onChain(q) && (
        <p>
          <Link to="/taint" search={{ address: [q.trim()] }} data-testid="search-taint">
            Follow the money of {q.trim()}
          </Link>{" "}
          over blockchains
        </p>
      )}
      {q ? <Results q={q} /> : <FrontPage />}
    </Screen>
  );
}

/** Whether a question may be an address or transaction of a blockchain: one long word with a digit in it. */
const onChain = (q: string): boolean => /^(0x[0-9a-f]{40,64}|[a-z0-9:]{25,90})$/i.test(q.trim()) && /\d/.test(q);

function Results({ q }: { q: string }) {
  const query = useApi<SearchAnswer>("/search", { q, limit: 100 }, { steady: true });
  const [only, setOnly] = useState<{ schema?: string; dataset?: string; country?: string }>({});
  const [listed, setListed] = useState("all");
  return (
    <Answered query={query} what="Searching…">
      {({ results }) => {
        if (!results.length) {
          return (
            <Empty title={`Nothing readable matches “${q}”`}>
              Try another spelling or script, fewer words, or a number (IMO, list number, account). Names are matched across scripts.
            </Empty>
          );
        }
        const shown = results.filter(
          (hit) =>
            (!only.schema || hit.schema === only.schema) &&
            (!only.dataset || hit.datasets.includes(only.dataset)) &&
            (!only.country || hit.countries.includes(only.country)) &&
            (listed === "all" || hit.listed === (listed === "listed")),
        );
        return (
          <div className="cf-results">
            <aside aria-label="Narrow down">
              <SegmentedControl
                size="xs"
                fullWidth
                value={listed}
                onChange={setListed}
                data={[
                  { value: "all", label: "All" },
                  { value: "listed", label: "Listed" },
                  { value: "unlisted", label: "Not listed" },
                ]}
              />
              <Facet title="Kind" of={results.map((hit) => [hit.schema])} print={words} value={only.schema} onChange={(schema) => setOnly({ ...only, schema })} />
              <Facet title="Dataset" of={results.map((hit) => hit.datasets)} print={(name) => name} value={only.dataset} onChange={(dataset) => setOnly({ ...only, dataset })} />
              <Facet title="Country" of={results.map((hit) => hit.countries)} print={country} value={only.country} onChange={(code) => setOnly({ ...only, country: code })} />
            </aside>
            <ol className="cf-hits" data-testid="results" aria-label={`${shown.length} results`}>
              {shown.map((hit) => (
                <Result key={hit.id} hit={hit} />
              ))}
              {!shown.length && <Empty title="Nothing is left">Switch a filter off on the left.</Empty>}
            </ol>
          </div>
        );
      }}
    </Answered>
  );
}

function Result({ hit }: { hit: Hit }) {
  return (
    <li className="cf-with-add" data-testid="result">
      <Link to="/entity/$id" params={{ id: hit.id }} className="cf-hit-row">
        <KindDot schema={hit.schema} listed={hit.listed} />
        <span className="cf-hit-name">
          <b>
            <bdi>{hit.caption}</bdi>
          </b>
          {hit.matched && hit.matched !== hit.caption && (
            <span className="cf-soft">
              {" "}
              matched <bdi>{hit.matched}</bdi>
            </span>
          )}
          <span className="cf-hit-facts cf-soft">
            {[words(hit.schema), hit.countries.map(country).join(", "), hit.topics.map(topic).join(", "), hit.datasets.join(", ")].filter(Boolean).join(" · ")}
          </span>
        </span>
        {hit.listed && <span className="cf-listed">listed</span>}
        <Marks of={hit} />
      </Link>
      <AddToCase thing={{ thing: "entity", id: hit.id }} terse />
    </li>
  );
}

interface FacetProps {
  title: string;
  of: string[][];
  print: (value: string) => string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function Facet({ title, of, print, value, onChange }: FacetProps) {
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const one of of.flat()) found.set(one, (found.get(one) ?? 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 9);
  }, [of]);
  if (!counts.length) return null;
  return (
    <fieldset className="cf-facet">
      <legend>{title}</legend>
      {counts.map(([name, n]) => (
        <button key={name} type="button" aria-pressed={value === name} onClick={() => onChange(value === name ? undefined : name)}>
          <span>{print(name)}</span>
          <span className="cf-soft">{count(n)}</span>
        </button>
      ))}
    </fieldset>
  );
}

function FrontPage() {
  const query = useApi<Summary>("/summary");
  return (
    <>
      <p className="cf-examples">
        Try{" "}
        {EXAMPLES.map((one) => (
          <Link key={one} to="/" search={{ q: one }}>
            {one}
          </Link>
        ))}
      </p>
      <Answered query={query} what="Reading the workspace; the first time it is also assessed, which takes a while…">
        {(summary) => (
          <div className="cf-front" data-testid="summary">
            <section aria-label="The assessment">
              {summary.report ? (
                <>
                  <h1>{summary.report.title}</h1>
                  <p className="cf-lead">{summary.report.summary}</p>
                  <p>
                    <Link to="/report">Read the assessment</Link>
                  </p>
                </>
              ) : (
                <Empty title="No assessment yet">Run: counterflow run</Empty>
              )}
              {summary.cashbox && (
                <p>
                  <Estimate of={summary.cashbox} unit={summary.cashbox.unit} label="Into the cash-box" />
                </p>
              )}
              <h2>What the workspace holds</h2>
              <dl className="cf-counts">
                {Object.entries(summary.counts).map(([name, n]) => (
                  <div key={name}>
                    <dt>{words(name)}</dt>
                    <dd>{count(n)}</dd>
                  </div>
                ))}
              </dl>
              <table className="cf-table">
                <tbody>
                  {summary.datasets.map((one) => (
                    <tr key={one.dataset}>
                      <td>{one.title}</td>
                      <td className="num">{count(one.claims)} claims</td>
                      <td className="num">
                        <Handling text={one.handling} quiet />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <section aria-label="Findings">
              <h2>Findings to look at first</h2>
              {summary.findings.map((finding) => (
                <FindingBrief key={finding.id} finding={finding} />
              ))}
              {!summary.findings.length && <Empty title="No findings">Run: counterflow detect</Empty>}
              <p>
                <Link to="/findings">All {count(summary.counts.findings ?? summary.findings.length)} findings</Link>
              </p>
            </section>
          </div>
        )}
      </Answered>
    </>
  );
}
