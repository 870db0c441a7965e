import { expect, it } from "vitest";

import type { Flow } from "../api/types";
import { ticks } from "./intervals";
import { forward, through } from "./moneyFlow";

const arc = (source: string, target: string, low: number, central: number, high: number) => ({
  id: `${source}>${target}`, source, target, low, central, high, basis: "", grade: null, claim_ids: [], assumption: false,
});

const flow: Flow = {
  as_of: null, unit: "million USD", currency: "USD", notes: [], excluded: [], handling: "TLP:CLEAR", exercise: false,
  balance: { inflow: { low: 1, central: 2, high: 3 }, outflow: { low: 1, central: 2, high: 3 }, unexplained: { low: 0, central: 0, high: 0 } },
  nodes: [
    { id: "drugs", caption: "Drugs", layer: "activity", entity: null },
    { id: "bank", caption: "Bank", layer: "channel", entity: null },
    { id: "box", caption: "Cash-box", layer: "cashbox", entity: null },
  ],
  arcs: [arc("drugs", "bank", 1, 2, 4), arc("bank", "box", 1, 3, 5), arc("box", "drugs", 1, 1, 1)],
};

it("an arc that leads back is left to the table", () => {
  expect(forward(flow).map((one) => one.id)).toEqual(["drugs>bank", "bank>box"]);
});

it("what passes a node is the larger side, bound by bound", () => {
  expect(through("bank", flow.arcs)).toEqual({ low: 1, central: 3, high: 5 });
});

it("ticks are round, inside the range and never minus nought", () => {
  expect(ticks(0, 1110, 5)).toEqual([0, 500, 1000]);
  expect(ticks(-200, 1110, 3).some((at) => Object.is(at, -0))).toBe(false);
  expect(ticks(5, 5, 4)).toEqual([5]);
});
