import { Button, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";

import { useApi } from "../api/client";
import type { Chain, SearchAnswer } from "../api/types";
import { EntityChip, KindDot } from "./EntityChip";
import { Grade, Standing } from "./Grade";
import { Exercise } from "./Handling";
import { span, words } from "./format";

/** Asks to whom a chain of links shall lead; names in any script, as in every search. */
export function PathFinder({ from, to, onTo }: { from: string; to: string | undefined; onTo: (id: string | undefined) => void }) {
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 150);
  const answer = useApi<SearchAnswer>(asked ? "/search" : null, { q: asked, limit: 8 }, { steady: true, onScreen: false });
  const hits = (asked ? (answer.data?.results ?? []) : []).filter((hit) => hit.id !== from);
  const known = new Map(hits.map((hit) => [hit.id, hit]));
  return (
    <Select
      w={210}
      searchable
      clearable
      aria-label="Path to"
      placeholder="Path to…"
      // What is found was found by the server; the chosen one stands in the list of the path.
      data={hits.map((hit) => ({ value: hit.id, label: hit.caption }))}
      filter={({ options }) => options}
      value={null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => {
        if (id && id !== to) onTo(id);
        setText("");
      }}
      renderOption={({ option }) => {
        const hit = known.get(option.value);
        return (
          <span className="cf-hit">
            {hit && <KindDot schema={hit.schema} listed={hit.listed} />}
            <span className="cf-hit-name">
              <bdi>{option.label}</bdi>
            </span>
            {hit && <span className="cf-soft">{words(hit.schema)}</span>}
            <Exercise when={hit?.exercise === true} />
          </span>
        );
      }}
      nothingFoundMessage={!asked ? undefined : answer.isFetching ? "Searching…" : "Nothing readable matches"}
      comboboxProps={{ width: 380, position: "bottom-start" }}
      data-testid="path-to"
    />
  );
}

interface CardProps {
  path: Chain;
  from: string;
  to: string;
  onEdge: (id: string) => void;
  onClose: () => void;
}

/** The chain step by step, as strong as its weakest grade. */
export function PathCard({ path, from, to, onEdge, onClose }: CardProps) {
  const nodes = new Map(path.nodes.map((node) => [node.id, node]));
  const chip = (id: string) => {
    const node = nodes.get(id);
    return node && <EntityChip id={id} caption={node.caption} schema={node.schema} listed={node.listed} />;
  };
  return (
    <section className="cf-card" aria-label="Path" data-testid="path-card">
      <div className="cf-path-head">
        <b>{path.hops === null ? "No path" : `Path: ${path.hops} ${path.hops === 1 ? "link" : "links"}`}</b>
        {path.weakest && (
          <span className="cf-soft">
            weakest <Grade value={path.weakest} />
          </span>
        )}
        <span className="cf-grow" />
        <Button size="compact-xs" variant="default" onClick={onClose} data-testid="path-close">
          Close
        </Button>
      </div>
      {path.hops === null ? (
        <p className="cf-soft cf-flush">
          No chain of readable links{path.as_of ? ` that held on ${path.as_of}` : ""} joins {from} and {to}.
        </p>
      ) : (
        <ol className="cf-path">
          <li>{chip(path.source)}</li>
          {steps(path).map(({ edge, along, at }) => (
            <li key={edge.id}>
              <div className="cf-path-step">
                <button type="button" className="cf-door" onClick={() => onEdge(edge.id)} data-testid="path-step">
                  {along ? "↓" : "↑"} <bdi>{edge.role || edge.label}</bdi>
                </button>
                <Grade value={edge.grade} />
                <Standing stance={edge.stance} verified={edge.verified} />
                <span className="cf-soft cf-nowrap">{span(edge.start, edge.end)}</span>
                {edge.conflict && <span className="cf-rival">rival accounts</span>}
                <Exercise when={edge.exercise} />
              </div>
              {chip(at)}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Links in order from the source, each with whether it points along the way, and where it leads. */
function steps(path: Chain) {
  let here = path.source;
  return path.edges.map((edge) => {
    const along = edge.source === here;
    here = along ? edge.target : edge.source;
    return { edge, along, at: here };
  });
}
