import { Button, SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";

import type { Attempt, AttemptAccount, AttemptPayment } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { attemptHeight, mountAttemptFlow, type AttemptFlowData } from "../viz/attemptFlow";
import { crowded, lanesOf, type Arrow, type Grouping, type Lane } from "../viz/attemptLanes";
import { useExplain } from "./ExplainDrawer";
import { Marks } from "./Handling";
import { Picture, usePalette } from "./Picture";
import { count, country, figure, money, time, words } from "./format";

const ROLES = { origin: "origin and end", source: "source", relay: "relay", sink: "sink" };
/** Rows of the table shown without asking. */
const LISTED = 25;

const compact = new Intl.NumberFormat("en-GB", { notation: "compact", maximumSignificantDigits: 3 });
const exact = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });

const sumOf = (payments: readonly AttemptPayment[]): string => {
  const sums = new Map<string, number>();
  for (const { amount, currency } of payments) if (amount !== null) sums.set(currency ?? "", (sums.get(currency ?? "") ?? 0) + amount);
  return [...sums].sort((a, b) => b[1] - a[1]).map(([currency, amount]) => `${exact.format(amount)} ${currency}`.trim()).join(" and ");
};

const everything = () => true;

interface Props {
  attempt: Attempt;
  /** Payments inside the window of a time bar; without it all. */
  shows?: (payment: AttemptPayment) => boolean;
  /** Less around the drawing, for a place beside another one. */
  terse?: boolean;
}

/** An attempt drawn in time, each payment the door to its record; and the same as a table. */
export function AttemptView({ attempt, shows = everything, terse = false }: Props) {
  const palette = usePalette();
  const explain = useExplain();
  const [group, setGroup] = useState<Grouping>("role");
  const [fold, setFold] = useState(() => crowded(attempt.accounts, attempt.payments));
  const [chosen, setChosen] = useState<string | null>(null);
  const accounts = useMemo(() => new Map(attempt.accounts.map((one) => [one.key, one])), [attempt]);
  const foldable = useMemo(() => lanesOf(attempt.accounts, attempt.payments, true).folded, [attempt]);
  const data = useMemo<AttemptFlowData>(() => {
    const name = (key: string): string => accounts.get(key)?.caption ?? key;
    const title = (lane: Lane): string => (lane.accounts.length > 1 ? `${count(lane.accounts.length)} accounts` : name(lane.key));
    return {
      palette,
      attempt,
      group,
      fold,
      shows,
      chosen,
      amount: (arrow) => shortOf(arrow),
      says: (arrow) => saysOf(arrow, name),
      title,
      what: (lane) => whatOf(lane),
      onPayments: (ids) => {
        setChosen(ids[0] ?? null);
        explain(...ids.slice(0, 40));
      },
      onUnfold: () => setFold(false),
    };
  }, [palette, attempt, accounts, group, fold, shows, chosen]); 
  return (
    <div className="cf-attempt" data-testid="attempt">
      <div className="cf-attempt-controls">
        <span className="cf-soft cf-attempt-signs">▶ source ◆ relay ■ sink ○ comes back to it · width: worth in USD</span>
        <span className="cf-grow" />
        {foldable && (
          <Button size="compact-xs" variant="default" onClick={() => setFold(!fold)} data-testid="fold">
            {fold ? `Draw all ${count(attempt.payments.length)}` : "Fold what is alike"}
          </Button>
        )}
        {attempt.accounts.length > 2 && (
          <SegmentedControl
            size="xs"
            aria-label="Lanes by"
            value={group}
            onChange={(value) => setGroup(value as Grouping)}
            data={[
              { value: "role", label: "By role" },
              { value: "holder", label: "By holder" },
              { value: "bank", label: "By bank" },
            ]}
            data-testid="lanes-by"
          />
        )}
      </div>
      <Picture mount={mountAttemptFlow} data={data} name="attempt-flow" style={{ minHeight: attemptHeight(data) + 22 }} />
      {!terse && <AsTable attempt={attempt} accounts={accounts} shows={shows} chosen={chosen} onOpen={(id) => data.onPayments([id])} />}
    </div>
  );
}

const shortOf = ({ payments }: Arrow): string => {
  const [one] = payments;
  if (!one) return "";
  const currencies = new Set(payments.map(({ currency }) => currency));
  const many = payments.length > 1 ? `${count(payments.length)} × ` : "";
  if (payments.some(({ amount }) => amount === null)) return `${many}amount not given`;
  if (currencies.size > 1) return `${many}${currencies.size} currencies`;
  return `${payments.length > 1 ? `${count(payments.length)}: ` : ""}${compact.format(payments.reduce((sum, { amount }) => sum + (amount ?? 0), 0))} ${one.currency ?? ""}`.trim();
};

