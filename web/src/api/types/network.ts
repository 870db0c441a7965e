/** The link chart, chains, differences between dates, and the map. */

import type { Attempt, Brief } from "./findings";
import type { IsoDate, Marked, Stance } from "./marked";

/** A line of a chart, whoever drew it and when. */
export interface Line {
  id: string;
  source: string;
  target: string;
  schema: string;
  label: string;
  role: string | null;
  start: IsoDate | null;
  end: IsoDate | null;
  share_low: number | null;
  share_high: number | null;
  amount: number | null;
  currency: string | null;
  stance: Stance;
  verified: boolean;
  grade: string | null;
  origins: number;
  conflict: string | null;
  claim_ids: string[];
}

export interface Edge extends Line, Marked {
  /** Payments that it adds up, by id, where it is of an attempt. */
  rows?: string[];
}

/** An entity as a link of a chain. */
export interface ChainNode extends Marked {
  id: string;
  caption: string;
  schema: string;
  topics: string[];
  countries: string[];
  listed: boolean;
}

/** An entity of a link chart, so many hops from its centre. */
export interface NetworkNode extends ChainNode {
  hops: number;
  /** Readable neighbours; null: not counted. */
  degree: number | null;
}

/** A chain between two entities, whatever the links' direction; `edges` in order from `source`. */
export interface Chain {
  source: string;
  /** Null: there is no listed party to lead to. */
  target: string | null;
  as_of: IsoDate | null;
  /** Null: there is no chain. */
  hops: number | null;
  weakest: string | null;
  /** How likely all its links are together, to compare chains by. */
  strength: number | null;
  nodes: ChainNode[];
  edges: Edge[];
}

export interface PathAnswer extends Chain {
  others: Chain[];
}

/** Links of one date that are not there on another. */
export interface Difference {
  center: string | null;
  from: IsoDate;
  to: IsoDate;
  began: Edge[];
  ended: Edge[];
  totals: { began: number; ended: number };
  nodes: ChainNode[];
}

export interface Network {
  center: string;
  hops: number;
  as_of: IsoDate | null;
  total: number;
  truncated: boolean;
  nodes: NetworkNode[];
  edges: Edge[];
  span: [IsoDate | null, IsoDate | null] | null;
}

export interface MapEvent extends Marked {
  id: string;
  caption: string;
  kind: string | null;
  activity: string | null;
  date: IsoDate | null;
  lat: number;
  lon: number;
  precision: string | null;
  value_usd: number | null;
}

/** lon, lat in degrees WGS 84; ISO time; speed over ground in knots; whether hours of silence follow. */
export type TrackPoint = [number, number, string, number | null, boolean];

/** What a ship did at a time, as a typology found it or somebody else told it. */
export interface ShipEvent extends Marked {
  id: string;
  /** Id of the finding; null: told by others, and `told_by` says by whom. */
  finding: string | null;
  kind: string;
  title: string;
  told_by: string | null;
  start: string;
  end: string;
  lat: number | null;
  lon: number | null;
  /** Where it ended, of a silence or a jump: lon, lat. */
  to: [number, number] | null;
  uncertainty_metres: number | null;
}

export interface Track extends Marked {
  vessel: { id: string | null; caption: string; imo: string | null; mmsi: string | null };
  points: TrackPoint[];
  /** In order of time. */
  events: ShipEvent[];
}

export interface MapData {
  events: MapEvent[];
  tracks: Track[];
  findings: Brief[];
}

/** Payments added up; `usd` is the worth of those whose worth is known, `unrated` how many are left out of it. */
export interface Paid {
  payments: number;
  usd: number;
  unrated: number;
}

/** From country to country (ISO 3166-1 alpha-2, lower case). */
export interface Corridor extends Marked, Paid {
  id: string;
  source: string;
  target: string;
  start: IsoDate | null;
  end: IsoDate | null;
}

export interface Corridors extends Marked, Paid {
  from: IsoDate | null;
  to: IsoDate | null;
  /** Null: all payments; findings: those that some finding rests on; or the id of one. */
  only: string | null;
  corridors: Corridor[];
  /** Within one country. */
  within: Corridor[];
  /** With no known country on a side: of the payer, of the payee. */
  unknown: Paid & { payer: number; payee: number };
  /** How the countries of the sides are known. */
  bases: Record<string, number>;
  /** Degrees north and east at which a country is drawn. */
  places: Record<string, [number, number]>;
  /** Days or months with payments. */
  periods: Record<string, number>;
}

/** The accounts of a finding over payments, or their holders, as a link chart. */
export interface AttemptNetwork extends Network, Marked {
  finding: string;
  sentence: string;
  attempt: Attempt | null;
}
