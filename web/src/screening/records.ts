/** Files of questions, cut into parts that one request may hold. A record is a line; in a table, a line outside quotes. */

export interface Part {
  text: string;
  /** Lines of the file before it, that of the headings not counted. */
  before: number;
  records: number;
}

/** Where each record ends, in characters; quoted line breaks of a table end none. */
function ends(text: string, table: boolean): number[] {
  const found: number[] = [];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (table && sign === '"') quoted = !quoted;
    else if (sign === "\n" && !quoted) found.push(at + 1);
  }
  if (found.at(-1) !== text.length && text.length > 0) found.push(text.length);
  return found;
}

/** Parts of at most so many records and characters; a table's parts each begin with its headings. */
export function parts(text: string, table: boolean, most = 200, longest = 400_000): Part[] {
  const all = ends(text, table);
  const head = table ? text.slice(0, all[0] ?? 0) : "";
  const found: Part[] = [];
  let first = table ? 1 : 0;
  while (first < all.length) {
    const start = first === 0 ? 0 : (all[first - 1] as number);
    let last = first;
    while (last + 1 < all.length && last + 1 - first < most && (all[last + 1] as number) - start <= longest) last++;
    const own = text.slice(start, all[last]);
    const before = (text.slice(0, start).match(/\n/g)?.length ?? 0) - (head.match(/\n/g)?.length ?? 0);
    found.push({ text: head + own, before: table ? before : before, records: last - first + 1 });
    first = last + 1;
  }
  return found;
}

/** Whether a file is a table, by its name or, without one, by how it begins. */
export const isTable = (name: string, text: string): boolean =>
  /\.(csv|tsv)$/i.test(name) || (!/\.(jsonl?|ndjson)$/i.test(name) && !text.trimStart().startsWith("{"));

/** A cell that no spreadsheet runs, in quotes where it needs them. */
export function cell(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
