import { Button, NumberInput, SegmentedControl, TextInput, Tooltip } from "@mantine/core";
import { IconArrowRight, IconX } from "@tabler/icons-react";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import { useApi } from "../api/client";
import { useAsOf } from "../api/reader";
import type { AttemptPayment, TaintAnswer, TaintArrival, TaintAsked, TaintWays } from "../api/types";
import { Holder, shortened } from "../parts/Addressed";
import { AttemptView } from "../parts/AttemptView";
import { useClaims } from "../parts/ClaimsDrawer";
import { Marks } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import { TaintWaypoints } from "../parts/TaintWaypoints";
import { TimeBar, useTimeWindow } from "../parts/TimeBar";
import { count, figure, money, span, topic } from "../parts/format";
import { DAYS, HOPS, METHODS, type TaintSearch } from "../searches";
import "../taint.css";
import "../triage.css";

const route = getRouteApi("/taint");

const MEANS = {
  haircut: "What leaves an address is tainted in the proportion in which the address is",
  fifo: "What came first leaves first",
  poison: "Whatever leaves a tainted address is tainted whole: no share, but the most there can be",
} as const;

/** Where the money of an address went: drawn in time, who got how much of it, and what happened on the way. */
export function TaintScreen() {
  const search = route.useSearch();
  const asOf = useAsOf();
  const { address, method = "haircut", hops = HOPS, days = DAYS, receiver } = search;
  const asked = { address, method, hops, days, as_of: asOf };
  const query = useApi<TaintAnswer>("/taint", { ...asked, limit: 200 }, { steady: true });
  const ways = useApi<TaintWays>("/taint/ways", { ...asked, to: receiver }, { steady: true });
  return (
    <Screen name="taint" title="Taint" headed>
      <Ask search={search} />
      <Answered query={query} what="Following the money; the first time all transfers are read…">
        {(answer) =>
          answer.transfers === 0 ? (
            <Empty title="No transfers on blockchains">Ingest some: counterflow ingest transfers.csv addresses.csv</Empty>
          ) : answer.asked.length === 0 ? (
            <Empty title="No address is marked">
              No source ties an address with transfers here to theft, crime or sanctions. Ask for one above, or ingest a list: counterflow fetch ofac
            </Empty>
          ) : (
            <>
              <Asked answer={answer} />
              <Answered query={ways} what="Drawing its ways…">
                {(found) => <Drawn ways={found} />}
              </Answered>
              <Received answer={answer} chosen={receiver} />
              {ways.data && <TaintWaypoints ways={ways.data} />}
              <Limits answer={answer} />
            </>
          )
        }
      </Answered>
    </Screen>
  );
}

function Ask({ search }: { search: TaintSearch }) {
  const navigate = useNavigate();
  const written = (search.address ?? []).join(" ");
  const [text, setText] = useState(written);
  useEffect(() => setText(written), [written]);
  const set = (change: Partial<TaintSearch>) => void navigate({ to: "/taint", search: (before) => ({ ...before, receiver: undefined, ...change }) });
  const go = () => {
    const all = text.split(/[\s,;]+/).filter(Boolean);
    set({ address: all.length ? all : undefined });
  };
  return (
    <form
      className="cf-taint-ask"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <TextInput
        className="cf-grow"
        placeholder="Address, transaction, or id of who holds addresses; empty: all that is marked"
        aria-label="Whose money is followed"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => text !== written && go()}
        rightSection={
          text ? (
            <button type="button" className="cf-door" aria-label="All that is marked" onClick={() => set({ address: undefined })}>
              <IconX size={14} />
            </button>
          ) : null
        }
        data-testid="taint-address"
      />
      <Tooltip label={MEANS[search.method ?? "haircut"]}>
        <SegmentedControl size="xs" aria-label="Method" value={search.method ?? "haircut"} onChange={(value) => set({ method: METHODS.find((one) => one === value) })} data={[...METHODS]} data-testid="taint-method" />
      </Tooltip>
      <Bound label="hops" of={search.hops ?? HOPS} most={100} onSet={(hops) => set({ hops })} />
      <Bound label="days" of={search.days ?? DAYS} most={36_500} onSet={(days) => set({ days })} />
    </form>
  );
}

