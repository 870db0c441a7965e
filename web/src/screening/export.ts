/** What was screened as files: a row a hit, or a line an answer. */

import type { ScreenAnswer } from "../api/types";
import { cell } from "./records";

const COLUMNS = [
  "id", "name", "hit", "caption", "schema", "probability", "verdict", "standing", "sentence", "matched", "disposition", "reason", "until", "error", "handling",
] as const;

/** CSV that no spreadsheet runs; a party without a hit is a row too. */
export function toCsv(answers: readonly ScreenAnswer[]): string {
  const rows: unknown[][] = [];
  for (const answer of answers) {
    const name = [answer.query?.properties["name"] ?? ""].flat()[0] ?? "";
    if (answer.results.length === 0) rows.push([answer.id, name, "", "", "", "", answer.error ? "not understood" : "no hit", "", "", "", "", "", "", answer.error ?? "", ""]);
    for (const hit of answer.results) {
      const told = hit.disposition;
      const verdict = told ? (told.in_force ? told.verdict : `${told.verdict}, no longer counts`) : "";
      rows.push([
        answer.id, name, hit.id, hit.caption, hit.schema, hit.probability, hit.match ? "match" : "possible", hit.explanation.standing, hit.explanation.sentence,
        hit.explanation.matched?.right.name ?? "",
        verdict, told?.reason ?? "", told?.until ?? "", "", hit.handling,
      ]);
    }
  }
  return `${[COLUMNS as readonly unknown[], ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

export const toJson = (answers: readonly ScreenAnswer[]): string => answers.map((answer) => `${JSON.stringify(answer)}\n`).join("");

/** Hand a text to the browser as a file. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
