/**
 * Markings in print, as the server words them: `TLP:AMBER+STRICT//EXERCISE//REL AGENCY-A, AGENCY-B`.
 *
 * Invariant: `combine` is never wider than any of its parts, and an unknown word is kept, never dropped. It only prints
 * what is on screen; who may read is decided by the server alone.
 */

const CIRCLES = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];

export interface Marking {
  tlp: string;
  caveats: string[];
  /** Organisations it may go to; null: not limited. */
  releasable: string[] | null;
}

/** A first word that is no TLP label is kept as a caveat under RED: unknown means shut. */
export function parse(text: string): Marking {
  const [first = "", ...rest] = text.split("//").map((part) => part.trim());
  const known = CIRCLES.includes(first);
  const releasable = rest.find((part) => part.startsWith("REL "));
  const caveats = rest.filter((part) => part && !part.startsWith("REL "));
  return {
    tlp: known ? first : "TLP:RED",
    caveats: known || !first ? caveats : [first, ...caveats],
    releasable: releasable === undefined ? null : releasable.slice(4).split(",").map((one) => one.trim()),
  };
}

export function print(marking: Marking): string {
  const parts = [marking.tlp, ...[...marking.caveats].sort()];
  if (marking.releasable) parts.push(`REL ${marking.releasable.length ? [...marking.releasable].sort().join(", ") : "(none)"}`);
  return parts.join("//");
}

/** The marking of a page that shows records with these markings; null where nothing is shown. */
export function combine(texts: Iterable<string>): string | null {
  let all: Marking | null = null;
  for (const text of new Set(texts)) {
    const one = parse(text);
    all = all === null ? one : meet(all, one);
  }
  return all && print(all);
}

function meet(a: Marking, b: Marking): Marking {
  const releasable =
    a.releasable === null || b.releasable === null
      ? (a.releasable ?? b.releasable)
      : a.releasable.filter((one) => b.releasable?.includes(one));
  return {
    tlp: CIRCLES.indexOf(a.tlp) >= CIRCLES.indexOf(b.tlp) ? a.tlp : b.tlp,
    caveats: [...new Set([...a.caveats, ...b.caveats])],
    releasable,
  };
}

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
