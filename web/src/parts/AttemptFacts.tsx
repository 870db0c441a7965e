import type { AttemptPayment, FindingDetail } from "../api/types";
import { EntityChip } from "./EntityChip";
import { count, country, money, span } from "./format";

interface Network {
  entity: string;
  caption: string;
  accounts: string[];
  listed: boolean;
  owners?: { entity: string; caption: string; listed: boolean }[];
  nearest_listed?: { entity: string; caption: string; hops: number; through: string[] };
}

interface Pattern {
  typology: string;
  finding: string;
  likelihood: string;
  sentence: string;
  payments: number;
}

const exact = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const list = <T,>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);
const BANKS = 12;
const distinct = (values: string[]): string[] => [...new Set(values.filter(Boolean))];

function added(payments: readonly AttemptPayment[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { amount, currency } of payments) if (amount !== null) sums[currency ?? "?"] = (sums[currency ?? "?"] ?? 0) + amount;
  return sums;
}

/** What an attempt comes to: sums as paid and in dollars, how long, over which banks and countries, and who is in it. */
export function AttemptFacts({ finding }: { finding: FindingDetail }) {
  const { detail, attempt } = finding;
  // What a typology does not tell of itself is added up from the payments.
  const sums = Object.entries((detail.sums as Record<string, number> | undefined) ?? added(attempt?.payments ?? []));
  const banks = detail.banks ? list<string>(detail.banks) : distinct(attempt?.accounts.map((one) => one.bank) ?? []);
  const places = detail.jurisdictions ? list<string>(detail.jurisdictions) : distinct(attempt?.accounts.flatMap((one) => one.countries) ?? []);
  const entities = list<Network>(detail.entities);
  const patterns = list<Pattern>(detail.patterns);
  const worth = attempt?.payments.map((one) => one.usd) ?? [];
  const usd = typeof detail.sum_usd === "number" ? detail.sum_usd : worth.length && !attempt?.left_out && worth.every((one) => one !== null) ? worth.reduce<number>((sum, one) => sum + (one ?? 0), 0) : null;
  const basis = typeof detail.usd_basis === "string" ? detail.usd_basis : attempt?.payments.some((one) => one.usd_basis !== "stated") ? "yearly average rates" : "stated";
  const hours = typeof detail.hours === "number" ? detail.hours : null;
  const facts: [string, React.ReactNode][] = [
    ["paid", sums.length ? sums.map(([currency, amount]) => `${exact.format(amount)} ${currency}`).join(", ") : null],
    ["in US dollars", usd !== null ? `${money(usd, "USD")} (${basis})` : sums.length ? "unknown for some" : null],
    ["span", [hours === null ? "" : hours < 72 ? `${exact.format(hours)} hours` : `${exact.format(hours / 24)} days`, span(finding.start, finding.end)].filter(Boolean).join(", ")],
    ["payments", attempt ? `${count(finding.payments.length || attempt.payments.length)} between ${count(attempt.accounts.length)} accounts` : null],
    ["banks", banks.length ? `${count(banks.length)}: ${banks.slice(0, BANKS).join(", ")}${banks.length > BANKS ? "…" : ""}` : null],
    ["countries", places.length ? places.map(country).join(", ") : attempt ? "none is known of" : null],
  ];
  return (
    <>
      <dl className="cf-detail" data-testid="attempt-facts">
        {facts.map(([name, said]) =>
          said ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{said}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {entities.length > 0 && (
        <section aria-label="Who is in it" data-testid="attempt-entities">
          <h2>Who of the network is in it</h2>
          <ul className="cf-plain">
            {entities.slice(0, 20).map((one) => (
              <li key={one.entity} className="cf-attempt-entity">
                <EntityChip id={one.entity} caption={one.caption} listed={one.listed} /> <span className="cf-soft">{one.accounts.slice(0, 4).join(", ")}</span>
                {one.owners && (
                  <span className="cf-soft">
                    {" "}
                    owned or directed by{" "}
                    {one.owners.slice(0, 5).map((owner) => (
                      <EntityChip key={owner.entity} id={owner.entity} caption={owner.caption} listed={owner.listed} />
                    ))}
                  </span>
                )}
                {one.nearest_listed && (
                  <span className="cf-soft">
                    {" "}
                    {count(one.nearest_listed.hops)} {one.nearest_listed.hops === 1 ? "link" : "links"} from <EntityChip id={one.nearest_listed.entity} caption={one.nearest_listed.caption} listed />
                    {one.nearest_listed.through.length > 0 && ` through ${one.nearest_listed.through.join(", ")}`}
                  </span>
                )}
              </li>
            ))}
          </ul>
          {entities.length > 20 && <p className="cf-soft">and {count(entities.length - 20)} more</p>}
        </section>
      )}
      {patterns.length > 0 && (
        <section aria-label="Other patterns">
          <h2>Other patterns over the same payments</h2>
          <ul className="cf-notes">
            {patterns.map((one) => (
              <li key={one.finding}>
                {one.sentence} <span className="cf-soft">{one.likelihood}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
