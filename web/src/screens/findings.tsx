import { Select } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { useApi } from "../api/client";
import type { Finding } from "../api/types";
import { FindingCard } from "../parts/FindingCard";
import { Marks } from "../parts/Handling";
import { Likelihood } from "../parts/Likelihood";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, span } from "../parts/format";
import { SHORTCUTS } from "../shortcuts";

const route = getRouteApi("/findings");

/** The queue, most likely first, worked through with J and K. */
export function FindingsScreen() {
  const query = useApi<{ findings: Finding[] }>("/findings");
  return (
    <Screen name="findings" title="Findings" wide headed>
      <Answered query={query} what="Reading the findings…">
        {({ findings }) =>
          findings.length ? (
            <Queue all={findings} />
          ) : (
            <Empty title="No findings">No typology fired on what this audience may read. Run: counterflow detect</Empty>
          )
        }
      </Answered>
    </Screen>
  );
}

function Queue({ all }: { all: Finding[] }) {
  const { finding: wanted, typology } = route.useSearch();
  const navigate = useNavigate();
  const list = useRef<HTMLOListElement>(null);
  const titles = useMemo(() => {
    const found = new Map<string, { title: string; n: number }>();
    for (const one of all) found.set(one.typology, { title: one.title, n: (found.get(one.typology)?.n ?? 0) + 1 });
    return [...found].sort((a, b) => (a[1].title < b[1].title ? -1 : 1));
  }, [all]);
  const shown = useMemo(() => all.filter((one) => !typology || one.typology === typology), [all, typology]);
  // A link to a finding that this audience may not read must say so, not show another one.
  const at = wanted === undefined ? 0 : shown.findIndex((one) => one.id === wanted);
  const current = shown[at];
  const id = wanted ?? current?.id;
  const go = useCallback(
    (to: number) => {
      const next = shown[Math.min(shown.length - 1, Math.max(0, to))];
      if (next) void navigate({ to: "/findings", search: (before) => ({ ...before, finding: next.id }), replace: true });
    },
    [navigate, shown],
  );
  useHotkeys([
    [SHORTCUTS.next.keys, () => go(at + 1)],
    [SHORTCUTS.previous.keys, () => go(at - 1)],
    [SHORTCUTS.chart.keys, () => current?.subjects[0] && void navigate({ to: "/network", search: { center: current.subjects[0] } })],
  ]);
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }, [current?.id]);
  return (
    <div className="cf-queue">
      <section className="cf-queue-list" aria-label="Queue">
        <div className="cf-toolbar">
          <Select
            w={250}
            aria-label="Typology"
            value={typology ?? ""}
            onChange={(value) => void navigate({ to: "/findings", search: (before) => ({ ...before, typology: value || undefined, finding: undefined }) })}
            data={[{ value: "", label: `All typologies (${count(all.length)})` }, ...titles.map(([value, { title, n }]) => ({ value, label: `${title} (${count(n)})` }))]}
            data-testid="typology"
          />
          <span className="cf-grow" />
          <span className="cf-soft cf-nowrap">
            {at < 0 || !shown.length ? "" : `${count(at + 1)} of `}
            {count(shown.length)} · J K
          </span>
        </div>
        <ol className="cf-plain" ref={list} data-testid="queue">
          {shown.map((one, i) => (
            <li key={one.id}>
              <button type="button" className="cf-queue-item" aria-current={one.id === current?.id} onClick={() => go(i)} data-testid="finding">
                <span className="cf-brief-sentence">{one.sentence}</span>
                <span className="cf-brief-foot">
                  <Likelihood word={one.likelihood} />
                  <span className="cf-soft">{one.title}</span>
                  <span className="cf-soft cf-nowrap">{span(one.start, one.end)}</span>
                  <Marks of={one} />
                </span>
              </button>
            </li>
          ))}
        </ol>
      </section>
      {id ? (
        <FindingCard id={id} />
      ) : (
        <Empty title="No finding of this typology">
          <button type="button" className="cf-door cf-more" onClick={() => void navigate({ to: "/findings", search: {} })}>
            Show all {count(all.length)}
          </button>
        </Empty>
      )}
    </div>
  );
}
