import { Button } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { Fragment } from "react";

import { address, readerParameters, useApi } from "../api/client";
import { useAsOf, useReader } from "../api/reader";
import type { Report, Sentence as Told } from "../api/types";
import { useClaims } from "../parts/ClaimsDrawer";
import { Handling } from "../parts/Handling";
import { Likelihood } from "../parts/Likelihood";
import { ReportEditor } from "../parts/ReportEditor";
import { ReportChangesPanel, ReportVersions } from "../parts/ReportVersions";
import { Answered, Screen } from "../parts/Screen";
import { day } from "../parts/format";

const route = getRouteApi("/report");

const FORMATS = [
  ["pdf", "PDF"],
  ["docx", "Word"],
  ["html", "HTML"],
  ["md", "Markdown"],
] as const;

/** The written assessment: each sentence leads to its endnotes, each endnote back and on to its claims. */
export function ReportScreen() {
  const { saved, edit, answers } = route.useSearch();
  const query = useApi<Report>("/report", { as_of: useAsOf(), saved, answers: saved ? undefined : answers });
  return (
    <Screen name="report" title={query.data?.title ?? "Report"} headed>
      <Answered query={query} what="Writing the assessment…">
        {(report) => (edit ? <ReportEditor key={`${saved} ${answers}`} report={report} saved={saved} answers={answers === 1} /> : <Paper report={report} />)}
      </Answered>
    </Screen>
  );
}

/** Hands out one anchor for each citation, so that an endnote can lead back to every place that cites it. */
class Citations {
  private readonly places = new Map<number, number>();

  next(n: number): string {
    const k = (this.places.get(n) ?? 0) + 1;
    this.places.set(n, k);
    return `cite-${n}-${k}`;
  }

  of(n: number): string[] {
    return Array.from({ length: this.places.get(n) ?? 0 }, (_, i) => `cite-${n}-${i + 1}`);
  }
}

function Paper({ report }: { report: Report }) {
  const reader = useReader();
  const asOf = useAsOf();
  const openClaims = useClaims();
  const { saved, against, answers } = route.useSearch();
  const citations = new Citations();
  const file = (format: string) => address(`/report.${format}`, { ...readerParameters(reader), as_of: asOf, saved, answers: saved ? undefined : answers });
  const sentences = (all: readonly Told[]) =>
    all.map((one) => (
      <Fragment key={one.id}>
        <Sentence text={one.text} claims={one.claim_ids} edited={one.generated !== undefined} />
        {marks(one.endnotes)}{" "}
      </Fragment>
    ));
  const marks = (notes: number[]) => <Cited notes={notes.map((n) => ({ n, place: citations.next(n) }))} />;
  const judgements = report.key_judgements.map((one, i) => (
    <li key={i} data-testid="key-judgement">
      <p>
        <Handling text={one.handling} quiet /> <Sentence text={one.text} claims={one.claim_ids} edited={one.generated !== undefined} />
        {marks(one.endnotes)}
      </p>
      <div className="cf-brief-foot">
        <Likelihood word={one.likelihood} />
        <span className="cf-soft">
          confidence: {one.confidence}
          {` (${one.because})`}
        </span>
      </div>
    </li>
  ));
  const sections = report.sections.map((section) => (
    <section key={section.heading} aria-label={section.heading}>
      <h2>{section.heading}</h2>
      {section.paragraphs.map((paragraph, i) => (
        <p key={i} className="cf-portion">
          <Handling text={paragraph.handling} quiet />{" "}
          {sentences(paragraph.sentences)}
        </p>
      ))}
      {report.figures
        .filter((one) => one.section === section.heading)
        .map((one) => (
          <figure key={one.id} className="cf-report-figure" data-testid="report-figure">
            <img src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(one.svg)}`} alt={one.title} />
            <figcaption>
              <Handling text={one.handling} quiet /> {one.caption}
            </figcaption>
          </figure>
        ))}
    </section>
  ));
  return (
    <article className="cf-paper" data-testid="report">
      <header>
        <Handling text={report.handling} />
        <h1>{report.title}</h1>
        <p className="cf-soft">
          Date of information {day(report.date_of_information)} · for {report.audience}
          {report.version && ` · ${report.version}`}
        </p>
        <div className="cf-card-actions cf-screen-only">
          <Button variant="default" leftSection={<IconPrinter size={15} />} onClick={() => window.print()}>
            Print
          </Button>
          {FORMATS.map(([format, title]) => (
            <Button key={format} component="a" variant="default" href={file(format)} download={`report.${format}`} data-testid={`report-${format}`}>
              {title}
            </Button>
          ))}
        </div>
        <ReportVersions saved={saved} against={against} answers={answers === 1} />
      </header>
      {saved && against && <ReportChangesPanel saved={saved} against={against} />}
      <p className="cf-lead">
        <Handling text={report.summary_handling} quiet /> {sentences(report.summary_sentences)}
      </p>
      {judgements.length > 0 && (
        <section aria-label="Key judgements">
          <h2>Key judgements</h2>
          <ol className="cf-judgements">{judgements}</ol>
        </section>
      )}
      {sections}
      <section aria-label="Endnotes">
        <h2>Endnotes</h2>
        <ol className="cf-endnotes" data-testid="endnotes">
          {report.endnotes.map((note) => (
            <li key={note.n} id={`note-${note.n}`} value={note.n} data-testid="endnote">
              {note.text}{" "}
              {citations.of(note.n).map((place, i, all) => (
                <a key={place} href={`#${place}`} aria-label={`Back to citation ${i + 1} of ${all.length}`}>
                  ↑{all.length > 1 ? i + 1 : ""}{" "}
                </a>
              ))}
              {note.claim_ids.length > 0 && (
                <button type="button" className="cf-door cf-screen-only" onClick={() => openClaims(...note.claim_ids)} data-testid="endnote-claims">
                  {note.claim_ids.length === 1 ? "its claim" : `its ${note.claim_ids.length} claims`}
                </button>
              )}
            </li>
          ))}
        </ol>
      </section>
    </article>
  );
}

/** A sentence, the door to the claims that it alone rests on. */
function Sentence({ text, claims, edited }: { text: string; claims: readonly string[]; edited: boolean }) {
  const openClaims = useClaims();
  if (!claims.length) return text;
  const open = () => openClaims(...claims);
  return (
    <span
      role="button"
      tabIndex={0}
      className="cf-sentence"
      data-edited={edited || undefined}
      title={`${claims.length} ${claims.length === 1 ? "claim" : "claims"}${edited ? "; worded by hand" : ""}`}
      onClick={open}
      onKeyDown={(event) => event.key === "Enter" && open()}
    >
      {text}
    </span>
  );
}

function Cited({ notes }: { notes: { n: number; place: string }[] }) {
  return (
    <>
      {notes.map(({ n, place }) => (
        <sup key={place}>
          <a id={place} href={`#note-${n}`} aria-label={`Endnote ${n}`} data-testid="citation">
            {n}
          </a>
        </sup>
      ))}
    </>
  );
}
