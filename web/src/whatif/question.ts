/** A what-if question in the address, in short, and as it is asked: of one plan, of several periods, of substitution. */

import type { WhatIfQuestion } from "../api/types";
import { country, figure } from "../parts/format";
import type { MeasuresSearch } from "../searches";

type Asked = Omit<MeasuresSearch, "arc" | "versus" | "stage"> & { as_of?: string };

/** `number@name` each; what is no such pair is left out. */
export const readPairs = (pairs: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    pairs.flatMap((one) => {
      const at = one.indexOf("@");
      const value = Number(one.slice(0, at));
      return at > 0 && Number.isFinite(value) && value >= 0 ? [[one.slice(at + 1), value]] : [];
    }),
  );

export const writePairs = (values: Readonly<Record<string, number>>): string[] | undefined => {
  const all = Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${value}@${name}`);
  return all.length ? all : undefined;
};

const some = <T>(list: readonly T[] | null | undefined): T[] | undefined => (list?.length ? [...list] : undefined);

/** What the address asks; absent is what it leaves open. */
export function ofAddress(search: Asked): WhatIfQuestion {
  const { budget, must, never, purse, collateral, each, state, periods, recovery, days, packing, as_of } = search;
  const limits = readPairs(purse ?? []);
  const rebuilt = readPairs(recovery ?? []);
  const { all, ...kinds } = rebuilt;
  return drop({
    budget,
    must: some(must),
    never: some(never),
    budgets: Object.keys(limits).length ? limits : undefined,
    collateral,
    collateral_each: each,
    not_cooperating: some(state),
    periods,
    recovery: Object.keys(kinds).length ? kinds : all,
    period_days: days,
    substitution: packing ? true : undefined,
    as_of,
  });
}

/** Inverse of `ofAddress`: every parameter of a question, undefined where it leaves it open. */
export function toAddress(question: WhatIfQuestion): Asked {
  const { recovery } = question;
  return {
    budget: question.budget,
    must: some(question.must),
    never: some(question.never),
    purse: writePairs(question.budgets ?? {}),
    collateral: question.collateral,
    each: question.collateral_each,
    state: some(question.not_cooperating),
    periods: question.periods,
    recovery: recovery === undefined || recovery === null ? undefined : writePairs(typeof recovery === "number" ? { all: recovery } : recovery),
    days: question.period_days,
    packing: question.substitution ? 1 : undefined,
    as_of: question.as_of,
  };
}

const drop = <T extends object>(all: T): T => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T;

/** The question of one plan: what is over time or of substitution is asked beside it, so that the plan need not wait. */
export function planOnly(question: WhatIfQuestion): WhatIfQuestion {
  const { periods: _, recovery: __, period_days: ___, substitution: ____, ...plan } = question;
  return plan;
}

/** The question over time; a plan by hand is no part of it. */
export function overTime(question: WhatIfQuestion): WhatIfQuestion {
  const { measures: _, substitution: __, ...asked } = question;
  return asked;
}

const counted = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** What was asked, in short. */
export function inShort(question: WhatIfQuestion): string {
  const { budget, must = [], never = [], budgets = {}, collateral, collateral_each: each, not_cooperating: states = [], periods } = question;
  const limits = Object.keys(budgets).length;
  return [
    budget === undefined ? "usual budget" : `budget ${figure(budget)}`,
    must.length && `${must.length} must`,
    never.length && `${never.length} never`,
    limits && `${counted(limits, "agency", "agencies")} limited`,
    collateral !== undefined && `collateral to ${figure(collateral)}`,
    each !== undefined && `each to ${figure(each)}`,
    states.length && `without ${states.map(country).join(", ")}`,
    periods && counted(periods, "period", "periods"),
    question.substitution && "substitution",
    question.as_of && `as of ${question.as_of}`,
  ]
    .filter(Boolean)
    .join(", ");
}
