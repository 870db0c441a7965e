/** The table from Admiralty grades to probabilities, as it is being changed. */

export type Cells = Record<string, number>;

export const LETTERS = ["A", "B", "C", "D", "E", "F"] as const;
export const DIGITS = ["1", "2", "3", "4", "5", "6"] as const;

/** The cells that differ from those shipped: what a workspace keeps. */
export const own = (table: Cells, shipped: Cells): Cells => Object.fromEntries(Object.entries(table).filter(([grade, p]) => p !== shipped[grade]));

/** A probability as typed, in per cent or as a fraction; undefined: it is none between 0 and 1. */
export function typed(text: string): number | undefined {
  const bare = text.trim().replace(/%$/, "");
  const value = Number(bare);
  if (bare === "" || !Number.isFinite(value)) return undefined;
  const p = text.trim().endsWith("%") || value >= 1 ? value / 100 : value;
  return p > 0 && p < 1 ? Math.round(p * 10_000) / 10_000 : undefined;
}

/** Grades of which a better one is worth less: a sign that the table was mistyped, or that the sources are misgraded. */
export function disorder(table: Cells): string[] {
  const found: string[] = [];
  for (const letter of LETTERS) {
    for (const [better, worse] of [["1", "2"], ["2", "3"], ["3", "4"], ["4", "5"]] as const) {
      if ((table[letter + better] ?? 0) < (table[letter + worse] ?? 0)) found.push(`${letter}${better} is worth less than ${letter}${worse}`);
    }
  }
  return found;
}
