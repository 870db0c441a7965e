/**
 * Markings in print, as the server words them: `TLP:AMBER+STRICT//EXERCISE//ORIG AGENCY-A//REL AGENCY-B, AGENCY-C`.
 * What each part means: `counterflow/model/marking.py`.
 *
 * Invariant: `combine` is never wider than any of its parts, and an unknown word is kept, never dropped. It only prints
 * what is on screen; who may read is decided by the server alone.
 */

const CIRCLES = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];
const ACTIONS = ["PAP:CLEAR", "PAP:GREEN", "PAP:AMBER", "PAP:RED"];
/** Lists in the order of print. What is derived bears all names of the first kind, and those of the second that its parts share. */
const JOINED = ["COMPARTMENTS", "ORCON", "FROM"] as const;
const SHARED = ["REL", "READERS", "PURPOSES"] as const;
const DAYS = ["EXPIRES", "REVIEW BY"] as const;
const NONE = "(none)";

export interface Marking {
  tlp: string;
  pap: string;
  caveats: string[];
  /** Whose record it is; empty: nobody's own, or it obliges nobody. */
  originator: string;
  /** Names after each keyword, as printed; a keyword of `SHARED` that is not there does not limit. */
  lists: Partial<Record<(typeof JOINED)[number] | (typeof SHARED)[number], string[]>>;
  days: Partial<Record<(typeof DAYS)[number], string>>;
}

/** A first word that is no TLP label is kept as a caveat under RED: unknown means shut. */
export function parse(text: string): Marking {
  const [first = "", ...rest] = split(text, /\/\//y);
  const known = CIRCLES.includes(first);
  const found: Marking = { tlp: known ? first : "TLP:RED", pap: ACTIONS[0]!, caveats: known || !first ? [] : [first], originator: "", lists: {}, days: {} };
  for (const part of rest) {
    const word = [...JOINED, ...SHARED].find((one) => part.startsWith(`${one} `));
    const day = DAYS.find((one) => part.startsWith(`${one} `));
    if (word) found.lists[word] = split(part.slice(word.length), /,/y).filter((one) => one !== NONE);
    else if (day) found.days[day] = part.slice(day.length + 1);
    else if (part.startsWith("ORIG ")) found.originator = part.slice(5);
    else if (ACTIONS.includes(part)) found.pap = part;
    else if (part) found.caveats.push(part);
  }
  return found;
}

/** Parts between separators; what stands in quotation marks is left whole. */
function split(text: string, separator: RegExp): string[] {
  const parts = [""];
  for (let at = 0; at < text.length; ) {
    const quoted = /"(?:[^"\\]|\\.)*"/y;
    quoted.lastIndex = separator.lastIndex = at;
    const whole = quoted.exec(text)?.[0];
    if (whole === undefined && separator.test(text)) {
      parts.push("");
      at = separator.lastIndex;
    } else {
      parts.push((parts.pop() ?? "") + (whole ?? text.charAt(at)));
      at += whole?.length ?? 1;
    }
  }
  return parts.map((part) => part.trim());
}

export function print(marking: Marking): string {
  const list = (word: keyof Marking["lists"]) => {
    const names = marking.lists[word];
    return names && [`${word} ${names.length ? [...names].sort().join(", ") : NONE}`];
  };
  const [compartments, orcon, from] = JOINED.map((word) => list(word) ?? []);
  return [
    marking.tlp,
    ...(marking.pap === ACTIONS[0] ? [] : [marking.pap]),
    ...[...marking.caveats].sort(),
    ...compartments!,
    ...orcon!,
    ...(marking.originator ? [`ORIG ${marking.originator}`] : []),
    ...from!,
    ...SHARED.flatMap((word) => list(word) ?? []),
    ...DAYS.flatMap((day) => (marking.days[day] ? [`${day} ${marking.days[day]}`] : [])),
  ].join("//");
}

/** The marking of a page that shows records with these markings; null where nothing is shown. */
export function combine(texts: Iterable<string>): string | null {
  let all: Marking | null = null;
  for (const text of new Set(texts)) {
    const one = parse(text);
    const open = all !== null && print(all) === CIRCLES[0]; // what is published leaves the rest as it is
    if (all === null || open) all = one;
    else if (print(one) !== CIRCLES[0] && print(one) !== print(all)) all = meet(mixed(all), mixed(one));
  }
  return all && print(all);
}

/** The same limits with nobody for an originator: its circle names everyone who is inside. */
function mixed(one: Marking): Marking {
  const lists = { ...one.lists };
  if (limited(one)) lists.REL = union(lists.REL, one.originator ? [one.originator] : []);
  if (one.tlp === "TLP:RED") lists.READERS ??= [];
  if (one.originator) lists.FROM = union(lists.FROM, [one.originator]);
  return { ...one, originator: "", lists };
}

function meet(a: Marking, b: Marking): Marking {
  const lists: Marking["lists"] = {};
  for (const word of JOINED) if (a.lists[word] || b.lists[word]) lists[word] = union(a.lists[word], b.lists[word]);
  for (const word of SHARED) {
    const [mine, theirs] = [a.lists[word], b.lists[word]];
    const both = mine && theirs ? mine.filter((one) => theirs.includes(one)) : (mine ?? theirs);
    if (both) lists[word] = both;
  }
  const days: Marking["days"] = {};
  for (const day of DAYS) {
    const [earliest] = [a.days[day], b.days[day]].filter((one) => one !== undefined).sort();
    if (earliest) days[day] = earliest;
  }
  const tlp = narrower(CIRCLES, a.tlp, b.tlp);
  if (limited({ tlp }) && !lists.REL?.length && !lists.FROM?.length) delete lists.REL; // the circle says so itself
  if (tlp === "TLP:RED" && !lists.READERS?.length) delete lists.READERS;
  return {
    tlp,
    pap: narrower(ACTIONS, a.pap, b.pap),
    caveats: union(a.caveats, b.caveats),
    originator: "",
    lists,
    days,
  };
}

/** Without a REL it is its originator's alone. */
const limited = ({ tlp }: { tlp: string }) => tlp.startsWith("TLP:AMBER");
const narrower = (scale: string[], a: string, b: string) => (scale.indexOf(a) >= scale.indexOf(b) ? a : b);
const union = (a: string[] = [], b: string[] = []) => [...new Set([...a, ...b])];

/** Every `handling` found anywhere in an answer; one that joins several (`A · B`) counts as each. */
export function* markings(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    for (const one of value) yield* markings(one);
  } else if (value && typeof value === "object") {
    for (const [key, one] of Object.entries(value)) {
      if (key === "handling" && typeof one === "string" && one) yield* one.split(" · ");
      else if (one && typeof one === "object") yield* markings(one);
    }
  }
}
