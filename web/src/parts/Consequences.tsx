import { SegmentedControl } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";

import type { Flow, Interval, WhatIf } from "../api/types";
import { mountFrontier, stepped, type FrontierData } from "../viz/frontier";
import { intervalsHeight, mountIntervals, type IntervalsData } from "../viz/intervals";
import { STAGES, type Stage } from "../searches";
import { flowHeight, mountMoneyFlow, type MoneyFlowData } from "../viz/moneyFlow";
import { ArcDrawer } from "./ArcTable";
import { figure } from "./format";
import { Exercise, Handling } from "./Handling";
import { Picture, usePalette } from "./Picture";

const print = (low: number, central: number, high: number) => `${figure(central)} (${figure(low)}–${figure(high)})`;

const less = (before: Interval, after: Interval): string => {
  if (!before.central) return "";
  const change = Math.round((100 * (after.central - before.central)) / before.central);
  return change === 0 ? "no change" : `${change > 0 ? "+" : "−"}${Math.abs(change)} %`;
};

/** Before, after, and after rerouting, side by side; the plan and what it costs; the frontier with its bound. */
export function Consequences({ result, busy, arc, stage }: { result: WhatIf; busy: boolean; arc: string | undefined; stage: Stage | undefined }) {
  const palette = usePalette();
  const { before, after, after_rerouting: rerouted } = result.cashbox;
  const unit = result.before.unit;
  const cashbox = useMemo<IntervalsData>(
    () => ({
      palette,
      unit,
      print: figure,
      rows: [
        { label: "Before", tone: "before", ...before },
        { label: `After: ${less(before, after)}`, tone: "money", ...after },
        { label: `After rerouting: ${less(before, rerouted)}`, tone: "money", ...rerouted },
      ],
    }),
    [palette, unit, before, after, rerouted],
  );
  const frontier = useMemo<FrontierData>(
    () => ({ palette, points: stepped(result.frontier, { budget: result.budget, residual: result.objective, bound: result.bound }), budget: result.budget, unit }),
    [palette, result, unit],
  );
  return (
    <div className="cf-consequences" aria-busy={busy} data-testid="consequences">
      <div className="cf-front">
        <section aria-label="Cash-box">
          <h2>
            Into the cash-box <span className="cf-soft">{unit}</span>
          </h2>
          <Picture mount={mountIntervals} data={cashbox} name="cashbox" style={{ height: intervalsHeight(3) }} />
          <h2>
            The plan{" "}
            <span className="cf-soft">
              costs {figure(result.cost)} of {figure(result.budget)}
              {result.collateral ? `, does ${figure(result.collateral)} to others` : ""}
            </span>
          </h2>
          {result.plan.length ? (
            <table className="cf-table" data-testid="plan">
              <thead>
                <tr>
                  <th>Measure</th>
                  <th>Agency</th>
                  <th className="num">Cost</th>
                  <th className="num" title="What it does to those who have no part in the traffic, in points">
                    Collateral
                  </th>
                  <th className="num">Days until it bites</th>
                </tr>
              </thead>
              <tbody>
                {result.plan.map((one) => (
                  <tr key={one.id} data-testid="plan-row">
                    <td>{one.title}</td>
                    <td>{one.agency}</td>
                    <td className="num">{figure(one.cost)}</td>
                    <td className="num">{one.collateral === undefined ? "" : figure(one.collateral)}</td>
                    <td className="num">{one.delay_days ?? ""}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <p className="cf-soft">No measure fits: raise the budget, or lift a limit.</p>
          )}
        </section>
        <section aria-label="Frontier">
          <h2>
            What each budget leaves <span className="cf-soft">after rerouting</span>
          </h2>
          <Picture mount={mountFrontier} data={frontier} name="frontier" style={{ height: 210 }} />
          <p className="cf-soft" data-testid="certificate">
            Solved: {figure(result.objective)}; proven bound {figure(result.bound)}; gap {(100 * result.gap).toFixed(1)} %
            {result.certificate && `. ${result.certificate}`}
          </p>
        </section>
      </div>
      <Stages result={result} stage={stage} />
      <Changes result={result} />
      <ArcDrawer flow={result.before} arc={arc} />
    </div>
  );
}

const TITLES: Record<Stage, string> = { before: "Before", after: "After", after_rerouting: "After rerouting" };

/** The three flows beside each other; or one of them, large, with names and figures. */
function Stages({ result, stage }: { result: WhatIf; stage: Stage | undefined }) {
  const navigate = useNavigate();
  const show = (one: Stage | undefined) => void navigate({ to: "/measures", search: (search) => ({ ...search, stage: one }), replace: true });
  const baseline = (one: Stage) => (one === "before" ? null : result.before);
  return (
    <section aria-label="Flows" data-testid="stages">
      <div className="cf-filters cf-stages">
        <SegmentedControl
          size="xs"
          aria-label="Which flow is drawn"
          value={stage ?? "all"}
          onChange={(value) => show(STAGES.find((one) => one === value))}
          data={[{ value: "all", label: "Side by side" }, ...STAGES.map((one) => ({ value: one, label: TITLES[one] }))]}
        />
        <span className="cf-soft">
          core: low, inner band: central, outer band: high estimate; grey: as before; hatched: an assumption
        </span>
      </div>
      {stage ? (
        <Scenario title={TITLES[stage]} flow={result[stage]} baseline={baseline(stage)} large />
      ) : (
        <div className="cf-scenarios">
          {STAGES.map((one) => (
            <Scenario key={one} title={TITLES[one]} flow={result[one]} baseline={baseline(one)} />
          ))}
        </div>
      )}
    </section>
  );
}

export function Scenario({ title, flow, baseline, large = false }: { title: string; flow: Flow; baseline: Flow | null; large?: boolean }) {
  const palette = usePalette();
  const navigate = useNavigate();
  const data = useMemo<MoneyFlowData>(
    () => ({
      palette,
      flow,
      baseline,
      arc: null,
      print,
      terse: !large,
      onArc: (id) => void navigate({ to: ".", search: (search) => ({ ...search, arc: id }) }),
    }),
    [palette, flow, baseline, large, navigate],
  );
  const picture = <Picture mount={mountMoneyFlow} data={data} name={`flow-${title.toLowerCase().replace(" ", "-")}`} className={large ? "cf-flow-wide" : undefined} style={{ height: large ? flowHeight(flow) : 300 }} />;
  return (
    <figure className="cf-scenario">
      <figcaption>
        <b>{title}</b> <Exercise when={flow.exercise} /> <Handling text={flow.handling} quiet />
      </figcaption>
      {large ? <div className="cf-scroll">{picture}</div> : picture}
    </figure>
  );
}

/** Arcs that change, the most first. */
function Changes({ result }: { result: WhatIf }) {
  const captions = new Map(result.before.nodes.map((node) => [node.id, node.caption]));
  const at = (flow: Flow) => new Map(flow.arcs.map((arc) => [arc.id, arc]));
  const after = at(result.after);
  const rerouted = at(result.after_rerouting);
  const zero = { low: 0, central: 0, high: 0 };
  const rows = result.before.arcs
    .map((arc) => ({ arc, after: after.get(arc.id) ?? zero, rerouted: rerouted.get(arc.id) ?? zero }))
    .filter((row) => Math.abs(row.after.central - row.arc.central) > 1e-6 || Math.abs(row.rerouted.central - row.arc.central) > 1e-6)
    .sort((a, b) => a.after.central - a.arc.central - (b.after.central - b.arc.central) || (a.arc.id < b.arc.id ? -1 : 1));
  if (!rows.length) return null;
  return (
    <details className="cf-changes">
      <summary>{rows.length} arcs change</summary>
      <table className="cf-table" data-testid="changes">
        <thead>
          <tr>
            <th>Arc</th>
            <th className="num">Before</th>
            <th className="num">After</th>
            <th className="num">After rerouting</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ arc, after: a, rerouted: r }) => (
            <tr key={arc.id}>
              <td>
                {captions.get(arc.source) ?? arc.source} → {captions.get(arc.target) ?? arc.target}
              </td>
              <td className="num">{print(arc.low, arc.central, arc.high)}</td>
              <td className="num">{print(a.low, a.central, a.high)}</td>
              <td className="num">{print(r.low, r.central, r.high)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