function saysOf({ payments, usd }: Arrow, name: (key: string) => string): string {
  const [first] = payments;
  if (!first) return "";
  const worth = usd !== null && payments.some(({ currency }) => currency !== "USD") ? ` (about ${money(usd, "USD")})` : "";
  if (payments.length === 1)
    return `${time(first.at ?? "")}: ${name(first.from)} paid ${name(first.to)} ${sumOf(payments) || "an amount that is not given"}${worth}, ${first.role}${first.locator ? `, ${first.locator}` : ""}`;
  const last = payments.at(-1) as AttemptPayment;
  const side = (which: "from" | "to") => {
    const keys = new Set(payments.map((one) => one[which]));
    return keys.size === 1 ? name(first[which]) : `${count(keys.size)} accounts`;
  };
  return `${time(first.at ?? "")} to ${time(last.at ?? "")}: ${count(payments.length)} payments from ${side("from")} to ${side("to")}, ${sumOf(payments)}${worth}`;
}

function whatOf(lane: Lane): string {
  const [one] = lane.accounts;
  if (!one) return "";
  const role = ROLES[lane.role];
  if (lane.accounts.length > 1) return `${role}s that do the same: press to draw each`;
  return [role, one.number && one.caption !== one.number ? one.number : "", one.bank && `bank ${one.bank}`, one.countries.map(country).join(", "), one.listed ? "listed" : one.near ? `${one.near.hops} from ${one.near.caption}` : ""].filter(Boolean).join(" · ");
}

interface TableProps {
  attempt: Attempt;
  accounts: ReadonlyMap<string, AttemptAccount>;
  shows: (payment: AttemptPayment) => boolean;
  chosen: string | null;
  onOpen: (id: string) => void;
}

/** The same for eyes and readers that need a table: every payment, and every account with what it does. */
function AsTable({ attempt, accounts, shows, chosen, onOpen }: TableProps) {
  const [all, setAll] = useState(false);
  const rows = attempt.payments.filter(shows);
  const name = (key: string) => <bdi>{accounts.get(key)?.caption ?? key}</bdi>;
  return (
    <details className="cf-fold" data-testid="attempt-table">
      <summary>
        As a table: {count(rows.length)} {rows.length === 1 ? "payment" : "payments"} between {count(attempt.accounts.length)} accounts
      </summary>
      <div className="cf-wide">
        <table className="cf-table">
          <thead>
            <tr>
              <th>when (UTC)</th>
              <th>from</th>
              <th>to</th>
              <th className="num">amount</th>
              <th className="num">in USD</th>
              <th>what it is</th>
              <th>where it stands</th>
            </tr>
          </thead>
          <tbody>
            {(all ? rows : rows.slice(0, LISTED)).map((one) => (
              <tr key={one.id} data-chosen={one.id === chosen || undefined}>
                <td className="cf-nowrap">{one.at ? time(one.at).replace(" UTC", "") : "undated"}</td>
                <td>{name(one.from)}</td>
                <td>{name(one.to)}</td>
                <td className="num">{one.amount === null ? "not given" : `${exact.format(one.amount)} ${one.currency ?? ""}`}</td>
                <td className="num" title={one.usd_basis ?? undefined}>
                  {one.usd === null ? "?" : exact.format(one.usd)}
                </td>
                <td>{one.role}</td>
                <td>
                  <button type="button" className="cf-door" onClick={() => onOpen(one.id)} data-testid="payment-door">
                    {one.locator ?? "its record"}
                  </button>{" "}
                  <Marks of={one} /> <AddToCase thing={{ thing: "record", id: one.id }} terse />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {!all && rows.length > LISTED && (
          <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
            show all {count(rows.length)}
          </button>
        )}
        <table className="cf-table">
          <thead>
            <tr>
              <th>account</th>
              <th>role</th>
              <th>bank</th>
              <th>country</th>
              <th className="num">paid in</th>
              <th className="num">paid out</th>
            </tr>
          </thead>
          <tbody>
            {attempt.accounts.slice(0, all ? undefined : LISTED).map((one) => (
              <tr key={one.key}>
                <td>
                  <bdi>{one.caption}</bdi> {one.number !== one.caption && <span className="cf-soft">{one.number}</span>} {one.listed && <span className="cf-listed">listed</span>}
                </td>
                <td>{words(ROLES[one.role])}</td>
                <td>{one.bank}</td>
                <td>{one.countries.map(country).join(", ") || <span className="cf-soft">not known</span>}</td>
                <td className="num">{inAndOut(one.paid_in, one.usd_in)}</td>
                <td className="num">{inAndOut(one.paid_out, one.usd_out)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const inAndOut = (n: number, usd: number | null): string => (n ? `${count(n)}${usd === null ? "" : `, USD ${figure(usd)}`}` : "–");
