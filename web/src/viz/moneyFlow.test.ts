import { expect, it } from "vitest";

import type { Flow, FlowArc, FlowLayer, FlowNode } from "../api/types";
import { ticks } from "./intervals";
import { columns, forward } from "./moneyFlow";

const interval = { low: 1, central: 2, high: 4 };
const arc = (source: string, target: string): FlowArc => ({
  id: `${source}>${target}`, source, target, ...interval, basis: "", grade: null, claim_ids: [], assumption: false,
});
const node = (id: string, layer: FlowLayer): FlowNode => ({ id, caption: id, layer, entity: null, ...interval });

const flow: Flow = {
  as_of: null, cashbox: "box", unit: "million USD", currency: "USD", notes: [], excluded: [], terms: [], activities: [], handling: "TLP:CLEAR", exercise: false,
  balance: { inflow: { low: 1, central: 2, high: 3 }, outflow: { low: 1, central: 2, high: 3 }, unexplained: { low: 0, central: 0, high: 0 } },
  nodes: [node("drugs", "activity"), node("bank", "channel"), node("box", "cashbox"), node("fund", "cashbox"), node("rockets", "use")],
  arcs: [arc("drugs", "bank"), arc("bank", "box"), arc("box", "fund"), arc("fund", "rockets"), arc("box", "drugs")],
};

it("an arc that leads back is left to the table", () => {
  expect(forward(flow).map((one) => one.id)).toEqual(["drugs>bank", "bank>box", "box>fund", "fund>rockets"]);
});

it("a node that its own layer pays into stands one step on, and no column is empty", () => {
  expect([...columns(flow).values()]).toEqual([0, 1, 2, 3, 4]);
});

it("two nodes that pay each other do not push each other on", () => {
  const circle = { ...flow, arcs: [...flow.arcs, arc("fund", "box")] };
  expect(columns(circle).get("box")).toBe(columns(circle).get("fund"));
});

it("ticks are round, inside the range and never minus nought", () => {
  expect(ticks(0, 1110, 5)).toEqual([0, 500, 1000]);
  expect(ticks(-200, 1110, 3).some((at) => Object.is(at, -0))).toBe(false);
  expect(ticks(5, 5, 4)).toEqual([5]);
});