function Bound({ label, of, most, onSet }: { label: string; of: number; most: number; onSet: (value: number) => void }) {
  const [value, setValue] = useState<number | string>(of);
  useEffect(() => setValue(of), [of]);
  const done = () => {
    const n = Number(value);
    if (Number.isInteger(n) && n >= 1 && n <= most) n !== of && onSet(n);
    else setValue(of);
  };
  return (
    <NumberInput size="xs" w={108} min={1} max={most} hideControls aria-label={label} leftSection={<span className="cf-soft">{label}</span>} leftSectionWidth={44} value={value} onChange={setValue} onBlur={done} onKeyDown={(event) => event.key === "Enter" && done()} />
  );
}

const assets = (one: TaintAsked): string => one.left.map(({ asset, amount }) => `${figure(amount)} ${asset}`).join(", ");

function Asked({ answer }: { answer: TaintAnswer }) {
  const claims = useClaims();
  const [all, setAll] = useState(false);
  const shown = all ? answer.asked : answer.asked.slice(0, 4);
  return (
    <section aria-label="Whose money it is" data-testid="taint-asked">
      <div className="cf-dossier-title">
        <h1>Where the money of {answer.asked.length === 1 ? answer.asked[0]?.caption : `${count(answer.asked.length)} addresses`} went</h1>
        <Marks of={answer} quiet={false} />
      </div>
      <ul className="cf-plain">
        {shown.map((one) => (
          <li key={one.address}>
            <Holder of={one} listed={one.listed} />{" "}
            <span className="cf-soft">
              {one.topics.length ? `${one.topics.map(topic).join(", ")}${one.since || one.until ? `, ${span(one.since, one.until)}` : ""}` : "no source ties it to theft, crime or sanctions"}
              {one.transfers > 0 ? `; ${count(one.transfers)} transfers out: ${assets(one)}${one.left_usd > 0 ? ` (${money(one.left_usd, "USD")})` : ""}` : "; nothing left it here"}
            </span>{" "}
            {one.claim_ids.length > 0 && (
              <button type="button" className="cf-door" onClick={() => claims(...one.claim_ids)}>
                who says so
              </button>
            )}
          </li>
        ))}
      </ul>
      {answer.asked.length > shown.length && (
        <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
          all {count(answer.asked.length)} addresses
        </button>
      )}
    </section>
  );
}

function Drawn({ ways }: { ways: TaintWays }) {
  const navigate = useNavigate();
  const window = useTimeWindow();
  const { flow } = ways;
  const spans = useMemo(() => flow.payments.map((one) => ({ start: one.at, end: one.at })), [flow]);
  const shows = useMemo(() => (one: AttemptPayment) => window.shows({ start: one.at, end: one.at }), [window]);
  if (!flow.payments.length) return <Empty title="Nothing of it arrived anywhere">Widen hops or days, or take the as-of date away.</Empty>;
  return (
    <section aria-label="Its ways in time">
      <h2>
        {ways.to ? <>Its ways to {shortened(ways.to)}</> : "Its ways to those that got the most"}{" "}
        {ways.to && (
          <Button size="compact-xs" variant="default" onClick={() => void navigate({ to: "/taint", search: (before) => ({ ...before, receiver: undefined }) })} data-testid="taint-all-ways">
            all ways
          </Button>
        )}
      </h2>
      {flow.left_out > 0 && <p className="cf-soft">{count(flow.left_out)} smaller transfers on these ways are not drawn. Width: the tainted part, in dollars.</p>}
      <AttemptView key={ways.to ?? ""} attempt={flow} shows={shows} />
      <TimeBar spans={spans} window={window} what="transfers" />
    </section>
  );
}

