import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Difference, Edge } from "../api/types";
import { EntityChip } from "./EntityChip";
import { Grade, Standing } from "./Grade";
import { Exercise } from "./Handling";
import { count, span } from "./format";

const PARTIAL_DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;

/** Asks for the earlier date to compare with: a year, a month or a day. */
export function CompareWith({ value, onDate }: { value: string | undefined; onDate: (date: string | undefined) => void }) {
  const [text, setText] = useState(value ?? "");
  const wrong = text !== "" && !PARTIAL_DATE.test(text);
  return (
    <TextInput
      w={170}
      size="xs"
      aria-label="Compare with an earlier date"
      placeholder="Compare with 2008…"
      value={text}
      error={wrong}
      onChange={(event) => setText(event.currentTarget.value.trim())}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !wrong) onDate(text || undefined);
      }}
      data-testid="compare-with"
    />
  );
}

interface Props {
  difference: Difference;
  onEdge: (id: string) => void;
  onClose: () => void;
}

/** What began and what ended from one date to another, link by link. */
export function DifferenceCard({ difference, onEdge, onClose }: Props) {
  const { began, ended, totals } = difference;
  return (
    <section className="cf-card" aria-label="Difference of two dates" data-testid="difference-card">
      <div className="cf-path-head">
        <b>
          From {difference.from} to {difference.to}
        </b>
        <span className="cf-grow" />
        <Button size="compact-xs" variant="default" onClick={onClose} style={{ flexShrink: 0 }} data-testid="difference-close">
          Close
        </Button>
      </div>
      <p className="cf-soft cf-flush">
        {count(totals.began)} began, {count(totals.ended)} ended
      </p>
      {totals.began + totals.ended === 0 && <p className="cf-soft cf-flush">No link of it began or ended between these dates.</p>}
      <Changes title="Began" sign="+" edges={began} total={totals.began} difference={difference} onEdge={onEdge} />
      <Changes title="Ended" sign="−" edges={ended} total={totals.ended} difference={difference} onEdge={onEdge} />
    </section>
  );
}

interface ChangesProps {
  title: string;
  sign: string;
  edges: Edge[];
  total: number;
  difference: Difference;
  onEdge: (id: string) => void;
}

function Changes({ title, sign, edges, total, difference, onEdge }: ChangesProps) {
  const nodes = new Map(difference.nodes.map((node) => [node.id, node]));
  const chip = (id: string) => {
    const node = nodes.get(id);
    return id !== difference.center && node ? <EntityChip id={id} caption={node.caption} schema={node.schema} listed={node.listed} /> : null;
  };
  if (!edges.length) return null;
  return (
    <>
      <h3 className="cf-flush">{title}</h3>
      <ul className="cf-plain">
        {edges.map((edge) => (
          <li key={edge.id}>
            <div className="cf-path-step">
              <button type="button" className="cf-door" onClick={() => onEdge(edge.id)} data-testid="difference-link">
                {sign} <bdi>{edge.role || edge.label}</bdi>
              </button>
              <Grade value={edge.grade} />
              <Standing stance={edge.stance} verified={edge.verified} />
              <span className="cf-soft cf-nowrap">{span(edge.start, edge.end)}</span>
              {edge.conflict && <span className="cf-rival">rival accounts</span>}
              <Exercise when={edge.exercise} />
            </div>
            {chip(edge.source)} {chip(edge.target)}
          </li>
        ))}
      </ul>
      {total > edges.length && <p className="cf-soft cf-flush">…and {count(total - edges.length)} more.</p>}
    </>
  );
}
