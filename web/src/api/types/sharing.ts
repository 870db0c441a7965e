/** What leaves for other organisations. */

import type { Marked } from "./marked";

export interface ReleaseTerms {
  recipients: { to: string; text: string; kind: string; ceiling: string; compartments: string[] }[];
  formats: { name: string; title: string; losses: { field: string; reason: string }[] }[];
  profiles: { name: string; title: string }[];
}

export interface Withheld {
  marking: string;
  records: number;
  reason: string;
}

export interface ReleasePlan {
  to: string;
  audience: string;
  ceiling: string;
  /** null: everything that the recipient may read. */
  ids: string[] | null;
  findings: string[];
  nothing_of: string[];
  withheld: Withheld[];
}

export interface ReleaseEvent {
  by: string;
  at: string;
}

export interface Release extends Marked {
  release: string;
  /** Organisation that gave it; empty: whoever has the workspace to themselves. */
  from: string;
  to: string;
  /** Given by the reader's own organisation, or to it. */
  direction: "out" | "in";
  /** Last day on which the recipient may use it. */
  until: string | null;
  expired: boolean;
  /** By when the recipient is asked how useful it was. */
  feedback_by: string | null;
  format: string;
  terms: string;
  purpose: string;
  case: string;
  count: number;
  sha256: string;
  by: string;
  at: string;
  state: "released" | "recalled" | "acknowledged";
  feedback: (ReleaseEvent & { score: number; text: string })[];
  recalls: (ReleaseEvent & { reason: string; notice: string })[];
  acknowledged: (ReleaseEvent & { who: string })[];
}

export interface Proposal extends Marked {
  proposal: string;
  by: string;
  at: string;
  to: string;
  format: string;
  terms: string;
  purpose: string;
  ids: string[];
  until?: string | null;
}

export interface Dissemination {
  releases: Release[];
  proposals: Proposal[];
  /** Id of somebody who did something above → name. */
  names: Record<string, string>;
}
