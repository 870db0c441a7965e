import { describe, expect, it } from "vitest";

import type { AttemptAccount, AttemptPayment } from "../api/types";
import { grouped, lanesOf, PLAIN } from "./attemptLanes";
import { tickText, timeTicks } from "./attemptFlow";

const account = (key: string, role: AttemptAccount["role"], more: Partial<AttemptAccount> = {}): AttemptAccount => ({
  key, bank: "B", number: key, caption: key, holder: null, listed: false, near: null, countries: [], role, paid_out: 0, paid_in: 0, usd_out: 1, usd_in: 1, ...more,
});
const payment = (n: number, from: string, to: string, minutes = n): AttemptPayment => ({
  id: `r${n}`, payment: `p${n}`, at: new Date(Date.UTC(2022, 8, 1) + minutes * 60_000).toISOString(), from, to, amount: 10, currency: "USD", usd: 10, usd_basis: "stated", purpose: null, status: null, role: "leg", locator: null, handling: "TLP:CLEAR", exercise: false,
});
const fan = (n: number, more: Partial<AttemptAccount> = {}) => ({
  accounts: [...Array.from({ length: n }, (_, i) => account(`s${i}`, "source", i === 0 ? more : {})), account("sink", "sink")],
  payments: Array.from({ length: n }, (_, i) => payment(i, `s${i}`, "sink")),
});

describe("lanes of an attempt", () => {
  it("draws every payment of a small one by itself", () => {
    const { accounts, payments } = fan(PLAIN);
    const found = lanesOf(accounts, payments);
    expect(found.folded).toBe(false);
    expect([found.lanes.length, found.arrows.length]).toEqual([PLAIN + 1, PLAIN]);
  });

  it("folds accounts that do the same, and loses no payment", () => {
    const { accounts, payments } = fan(400);
    const found = lanesOf(accounts, payments);
    expect(found.lanes.map((lane) => lane.accounts.length)).toEqual([400, 1]);
    expect(found.arrows.length).toBeLessThanOrEqual(37);
    expect(found.arrows.flatMap((one) => one.payments).length).toBe(400);
    expect(found.arrows.reduce((sum, one) => sum + (one.usd ?? 0), 0)).toBe(4000);
    expect(lanesOf(accounts, payments, false).arrows.length).toBe(400);
  });

  it("never hides a listed party in a fold", () => {
    const { accounts, payments } = fan(100, { listed: true });
    const found = lanesOf(accounts, payments);
    expect(found.lanes.map((lane) => [lane.listed, lane.accounts.length])).toEqual([[true, 1], [false, 99], [false, 1]]);
  });

  it("has room for what is all different", () => {
    const accounts = Array.from({ length: 120 }, (_, i) => account(`a${i}`, "relay"));
    const payments = Array.from({ length: 119 }, (_, i) => payment(i, `a${i}`, `a${i + 1}`));
    const found = lanesOf(accounts, payments);
    expect(found.lanes.length).toBeLessThanOrEqual(PLAIN);
    expect(found.lanes.flatMap((lane) => lane.accounts).length).toBe(120);
  });

  it("counts what bears no time", () => {
    const { accounts, payments } = fan(3);
    const found = lanesOf(accounts, [...payments.slice(1), { ...(payments[0] as AttemptPayment), at: null }]);
    expect([found.undated, found.arrows.length]).toEqual([1, 2]);
  });

  it("puts lanes of one holder or bank together", () => {
    const accounts = [account("a", "source", { holder: "x", caption: "X" }), account("b", "relay", { bank: "C" }), account("c", "sink", { holder: "x", caption: "X" })];
    const { lanes } = lanesOf(accounts, [payment(1, "a", "b"), payment(2, "b", "c")]);
    expect(grouped(lanes, "holder").map((one) => [one.title, one.lanes.map((lane) => lane.key).join("")])).toEqual([["X", "ac"], [null, "b"]]);
    expect(grouped(lanes, "bank").map((one) => [one.title, one.lanes.map((lane) => lane.key).join("")])).toEqual([["B", "ac"], ["C", "b"]]);
    expect(grouped(lanes, "role").length).toBe(1);
  });
});

describe("ticks of time", () => {
  it("are round and no more than asked for", () => {
    const first = Date.UTC(2022, 8, 1, 3, 17);
    for (const hours of [0.2, 3, 40, 400, 9000, 90_000]) {
      const found = timeTicks(first, first + hours * 3_600_000, 8);
      expect(found.length).toBeLessThanOrEqual(9);
      expect(found.every((at) => at >= first && at <= first + hours * 3_600_000)).toBe(true);
    }
  });
  it("say the year once", () => {
    expect(tickText(Date.UTC(2022, 8, 4), true)).toBe("2022-09-04");
    expect(tickText(Date.UTC(2022, 8, 4), false)).toBe("09-04");
    expect(tickText(Date.UTC(2022, 8, 4, 11), false)).toBe("11:00");
  });
});
