import { expect, it } from "vitest";

import type { WhatIfQuestion } from "../api/types";
import { inShort, ofAddress, overTime, planOnly, toAddress } from "./question";

const ALL: WhatIfQuestion = {
  budget: 12,
  must: ["designation:a"],
  never: ["export_ban:b"],
  budgets: { "Customs and coast guard": 5, FinCEN: 0 },
  collateral: 8,
  collateral_each: 2,
  not_cooperating: ["cn", "ru"],
  periods: 3,
  recovery: 2,
  period_days: 180,
  substitution: true,
  as_of: "2016",
};

it("a question survives the address", () => {
  for (const question of [ALL, { budget: 0 }, { periods: 2, recovery: { designation: 1, asset_freeze: 3 } }, {}]) {
    expect(ofAddress(toAddress(question))).toEqual(question);
  }
});

it("a plan does not wait for what is asked beside it", () => {
  expect(planOnly(ALL)).not.toHaveProperty("periods");
  expect(planOnly(ALL)).toHaveProperty("collateral", 8);
  expect(overTime({ ...ALL, measures: [] })).toEqual({ ...ALL, substitution: undefined });
});

it("is told in short", () => {
  expect(inShort(ALL)).toBe("budget 12, 1 must, 1 never, 2 agencies limited, collateral to 8, each to 2, without China, Russia, 3 periods, substitution, as of 2016");
  expect(inShort({})).toBe("usual budget");
});
