import { Link } from "@tanstack/react-router";

import { useApi } from "../api/client";
import type { DocumentBrief, DocumentsAnswer } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { Handling } from "../parts/Handling";
import { Answered, Empty, Screen } from "../parts/Screen";
import { count, day, time } from "../parts/format";

/** Every document that may be read, the newest first. */
export function DocumentsScreen() {
  const query = useApi<DocumentsAnswer>("/documents");
  return (
    <Screen name="documents" title="Documents">
      <Answered query={query} what="Reading the documents…">
        {({ documents }) =>
          documents.length ? (
            <table className="cf-table" data-testid="documents">
              <thead>
                <tr>
                  <th>Document</th>
                  <th>Date</th>
                  <th>Format</th>
                  <th className="num">Pages</th>
                  <th className="num">References</th>
                  <th className="num">Claims</th>
                  <th>Read</th>
                  <th className="num">Handling</th>
                  <th aria-label="Add to case" />
                </tr>
              </thead>
              <tbody>
                {documents.map((one) => (
                  <Row key={one.id} one={one} />
                ))}
              </tbody>
            </table>
          ) : (
            <Empty title="No document">Add a PDF, web page, Word file, e-mail or text: counterflow ingest report.pdf</Empty>
          )
        }
      </Answered>
    </Screen>
  );
}

function Row({ one }: { one: DocumentBrief }) {
  return (
    <tr data-testid="document">
      <td>
        <Link to="/documents/$id" params={{ id: one.id }}>
          {one.title}
        </Link>
        <div className="cf-soft">{[one.author, one.publisher].filter(Boolean).join(", ")}</div>
        {(one.part || one.note) && <div className="cf-note">{one.part ?? one.note}</div>}
      </td>
      <td className="cf-nowrap">{one.date ? day(one.date) : ""}</td>
      <td>{one.format}</td>
      <td className="num">{count(one.pages)}</td>
      <td className="num">{count(one.references)}</td>
      <td className="num">{count(one.claims)}</td>
      <td className="cf-nowrap cf-soft">{time(one.ingested_at)}</td>
      <td className="num">
        <Handling text={one.handling} quiet />
      </td>
      <td>
        <AddToCase thing={{ thing: "document", id: one.id }} terse />
      </td>
    </tr>
  );
}
