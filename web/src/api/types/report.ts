/** The written assessment, its versions, edits and changes. */

import type { IsoDate } from "./marked";

export interface Sentence {
  id: string;
  text: string;
  endnotes: number[];
  claim_ids: string[];
  /** Says how the assessment was made, and asserts nothing of the world. */
  method: boolean;
  /** As it was generated, where somebody has reworded it; empty where somebody has added it. */
  generated?: string;
}

export interface Paragraph {
  text: string;
  endnotes: number[];
  handling: string;
  /** The same text sentence by sentence, each with what it alone rests on. */
  sentences: Sentence[];
}

export interface KeyJudgement {
  id: string;
  text: string;
  likelihood: string;
  probability: number;
  confidence: string;
  /** What the confidence rests on. */
  because: string;
  endnotes: number[];
  claim_ids: string[];
  handling: string;
  generated?: string;
}

export interface ReportFigure {
  id: string;
  /** Heading of the section that it belongs to. */
  section: string;
  title: string;
  caption: string;
  svg: string;
  handling: string;
  claim_ids: string[];
}

export interface Report {
  title: string;
  date_of_information: IsoDate;
  as_of: IsoDate | null;
  audience: string;
  handling: string;
  /** Handling of what the figures were computed from. */
  base: Record<string, unknown>;
  summary: string;
  summary_sentences: Sentence[];
  summary_handling: string;
  key_judgements: KeyJudgement[];
  sections: { heading: string; paragraphs: Paragraph[] }[];
  figures: ReportFigure[];
  endnotes: { n: number; text: string; url: string; source_id: string; claim_ids: string[] }[];
  /** With sections that answer the founding document's questions. */
  answers?: boolean;
  /** Which of those kept it is; none: generated now. */
  version?: string;
}

export interface ReportVersion {
  name: string;
  number: number;
  of: number | null;
  note: string;
  by: string;
  at: string;
  as_of: IsoDate | null;
  title: string;
  handling: string;
  edited: number;
  problems: number;
}

export interface ReportVersions {
  versions: ReportVersion[];
}

export interface ReportProblem {
  id: string;
  problem: string;
  text: string;
}

export interface ReportEdits {
  title: string;
  sentences: Record<string, string>;
  drop: string[];
  add: { after: string; text: string; claim_ids: string[] }[];
}

export interface ReportChange {
  kind: string;
  place: string;
  id: string;
  before: string | null;
  after: string | null;
  claims_gone: string[];
  claims_new: string[];
  why: string;
}

export interface ReportChanges {
  before: string;
  after: string;
  handling: string;
  counts: Record<string, number>;
  changes: ReportChange[];
}
