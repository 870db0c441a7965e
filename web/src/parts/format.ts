/** Numbers, dates and names in print. Digits are English so that a figure reads the same for every agency. */

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });

export const count = (value: number): string => whole.format(value);

/** Three significant digits; nothing finer is known of an estimate. */
export const figure = (value: number): string => short.format(value);

const long = new Intl.NumberFormat("en-GB", { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 3 });

/** `1.5 billion`, for sums in single dollars. */
export const sum = (value: number): string => (Math.abs(value) < 1e6 ? figure(value) : long.format(value));

/** `120-450` or, where both ends are equal, `120`. The dash is an en dash. */
export const range = (low: number, high: number): string => (low === high ? figure(low) : `${figure(low)}–${figure(high)}`);

/** `2009 – 2016-09`, `from 2009`, `until 2016`, or nothing. */
export function span(start: string | null | undefined, end: string | null | undefined): string {
  const from = start ? day(start) : "";
  const to = end ? day(end) : "";
  if (from && to) return from === to ? from : `${from} – ${to}`;
  if (from) return `from ${from}`;
  return to ? `until ${to}` : "";
}

/** The date part of an ISO time; partial dates as they are. */
export const day = (iso: string): string => iso.slice(0, 10);

/** `2024-05-01 13:20 UTC` */
export const time = (iso: string): string => (iso.length > 10 ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso);

/** A text in which every ISO time reads as `time` prints it. */
export const withTimes = (text: string): string =>
  text.replace(/(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:\+00:00|Z)/g, "$1 $2 UTC");

export function money(amount: number | null, currency: string | null): string {
  return amount === null ? "" : `${currency ? `${currency} ` : ""}${sum(amount)}`;
}

export function share(low: number | null, high: number | null): string {
  if (low === null && high === null) return "";
  return `${range(low ?? 0, high ?? 100)} %`;
}

const regions = new Intl.DisplayNames(["en"], { type: "region" });

/** ISO 3166-1 code in words; the code itself where nobody knows it. */
export function country(code: string): string {
  if (!/^[a-z]{2}$/i.test(code)) return code;
  try {
    return regions.of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}

/** `UnknownLink` → `Unknown link`, `missile_sales` → `Missile sales` */
export function words(name: string): string {
  const spaced = name.replace(/[_-]+/g, " ").replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const TOPICS: Record<string, string> = {
  sanction: "Sanctioned",
  "sanction.linked": "Linked to sanctioned",
  "sanction.counter": "Counter-sanctioned",
  crime: "Crime",
  "crime.fin": "Financial crime",
  "crime.traffick": "Trafficking",
  "crime.traffick.drug": "Drug trafficking",
  "crime.fraud": "Fraud",
  "crime.theft": "Theft",
  "crime.cyber": "Cyber crime",
  "fin.bank": "Bank",
  fin: "Finance",
  gov: "Government",
  "gov.national": "National government",
  "gov.soe": "State-owned",
  "gov.security": "Security organ",
  "gov.executive": "Executive",
  "gov.igo": "International body",
  mil: "Military",
  "pol.party": "Political party",
  "role.pep": "Politically exposed",
  "role.rca": "Close associate",
  "role.diplo": "Diplomat",
  "role.spy": "Intelligence officer",
  poi: "Person of interest",
  "export.control": "Export-controlled",
  "export.risk": "Trade risk",
  "mare.detained": "Detained ship",
  "mare.shadow": "Shadow fleet",
  "corp.offshore": "Offshore",
  "corp.shell": "Shell company",
};

export const topic = (code: string): string => TOPICS[code] ?? code;
