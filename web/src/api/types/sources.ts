/** Datasets, editions, claims and documents, and how a conclusion unfolds to them. */

import type { IsoDate, Marked, Stance } from "./marked";

/** One side of a conflict. */
export interface Account extends Marked {
  /** Link or record, where the account is one. */
  id: string | null;
  text: string;
  note: string | null;
  stance: Stance;
  verified: boolean;
  grade: string | null;
  start: IsoDate | null;
  end: IsoDate | null;
  sources: { id: string; title: string }[];
  origins: number;
  claim_ids: string[];
}

/** Accounts that cannot all be true. */
export interface Conflict extends Marked {
  id: string;
  kind: "question" | "value" | "link" | "number";
  /** Code of a question that the recorders marked. */
  group: string | null;
  entity: string | null;
  caption: string;
  label: string;
  /** One source gives all the accounts. */
  one_source: boolean;
  accounts: Account[];
}

export interface ConflictsAnswer {
  conflicts: Conflict[];
}

export interface ClaimSource {
  id: string;
  title: string;
  publisher?: string | null;
  author?: string | null;
  date?: IsoDate | null;
  url?: string | null;
  reliability?: string | null;
  kind?: string | null;
  note?: string | null;
}

export interface Claim extends Marked {
  id: string;
  subject: string;
  property: string;
  value: string;
  /** Name of the other party, where the value is one. */
  caption?: string;
  original: string | null;
  lang: string | null;
  source: ClaimSource;
  locator: string | null;
  grade: string | null;
  stance: Stance;
  verified: boolean;
  valid_from: IsoDate | null;
  valid_to: IsoDate | null;
  recorded_at: string;
  note: string | null;
  dataset: string;
  origin: string | null;
  /** The source that it goes back to; null where its own source says it first. */
  repeats: { id: string; title: string; reasons: string[] } | null;
}

export interface Edition {
  date: IsoDate;
  /** The date is the publisher's; else it is the day of reading. */
  dated: boolean;
  /** Older than one that was in force when it came: kept to compare with. */
  archived: boolean;
  in_force: boolean;
  ingested_at: string;
  files: string[];
  parties: number;
  entities: number;
  claims: number;
  added: number;
  retracted: number;
  quarantined: number;
}

export interface HeldEdition extends Marked {
  file: string;
  edition: IsoDate | null;
  held_at: string;
  counts: Record<string, number>;
  failed: { rule: string; found: string; reason: string }[];
}

export interface Dataset extends Marked {
  dataset: string;
  title: string;
  publisher: string | null;
  licence: string | null;
  url: string | null;
  schedule: string | null;
  grade: string | null;
  kind: string;
  complete: boolean;
  readers: string[];
  claims: number;
  entities: number;
  observations: number;
  quarantined: number;
  reasons: { field: string | null; reason: string; rows: number }[];
  editions: Edition[];
  /** Null: the publisher keeps no schedule that it could miss. */
  overdue: boolean | null;
  held: HeldEdition[];
  files: {
    name: string;
    sha256: string;
    reader: string;
    ingested_at: string;
    claims: number;
    observations: number;
    quarantined: number;
  }[];
}

export interface SourcesAnswer {
  datasets: Dataset[];
  sources: {
    id: string;
    title: string;
    publisher: string | null;
    author: string | null;
    date: IsoDate | null;
    kind: string | null;
    reliability: string | null;
    url: string | null;
    note: string | null;
    claims: number;
    handling: string;
  }[];
  /** The first thousand. */
  quarantine: (Marked & { dataset: string; file: string; line: number | null; field: string | null; reason: string; raw: string })[];
}

export interface DiffChange extends Marked {
  change: "added" | "removed" | "changed";
  subject: string;
  schema: string;
  caption: string;
  text: string;
  fields: { property: string; label: string; before: string[]; after: string[]; text: string }[];
}

export interface Diff {
  dataset: string;
  before: { date: IsoDate; parties: number };
  after: { date: IsoDate; parties: number };
  counts: { added: number; removed: number; changed: number };
  changes: DiffChange[];
}

export interface Explanation {
  id: string;
  /** entity, referent, value, link, rival account, finding, figure, claim, row */
  kind: string;
  text: string;
  grade: string | null;
  handling: string;
  source: ClaimSource | null;
  locator: string | null;
  children: Explanation[];
}

export interface DocumentBrief {
  id: string;
  title: string;
  publisher: string | null;
  author: string | null;
  date: IsoDate | null;
  url: string | null;
  note: string | null;
  reliability: string | null;
  /** pdf, html, docx, email, text */
  format: string;
  /** Which attachment of a file it is. */
  part: string | null;
  pages: number;
  characters: number;
  sha256: string;
  ingested_at: string;
  references: number;
  claims: number;
  handling: string;
  exercise: boolean;
}

export interface DocumentsAnswer {
  documents: DocumentBrief[];
}

export interface DocumentDetail extends DocumentBrief {
  /** Number of each page, and its characters. */
  page_sizes: [number, number][];
  reference_list: {
    number: number;
    id: string;
    title: string;
    publisher: string | null;
    author: string | null;
    date: IsoDate | null;
    kind: string | null;
    url: string | null;
    note: string | null;
    handling: string;
  }[];
  /** Claims that cite the document. */
  marks: {
    claim: string;
    subject: string;
    schema: string;
    property: string;
    value: string;
    original: string | null;
    locator: string | null;
    note: string | null;
    dataset: string;
    handling: string;
  }[];
}

export interface DocumentPage {
  document: string;
  page: number;
  /** Characters of the document before the page. */
  offset: number;
  text: string;
  handling: string;
}

export interface Mention {
  page: number;
  /** Characters (code points) from the start of the page. */
  start: number;
  end: number;
  text: string;
  kind: string;
  value: string;
  unit: string | null;
  /** Whether check digits agree; null where there are none. */
  valid: boolean | null;
  sure: boolean;
  entities: { id: string; caption: string; schema: string; listed: boolean; handling: string; exercise: boolean }[];
}

export interface MentionsAnswer {
  mentions: Mention[];
}

export interface MarkAnswer {
  claim: string;
  document: string;
  page: number;
  start: number;
  end: number;
  subject: string;
  property: string;
  value: string;
  handling: string;
}
