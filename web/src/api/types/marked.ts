/** What every answer is made of: markings, dates, intervals. */

export interface Marked {
  handling: string;
  exercise: boolean;
}

/** Partial ISO date: 1974, 2016-09, 2016-09-01. */
export type IsoDate = string;

export interface Interval {
  low: number;
  central: number;
  high: number;
}

export type Stance = "asserts" | "denies" | "doubts";
