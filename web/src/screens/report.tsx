import { Button } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { Fragment } from "react";

import { address, readerParameters, useApi } from "../api/client";
import { useAsOf, useReader } from "../api/reader";
import type { Report } from "../api/types";
import { useClaims } from "../parts/ClaimsDrawer";
import { Handling } from "../parts/Handling";
import { Likelihood } from "../parts/Likelihood";
import { Answered, Screen } from "../parts/Screen";
import { day } from "../parts/format";

/** The written assessment: each sentence leads to its endnotes, each endnote back and on to its claims. */
export function ReportScreen() {
  const query = useApi<Report>("/report", { as_of: useAsOf() });
  return (
    <Screen name="report" title={query.data?.title ?? "Report"} headed>
      <Answered query={query} what="Writing the assessment…">
        {(report) => <Paper report={report} />}
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
  const citations = new Citations();
  const marks = (notes: number[]) => <Cited notes={notes.map((n) => ({ n, place: citations.next(n) }))} />;
  const judgements = report.key_judgements.map((one, i) => (
    <li key={i} data-testid="key-judgement">
      <p>
        <Sentence text={one.text} claims={one.claim_ids ?? []} />
        {marks(one.endnotes)}
      </p>
      <div className="cf-brief-foot">
        <Likelihood word={one.likelihood} />
        <span className="cf-soft">
          confidence: {one.confidence}
          {one.because && ` (${one.because})`}
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
          {(paragraph.sentences ?? [{ text: paragraph.text, endnotes: paragraph.endnotes, claim_ids: [] }]).map((one, k) => (
            <Fragment key={k}>
              <Sentence text={one.text} claims={one.claim_ids} />
              {marks(one.endnotes)}{" "}
            </Fragment>
          ))}
        </p>
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
        </p>
        <div className="cf-card-actions cf-screen-only">
          <Button variant="default" leftSection={<IconPrinter size={15} />} onClick={() => window.print()}>
            Print
          </Button>
          <Button component="a" variant="default" href={address("/report.html", { ...readerParameters(reader), as_of: asOf })} download data-testid="report-html">
            HTML
          </Button>
          <Button component="a" variant="default" href={address("/report.md", { ...readerParameters(reader), as_of: asOf })} download data-testid="report-md">
            Markdown
          </Button>
        </div>
      </header>
      <p className="cf-lead">{report.summary}</p>
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
function Sentence({ text, claims }: { text: string; claims: readonly string[] }) {
  const openClaims = useClaims();
  if (!claims.length) return text;
  const open = () => openClaims(...claims);
  return (
    <span
      role="button"
      tabIndex={0}
      className="cf-sentence"
      title={`${claims.length} ${claims.length === 1 ? "claim" : "claims"}`}
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