function Received({ answer, chosen }: { answer: TaintAnswer; chosen: string | undefined }) {
  const ends = answer.arrivals.filter((one) => one.end);
  const passed = answer.arrivals.filter((one) => !one.end);
  return (
    <section aria-label="Who received it" data-testid="taint-arrivals">
      <h2>
        Who received it <span className="cf-soft">{count(answer.total)}</span>
      </h2>
      <Arrivals title="Kept it, or is a service" rows={ends} chosen={chosen} structure={answer.method === "structure"} />
      <Arrivals title="On the way" rows={passed} chosen={chosen} structure={answer.method === "structure"} few={15} />
      {answer.total > answer.arrivals.length && <p className="cf-soft">and {count(answer.total - answer.arrivals.length)} more: counterflow taint --limit</p>}
    </section>
  );
}

function Arrivals({ title, rows, chosen, structure, few = 40 }: { title: string; rows: TaintArrival[]; chosen: string | undefined; structure: boolean; few?: number }) {
  const navigate = useNavigate();
  const [all, setAll] = useState(false);
  if (!rows.length) return null;
  const shown = all ? rows : rows.slice(0, few);
  return (
    <>
      <div className="cf-wide">
        <table className="cf-table">
          <thead>
            <tr>
              <th>{title}</th>
              <th>chain</th>
              <th className="num">tainted</th>
              <th className="num">in USD</th>
              <th className="num" title="Tainted part of all that it got of this asset">
                share
              </th>
              <th className="num" title="Not paid on by the end of the data">
                rests
              </th>
              <th className="num" title="Fewest transfers since the marked address">
                hops
              </th>
              <th>when</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={`${one.address} ${one.chain} ${one.asset}`} data-chosen={one.address === chosen || undefined} data-testid="arrival">
                <td>
                  <Holder of={one} listed={one.listed} />
                </td>
                <td>{one.chain}</td>
                <td className="num cf-nowrap" title={structure ? "Shares of transactions: no amounts are known" : `at most ${figure(one.most)} ${one.asset}, by poison`}>
                  {figure(one.tainted)} {structure ? "" : one.asset}
                </td>
                <td className="num">{one.tainted_usd > 0 ? money(one.tainted_usd, null) : <span className="cf-soft">?</span>}</td>
                <td className="num">{Math.round(100 * one.share)} %</td>
                <td className="num">{Math.round(100 * one.rests)} %</td>
                <td className="num">{one.hops}</td>
                <td className="cf-nowrap">{span(one.first, one.last) || <span className="cf-soft">undated</span>}</td>
                <td>
                  <Button size="compact-xs" variant="default" leftSection={<IconArrowRight size={12} />} onClick={() => void navigate({ to: "/taint", search: (before) => ({ ...before, receiver: one.address }) })} data-testid="draw-ways">
                    ways
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
          all {count(rows.length)}
        </button>
      )}
    </>
  );
}

function Limits({ answer }: { answer: TaintAnswer }) {
  const left = Object.entries(answer.left_out).map(([why, n]) => `${count(n)} transfers left out: ${why}`);
  return (
    <section aria-label="What it rests on" className="cf-soft">
      <h2>What it rests on</h2>
      <ul className="cf-notes">
        <li>
          {count(answer.transfers)} transfers, of which {count(answer.reached)} can be reached within {count(answer.hops)} hops and {count(answer.days)} days.
        </li>
        <li>{answer.assumes}</li>
        {answer.ambiguous_crossings > 0 && <li>{count(answer.ambiguous_crossings)} bridge deposits have several payouts that would do; they are not followed.</li>}
        {answer.cut_off > 0 && <li>Cut short at {count(answer.cut_off)} holdings by the limits on transfers and days.</li>}
        {left.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </section>
  );
}
