import { SegmentedControl } from "@mantine/core";
import { useState } from "react";

import type { Corridor, Corridors, Paid } from "../api/types";
import type { CORRIDORS } from "../searches";
import { Marks } from "./Handling";
import { count, country, money, span } from "./format";

export type CorridorMode = (typeof CORRIDORS)[number] | undefined;

interface Props {
  mode: CorridorMode;
  onMode: (mode: CorridorMode) => void;
  corridors: Corridors | undefined;
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
}

const LISTED = 12;

/** Beside the map: which payments are drawn between countries, how much went where, and what could not be placed. */
export function CorridorPanel({ mode, onMode, corridors, chosen, onChoose }: Props) {
  return (
    <section aria-label="Payments between countries" data-testid="corridors">
      <h2>Payments between countries</h2>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Payments between countries"
        value={mode ?? "none"}
        onChange={(value) => onMode(value === "none" ? undefined : (value as CorridorMode))}
        data={[
          { value: "none", label: "Off" },
          { value: "all", label: "All" },
          { value: "findings", label: "In findings" },
        ]}
        data-testid="corridor-mode"
      />
      {mode && corridors && <Told of={corridors} chosen={chosen} onChoose={onChoose} />}
    </section>
  );
}

function Told({ of, chosen, onChoose }: { of: Corridors; chosen: string | undefined; onChoose: (id: string | undefined) => void }) {
  const { unknown } = of;
  const sides = Object.values(of.bases).reduce((sum, n) => sum + n, 0);
  return (
    <>
      <p className="cf-soft">
        {count(of.payments)} {of.payments === 1 ? "payment" : "payments"}
        {of.from || of.to ? ` in ${span(of.from, of.to)}` : ""}, {worth(of)}. Width: worth in USD.
      </p>
      {unknown.payments > 0 && (
        <p className="cf-corridor-unknown" data-testid="corridor-unknown">
          <b>
            {count(unknown.payments)} of {count(of.payments)} have no known country on a side
          </b>{" "}
          and are not drawn: the payer&rsquo;s in {count(unknown.payer)}, the payee&rsquo;s in {count(unknown.payee)}; {worth(unknown)}.
        </p>
      )}
      <List title="From country to country" rows={of.corridors} chosen={chosen} onChoose={onChoose} />
      <List title="Within one country (rings)" rows={of.within} chosen={chosen} onChoose={onChoose} />
      {of.payments > 0 && (
        <p className="cf-soft">
          Countries are known by {Object.entries(of.bases).map(([name, n]) => `${BASES[name] ?? name} ${Math.round((100 * n) / sides)} %`).join(", ")}.
        </p>
      )}
      {!of.payments && <p className="cf-soft">No payment in this window. Widen it{of.only ? ", or show all payments" : ""}.</p>}
    </>
  );
}

const BASES: Record<string, string> = {
  bank: "the bank\u2019s as stated",
  BIC: "its BIC",
  IBAN: "the IBAN",
  party: "the party\u2019s as stated",
  holder: "the account\u2019s holder",
  "not known": "nothing",
};

const worth = ({ usd, unrated, payments }: Paid): string =>
  unrated === payments && payments ? "of unknown worth" : `${money(usd, "USD")}${unrated ? ` and ${count(unrated)} of unknown worth` : ""}`;

function List({ title, rows, chosen, onChoose }: { title: string; rows: Corridor[]; chosen: string | undefined; onChoose: (id: string | undefined) => void }) {
  const [all, setAll] = useState(false);
  if (!rows.length) return null;
  return (
    <>
      <h3>
        {title} <span className="cf-soft">{count(rows.length)}</span>
      </h3>
      <ul className="cf-plain">
        {(all ? rows : rows.slice(0, LISTED)).map((one) => (
          <li key={one.id}>
            <button type="button" className="cf-row-button cf-corridor" aria-pressed={one.id === chosen} onClick={() => onChoose(one.id === chosen ? undefined : one.id)} data-testid="corridor">
              <span className="cf-grow">
                {country(one.source)}
                {one.source !== one.target && ` → ${country(one.target)}`}
                <span className="cf-soft cf-corridor-what">
                  {count(one.payments)} {one.payments === 1 ? "payment" : "payments"} · {span(one.start, one.end)}
                </span>
              </span>
              <span className="cf-nowrap num">{one.unrated === one.payments ? "worth unknown" : money(one.usd, "USD")}</span>
            </button>
            {one.id === chosen && <Marks of={one} />}
          </li>
        ))}
      </ul>
      {!all && rows.length > LISTED && (
        <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
          show all {count(rows.length)}
        </button>
      )}
    </>
  );
}
