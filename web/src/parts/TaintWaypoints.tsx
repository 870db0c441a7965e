import type { TaintCrossing, TaintMeeting, TaintPeelChain, TaintWays } from "../api/types";
import { Holder } from "./Addressed";
import { useExplain } from "./ExplainDrawer";
import { count, figure, money, span, time } from "./format";

/** What happened to traced money on its way: bridges, branches that meet again, peel chains. */
export function TaintWaypoints({ ways }: { ways: TaintWays }) {
  return (
    <>
      <Kind title="Where its branches meet" n={ways.meetings_in_all} none="Nowhere do three branches of it or more meet." head={["address", "branches", "tainted", "share of what it got", "when"]} name="meetings">
        {ways.meetings.map((one) => (
          <Meeting key={one.address} of={one} />
        ))}
      </Kind>
      <Kind title="Bridges" n={ways.crossings_in_all} none="None of it was seen to change chain." head={["who sent it in", "bridge", "paid in", "paid out", "to", "after", "which payout"]} name="crossings">
        {ways.crossings.map((one) => (
          <Crossing key={one.deposit.row_id} of={one} />
        ))}
      </Kind>
      <Kind title="Peel chains" n={ways.peel_chains_in_all} none="It ran through no peel chain." head={["begins at", "ends at", "steps", "peeled off", "at a time", "to", "when"]} name="peel-chains">
        {ways.peel_chains.map((one) => (
          <Peel key={one.begins.address} of={one} />
        ))}
      </Kind>
    </>
  );
}

interface KindProps {
  title: string;
  n: number;
  none: string;
  head: string[];
  name: string;
  children: React.ReactElement[];
}

function Kind({ title, n, none, head, name, children }: KindProps) {
  return (
    <section aria-label={title} data-testid={`taint-${name}`}>
      <h2>
        {title} <span className="cf-soft">{count(n)}</span>
      </h2>
      {n === 0 ? (
        <p className="cf-soft">{none}</p>
      ) : (
        <div className="cf-wide">
          <table className="cf-table">
            <thead>
              <tr>
                {head.map((one) => (
                  <th key={one}>{one}</th>
                ))}
              </tr>
            </thead>
            <tbody>{children}</tbody>
          </table>
          {n > children.length && <p className="cf-soft">and {count(n - children.length)} more</p>}
        </div>
      )}
    </section>
  );
}

const percent = (share: number): string => `${share > 0 && share < 0.01 ? "under 1" : Math.round(100 * share)} %`;

function Meeting({ of }: { of: TaintMeeting }) {
  return (
    <tr>
      <td>
        <Holder of={of} />
      </td>
      <td>{count(of.branches)}</td>
      <td>
        {of.tainted.map((one) => `${figure(one.amount)} ${one.asset}`).join(", ")} <span className="cf-soft">{of.tainted_usd > 0 && money(of.tainted_usd, "USD")}</span>
      </td>
      <td>{percent(of.share)}</td>
      <td className="cf-nowrap">{span(of.first, of.last)}</td>
    </tr>
  );
}

function Crossing({ of }: { of: TaintCrossing }) {
  const explain = useExplain();
  const paid = (one: TaintCrossing["deposit"]) => (
    <button type="button" className="cf-door" title={one.tx} onClick={() => explain(one.row_id)}>
      {one.amount === null ? "amount not given" : `${figure(one.amount)} ${one.asset}`} <span className="cf-soft">{one.chain}</span>
    </button>
  );
  return (
    <tr>
      <td>
        <Holder of={of.by} />
      </td>
      <td>
        <Holder of={of.bridge} />
      </td>
      <td>
        {paid(of.deposit)} <div className="cf-soft cf-nowrap">{of.deposit.at && time(of.deposit.at)}</div>
      </td>
      <td>{paid(of.payout)}</td>
      <td>
        <Holder of={of.to} />
      </td>
      <td className="cf-nowrap">{figure(of.minutes)} min</td>
      <td>{of.followed ? "the only one: followed" : `best of ${count(of.candidates)}, by chance ${percent(of.chance)}: not followed`}</td>
    </tr>
  );
}

function Peel({ of }: { of: TaintPeelChain }) {
  const explain = useExplain();
  return (
    <tr>
      <td>
        <Holder of={of.begins} />
      </td>
      <td>
        <Holder of={of.ends} />
      </td>
      <td>
        <button type="button" className="cf-door" onClick={() => explain(...of.rows)}>
          {count(of.steps)}
        </button>
      </td>
      <td>
        {figure(of.peeled)} of {figure(of.whole)} {of.asset}
      </td>
      <td>{percent(of.off)}</td>
      <td>
        {of.receivers.slice(0, 3).map((one) => (
          <div key={one.address}>
            <Holder of={one} />
          </div>
        ))}
        {of.receivers_in_all > 3 && <span className="cf-soft">and {count(of.receivers_in_all - 3)} more</span>}
      </td>
      <td className="cf-nowrap">{span(of.start, of.end)}</td>
    </tr>
  );
}
