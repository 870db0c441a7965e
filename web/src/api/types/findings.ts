/** Findings with their evidence. */

import type { Interval, IsoDate, Marked } from "./marked";
import type { Claim } from "./sources";

export interface Brief extends Marked {
  id: string;
  typology: string;
  title: string;
  sentence: string;
  likelihood: string;
  probability: number;
  subjects: string[];
  captions: Record<string, string>;
  start: string | null;
  end: string | null;
  lat: number | null;
  lon: number | null;
}

export interface Summary {
  title: string;
  audience: string;
  exercise: boolean;
  as_of?: IsoDate | null;
  counts: Record<string, number>;
  datasets: { dataset: string; title: string; claims: number; handling: string }[];
  findings: Brief[];
  cashbox: (Interval & { unit: string }) | null;
  report: { title: string; summary: string } | null;
}

export interface Audiences {
  current: string;
  exercise: boolean;
  audiences: { name: string; text: string }[];
}

export interface Evidence {
  kind: string;
  id: string;
  role: string;
}

export interface Finding extends Brief {
  basis: string;
  evidence: Evidence[];
  refutes: string;
  benign: string[];
  payments: string[];
  vessels: string[];
  accounts: string[];
  detail: Record<string, unknown>;
}

export interface FindingDetail extends Finding {
  records: Record<string, Claim | Record<string, unknown>>;
  typology_doc: {
    title: string;
    what: string;
    why: string;
    standard: string;
    parameters: Record<string, { default: number; unit: string; doc: string }>;
  };
}
