import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo, useState, type ReactNode } from "react";

import { useApi } from "../api/client";
import { useAsOf } from "../api/reader";
import type { Flow } from "../api/types";
import { ArcDrawer, ArcTable } from "../parts/ArcTable";
import { useClaims } from "../parts/ClaimsDrawer";
import { Marks } from "../parts/Handling";
import { Published, Terms } from "../parts/Published";
import { Picture, usePalette } from "../parts/Picture";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, figure } from "../parts/format";
import { intervalsHeight, mountIntervals, type IntervalsData } from "../viz/intervals";
import { flowHeight, mountMoneyFlow, type MoneyFlowData } from "../viz/moneyFlow";

const route = getRouteApi("/flow");

const FEW = 5;

const print = (low: number, central: number, high: number) => `${figure(central)} (${figure(low)}–${figure(high)})`;

/** Where the money comes from, through whom it goes and what it pays for; intervals drawn, assumptions hatched. */
export function FlowScreen() {
  const asOf = useAsOf();
  const query = useApi<Flow>("/flow", { as_of: asOf }, { steady: true });
  return (
    <Screen name="flow" title="Money flow" headed>
      <Answered query={query} what="Adding up the estimates…">
        {(flow) =>
          flow.arcs.length ? (
            <Drawn flow={flow} />
          ) : (
            <Empty title="No estimate to draw">Nothing readable estimates a flow on this date. Clear “as of”, or ingest estimates and run: counterflow run</Empty>
          )
        }
      </Answered>
    </Screen>
  );
}

function Drawn({ flow }: { flow: Flow }) {
  const { arc } = route.useSearch();
  const navigate = useNavigate();
  const openClaims = useClaims();
  const palette = usePalette();
  const picture = useMemo<MoneyFlowData>(
    () => ({
      palette,
      flow,
      arc: arc ?? null,
      print,
      onArc: (id) => void navigate({ to: "/flow", search: (before) => ({ ...before, arc: id }) }),
    }),
    [palette, flow, arc, navigate],
  );
  const balance = useMemo<IntervalsData>(
    () => ({
      palette,
      unit: flow.unit,
      print: figure,
      rows: [
        { label: "Comes in", tone: "money", ...flow.balance.inflow },
        { label: "Goes out", tone: "money", ...flow.balance.outflow },
        { label: "Not accounted for", tone: "neutral", ...flow.balance.unexplained },
      ],
    }),
    [palette, flow],
  );
  return (
    <>
      <div className="cf-dossier-title">
        <h1>Money flow</h1>
        <span className="cf-soft">
          {flow.unit}
          {flow.unit.includes(flow.currency) ? "" : `, ${flow.currency}`}
          {flow.as_of ? `, as of ${flow.as_of}` : ""}
        </span>
        <Marks of={flow} quiet={false} />
      </div>
      <p className="cf-key cf-soft">
        <span className="cf-key-band" aria-hidden /> core: low, inner band: central, outer band: high estimate
        <span className="cf-key-hatch" aria-hidden /> hatched: an assumption · press an arc for what it rests on
      </p>
      <div className="cf-scroll">
        <Picture mount={mountMoneyFlow} data={picture} name="money-flow" className="cf-flow-wide" style={{ height: flowHeight(flow) }} />
      </div>
      <div className="cf-front">
        <section aria-label="Balance">
          <h2>Balance</h2>
          <Picture mount={mountIntervals} data={balance} name="balance" style={{ height: intervalsHeight(3) }} />
          <h3>Taken from it before the residual</h3>
          <Terms flow={flow} />
        </section>
        <section aria-label="Notes">
          <h2>How it was reckoned</h2>
          <Listed items={flow.notes} what="notes" print={(note) => note} />
          {flow.excluded.length > 0 && (
            <>
              <h3>Left out, and why</h3>
              <Listed
                items={flow.excluded}
                what="estimates left out"
                print={(one) => (
                  <>
                    {one.text}{" "}
                    {one.claim_ids.length > 0 && (
                      <button type="button" className="cf-door" onClick={() => openClaims(...one.claim_ids)}>
                        claims
                      </button>
                    )}
                  </>
                )}
              />
            </>
          )}
        </section>
      </div>
      <h2>
        What is published <span className="cf-soft">on each activity, kind by kind, never added up across kinds</span>
      </h2>
      <Published flow={flow} />
      <h2>Every arc</h2>
      <ArcTable flow={flow} chosen={arc} />
      <ArcDrawer flow={flow} arc={arc} />
    </>
  );
}

/** A few of many, and all of them on request. */
function Listed<Item>({ items, what, print }: { items: readonly Item[]; what: string; print: (item: Item) => ReactNode }) {
  const [all, setAll] = useState(items.length <= FEW + 2);
  return (
    <>
      <ul className="cf-notes">
        {(all ? items : items.slice(0, FEW)).map((item, i) => (
          <li key={i}>{print(item)}</li>
        ))}
      </ul>
      {!all && (
        <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
          all {count(items.length)} {what}
        </button>
      )}
    </>
  );
}
