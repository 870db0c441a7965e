/**
 * What is drawn of an attempt: a lane for each account, an arrow for each payment. Where there are too many to be told
 * apart, accounts that do the same become one lane, and payments between the same lanes at nearly the same time one arrow.
 */

import type { AccountRole, AttemptAccount, AttemptPayment } from "../api/types";

export interface Lane {
  key: string;
  /** Accounts in it; one, unless it is folded. */
  accounts: AttemptAccount[];
  role: AccountRole;
  listed: boolean;
}

export interface Arrow {
  /** Payments in it, in time order; one, unless it is folded. */
  payments: AttemptPayment[];
  from: string;
  to: string;
  /** Milliseconds since 1970, of the first payment. */
  at: number;
  usd: number | null;
}

export interface Lanes {
  lanes: Lane[];
  arrows: Arrow[];
  /** Whether something is folded. */
  folded: boolean;
  /** Payments that bear no time and so have no place. */
  undated: number;
}

/** Payments and accounts up to which every one is drawn by itself. */
export const PLAIN = 40;
/** Arrows that a folded drawing has at most between two lanes. */
const BINS = 36;
/** Accounts that do the same from which on they are one lane. */
const ALIKE = 3;

/** Whether there is too much to draw each by itself. */
export const crowded = (accounts: readonly AttemptAccount[], payments: readonly AttemptPayment[]): boolean => payments.length > PLAIN || accounts.length > PLAIN + 2;

export function lanesOf(accounts: readonly AttemptAccount[], payments: readonly AttemptPayment[], fold = crowded(accounts, payments)): Lanes {
  const dated = payments.filter((one) => one.at !== null);
  const undated = payments.length - dated.length;
  const plain: Lane[] = accounts.map((one) => ({ key: one.key, accounts: [one], role: one.role, listed: one.listed }));
  const lanes = fold ? crowds(alike(plain, dated)) : plain;
  const laneOf = new Map(lanes.flatMap((lane) => lane.accounts.map((one) => [one.key, lane.key] as const)));
  const times = dated.map((one) => Date.parse(one.at as string));
  const first = Math.min(...times);
  const width = fold ? Math.max(1, (Math.max(...times) - first) / BINS) : 0;
  const arrows = new Map<string, Arrow>();
  dated.forEach((payment, i) => {
    const at = times[i] as number;
    const from = laneOf.get(payment.from) ?? payment.from;
    const to = laneOf.get(payment.to) ?? payment.to;
    const key = width ? `${from}>${to} ${Math.floor((at - first) / width)}` : payment.id;
    const arrow = arrows.get(key);
    if (!arrow) arrows.set(key, { payments: [payment], from, to, at, usd: payment.usd });
    else {
      arrow.payments.push(payment);
      arrow.usd = arrow.usd === null || payment.usd === null ? null : arrow.usd + payment.usd;
    }
  });
  const drawn = [...arrows.values()].sort((a, b) => a.at - b.at);
  return { lanes, arrows: drawn, folded: drawn.length < dated.length || lanes.length < plain.length, undated };
}

/** Accounts of one role that pay and are paid by the same accounts become one lane, where it stands first. Listed ones never. */
function alike(lanes: Lane[], payments: readonly AttemptPayment[]): Lane[] {
  const others = new Map<string, [Set<string>, Set<string>]>(lanes.map((lane) => [lane.key, [new Set(), new Set()]]));
  for (const { from, to } of payments) {
    others.get(from)?.[0].add(to);
    others.get(to)?.[1].add(from);
  }
  const does = (lane: Lane): string => {
    const [out, into] = others.get(lane.key) ?? [new Set<string>(), new Set<string>()];
    return lane.listed ? lane.key : [lane.role, [...out].sort().join(" "), [...into].sort().join(" ")].join("|");
  };
  return joined(lanes, does);
}

/** What is still more than can be told apart: the least of each role become one lane. */
function crowds(lanes: Lane[]): Lane[] {
  if (lanes.length <= PLAIN) return lanes;
  const size = (lane: Lane) => lane.accounts.reduce((sum, one) => sum + (one.usd_in ?? 0) + (one.usd_out ?? 0), 0);
  const kept = new Set([...lanes].sort((a, b) => Number(b.listed) - Number(a.listed) || size(b) - size(a)).slice(0, PLAIN - 4));
  return joined(lanes, (lane) => (kept.has(lane) ? lane.key : lane.role));
}

function joined(lanes: Lane[], by: (lane: Lane) => string): Lane[] {
  const groups = new Map<string, Lane[]>();
  for (const lane of lanes) groups.set(by(lane), [...(groups.get(by(lane)) ?? []), lane]);
  const made = new Map<Lane, Lane | null>();
  for (const group of groups.values()) {
    const accounts = group.flatMap((lane) => lane.accounts);
    const [head] = group;
    if (!head || group.length < 2 || accounts.length < ALIKE) continue;
    group.forEach((lane, i) => made.set(lane, i ? null : { ...head, key: `fold:${head.key}`, accounts, listed: group.some((one) => one.listed) }));
  }
  return lanes.flatMap((lane) => (made.has(lane) ? (made.get(lane) ?? []) : lane));
}

export type Grouping = "role" | "holder" | "bank";

/** Lanes under headings: those of one holder or bank together, where the first of them stands; by role there are none. */
export function grouped(lanes: readonly Lane[], by: Grouping): { title: string | null; lanes: Lane[] }[] {
  if (by === "role") return [{ title: null, lanes: [...lanes] }];
  const groups = new Map<string, { title: string | null; lanes: Lane[] }>();
  for (const lane of lanes) {
    const names = new Set(lane.accounts.map((one) => (by === "bank" ? one.bank : (one.holder ?? one.key))));
    const [name] = names;
    const head = lane.accounts[0];
    const key = names.size === 1 && name ? name : lane.key;
    const title = by === "bank" ? (names.size === 1 && name ? name : names.size > 1 ? "several banks" : "no bank named") : head?.holder ? head.caption : null;
    const group = groups.get(by === "bank" ? (title ?? key) : key);
    if (group) group.lanes.push(lane);
    else groups.set(by === "bank" ? (title ?? key) : key, { title, lanes: [lane] });
  }
  return [...groups.values()].map((group) => ({ ...group, title: by === "holder" && group.lanes.length < 2 ? null : group.title }));
}
