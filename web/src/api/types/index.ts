/**
 * The JSON that the server sends, one type for each shape, a file for each stage of the data flow. Property names are
 * the server's.
 *
 * Invariant: whatever bears a marking has `handling` (the whole marking in print) and `exercise` (made by the exercise
 * generator, never real).
 */

export type * from "./marked";
export type * from "./sources";
export type * from "./entities";
export type * from "./network";
export type * from "./findings";
export type * from "./taint";
export type * from "./patterns";
export type * from "./assessment";
export type * from "./questions";
export type * from "./report";
export type * from "./cases";
export type * from "./sharing";
export type * from "./keeping";
