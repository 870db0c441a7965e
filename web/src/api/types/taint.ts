/** Money traced over blockchains. */

import type { Attempt } from "./findings";
import type { Marked } from "./marked";

/** An address, who holds it, and what kind of service it is. */
export interface Addressed {
  address: string;
  entity: string | null;
  caption: string;
  kind: string | null;
}

export interface TaintAsked extends Addressed {
  listed: boolean;
  topics: string[];
  since: string | null;
  until: string | null;
  left: { asset: string; amount: number }[];
  left_usd: number;
  transfers: number;
  claim_ids: string[];
}

export interface TaintArrival extends Addressed {
  listed: boolean;
  /** The trace ends there: a service, or most of it rests. */
  end: boolean;
  chain: string;
  asset: string;
  tainted: number;
  tainted_usd: number;
  /** What poison allows: no opening balance can make it more. */
  most: number;
  received: number;
  share: number;
  rests: number;
  hops: number;
  first: string | null;
  last: string | null;
  senders: number;
  transfers: number;
}

export interface TaintAnswer extends Marked {
  asked: TaintAsked[];
  method: string;
  hops: number;
  days: number;
  transfers: number;
  left_out: Record<string, number>;
  reached: number;
  cut_off: number;
  ambiguous_crossings: number;
  assumes: string;
  total: number;
  arrivals: TaintArrival[];
}

interface OnChain {
  row_id: string;
  tx: string;
  chain: string;
  amount: number | null;
  asset: string;
  usd: number | null;
  at: string | null;
}

export interface TaintCrossing {
  by: Addressed;
  bridge: Addressed;
  to: Addressed;
  deposit: OnChain;
  payout: OnChain;
  minutes: number;
  share: number;
  tainted_usd: number | null;
  followed: boolean;
  candidates: number;
  chance: number;
}

export interface TaintMeeting extends Addressed {
  branches: number;
  by: Addressed[];
  tainted: { asset: string; chain: string; amount: number }[];
  tainted_usd: number;
  share: number;
  first: string | null;
  last: string | null;
}

export interface TaintPeelChain {
  begins: Addressed;
  ends: Addressed;
  chain: string;
  asset: string;
  steps: number;
  peels: number;
  whole: number;
  peeled: number;
  off: number;
  share: number;
  receivers: Addressed[];
  receivers_in_all: number;
  start: string | null;
  end: string | null;
  rows: string[];
}

export interface TaintWays extends Marked {
  to: string | null;
  flow: Attempt;
  crossings: TaintCrossing[];
  crossings_in_all: number;
  meetings: TaintMeeting[];
  meetings_in_all: number;
  peel_chains: TaintPeelChain[];
  peel_chains_in_all: number;
}
