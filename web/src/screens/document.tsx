import { Pagination } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";

import { remove, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { DocumentDetail, DocumentPage, Mention, MentionsAnswer } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { EntityChip } from "../parts/EntityChip";
import { Handling, Marks } from "../parts/Handling";
import { MarkForm } from "../parts/MarkForm";
import { PageText } from "../parts/PageText";
import { TakeBack } from "../parts/TakeBack";
import { Answered, Screen, Waiting } from "../parts/Screen";
import { count, day } from "../parts/format";

const route = getRouteApi("/documents/$id");

const isWeb = (url: string): boolean => /^https?:\/\//.test(url);

/** A document, page by page: what is named on the page, what it rests on, and what was made of it. */
export function DocumentScreen() {
  const { id } = route.useParams();
  const query = useApi<DocumentDetail>(`/documents/${encodeURIComponent(id)}`, {}, { steady: true });
  return (
    <Screen name="document" title={query.data?.title ?? "Document"} wide headed>
      <Answered query={query} what="Opening the document…">
        {(document) => <Reading document={document} />}
      </Answered>
    </Screen>
  );
}

function Reading({ document }: { document: DocumentDetail }) {
  const { page: wanted, start, end } = route.useSearch();
  const navigate = useNavigate({ from: "/documents/$id" });
  const numbers = document.page_sizes.map(([number]) => number);
  const page = wanted !== undefined && numbers.includes(wanted) ? wanted : (numbers[0] ?? 1);
  const place = `/documents/${encodeURIComponent(document.id)}`;
  const text = useApi<DocumentPage>(`${place}/pages/${page}`);
  const named = useApi<MentionsAnswer>(`${place}/mentions`, { page }, { onScreen: true });
  const mentions = named.data?.mentions ?? [];
  const chosen = start !== undefined && end !== undefined && start < end ? { start, end } : null;
  const choose = (passage: { start: number; end: number } | null): void => {
    void navigate({ search: (before) => ({ ...before, page, start: passage?.start, end: passage?.end }), replace: true });
  };
  const turn = (number: number): void => {
    void navigate({ search: (before) => ({ ...before, page: numbers[number - 1], start: undefined, end: undefined }) });
  };
  return (
    <>
      <header className="cf-toolbar">
        <Link to="/documents" className="cf-soft">
          Documents
        </Link>
        <h1 className="cf-document-title">{document.title}</h1>
        <span className="cf-grow" />
        <AddToCase thing={{ thing: "document", id: document.id }} />
        <Link to="/documents/$id/redaction" params={{ id: document.id }} data-testid="to-redaction">
          Redact
        </Link>
        {numbers.length > 1 && <Pagination size="xs" total={numbers.length} value={numbers.indexOf(page) + 1} onChange={turn} siblings={1} aria-label="Pages" data-testid="pages" />}
      </header>
      <div className="cf-split cf-reading">
        <div className="cf-sheet">
          <Answered query={text} what="Turning the page…">
            {(found) => (
              <article aria-label={`Page ${page}`}>
                <div className="cf-sheet-head cf-soft">
                  <span>
                    Page {count(page)} of {count(numbers.length)}
                  </span>
                  <span className="cf-grow" />
                  <AddToCase thing={{ thing: "page", id: `${document.id}#${page}` }} size="compact-xs" />
                  <Handling text={found.handling} quiet />
                </div>
                <PageText text={found.text} mentions={mentions} chosen={chosen} onChoose={choose} onOpen={(one) => choose({ start: one.start, end: one.end })} />
              </article>
            )}
          </Answered>
        </div>
        <aside className="cf-side" aria-label="About the page">
          {chosen && text.data ? (
            <MarkForm
              key={`${page} ${chosen.start} ${chosen.end}`}
              document={document}
              page={page}
              passage={chosen}
              text={Array.from(text.data.text).slice(chosen.start, chosen.end).join("")}
              mentions={mentions}
              onDone={() => choose(null)}
            />
          ) : (
            <p className="cf-soft cf-flush">Select a passage to turn it into a claim.</p>
          )}
          {named.isPending ? <Waiting what="Looking for names…" /> : <Named mentions={mentions} />}
          <Claims document={document} />
          <References document={document} />
          <About document={document} />
        </aside>
      </div>
    </>
  );
}

/** Entities first, each once; then dates, amounts and numbers, each as written. */
function Named({ mentions }: { mentions: Mention[] }) {
  const entities = new Map<string, { entity: Mention["entities"][number]; times: number }>();
  for (const one of mentions) {
    for (const entity of one.entities) {
      entities.set(entity.id, { entity, times: (entities.get(entity.id)?.times ?? 0) + 1 });
    }
  }
  const others = mentions.filter((one) => one.kind !== "entity" && one.kind !== "reference");
  const once = [...new Map(others.map((one) => [`${one.kind} ${one.value}`, one])).values()];
  return (
    <>
      <h2>Named on this page</h2>
      {!entities.size && !once.length && <p className="cf-soft cf-flush">Nothing that is known.</p>}
      <ul className="cf-plain" data-testid="named">
        {[...entities.values()].map(({ entity, times }) => (
          <li key={entity.id} className="cf-named">
            <EntityChip id={entity.id} caption={entity.caption} schema={entity.schema} listed={entity.listed} />
            <span className="cf-soft cf-tabular">
              {times > 1 && `${count(times)} × `}
              <Marks of={entity} />
            </span>
          </li>
        ))}
        {once.map((one) => (
          <li key={`${one.kind} ${one.value}`} className="cf-named">
            <span>
              {one.kind === "amount" ? count(Number(one.value)) : one.value} {one.unit}
              {one.valid === false && <span className="cf-refused"> check digit wrong</span>}
            </span>
            <span className="cf-soft">{one.kind}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Claims({ document }: { document: DocumentDetail }) {
  const reader = useReader();
  if (!document.marks.length) return null;
  return (
    <>
      <h2>Claims from this document ({count(document.marks.length)})</h2>
      <ul className="cf-plain" data-testid="marks">
        {document.marks.map((one) => (
          <li key={one.claim} className="cf-note">
            <Link to="/entity/$id" params={{ id: one.subject }} search={{ property: one.property, value: one.value }}>
              {one.property}
            </Link>
            : {one.value}
            <div className="cf-soft">
              {one.locator} <Handling text={one.handling} quiet /> {one.dataset === "marks" && <TakeBack act={(reason) => remove(`/marks/${encodeURIComponent(one.claim)}`, reader, { reason })} />}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function References({ document }: { document: DocumentDetail }) {
  if (!document.reference_list.length) return null;
  return (
    <>
      <h2>What it rests on ({count(document.reference_list.length)})</h2>
      <ol className="cf-plain cf-references" data-testid="references">
        {document.reference_list.map((one) => (
          <li key={one.id} title={one.note ?? undefined}>
            <span className="cf-soft cf-tabular">[{one.number}]</span>
            <span>
              {one.url && isWeb(one.url) ? (
                <a href={one.url} target="_blank" rel="noreferrer noopener">
                  {one.title}
                </a>
              ) : (
                one.title
              )}
              <span className="cf-soft"> {[one.author, one.publisher, one.date && day(one.date)].filter(Boolean).join(", ")}</span>
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function About({ document }: { document: DocumentDetail }) {
  const facts: [string, string | null][] = [
    ["Author", document.author],
    ["Publisher", document.publisher],
    ["Date", document.date && day(document.date)],
    ["Format", `${document.format}, ${count(document.characters)} characters`],
    ["Note", document.note],
  ];
  return (
    <>
      <h2>The document</h2>
      <dl className="cf-facts">
        {facts.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      <Link to="/custody" search={{ sha256: document.sha256 }} title={document.sha256} className="cf-mono" data-testid="to-custody">
        SHA-256 {document.sha256.slice(0, 16)}…
      </Link>
      <div>
        <Handling text={document.handling} quiet />
      </div>
    </>
  );
}
