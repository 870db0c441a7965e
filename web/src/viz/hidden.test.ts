import { expect, test } from "vitest";

import { hidden } from "./hidden";

const nodes = [
  { id: "a", schema: "Company" },
  { id: "b", schema: "Person" },
  { id: "c", schema: "Vessel" },
];
const edges = [
  { id: "ab", source: "a", target: "b", label: "owns", start: "2010", end: null },
  { id: "ac", source: "a", target: "c", label: "runs", start: "2016", end: null },
];
const told = (hide: string[], shows = () => true, path: string[] | null = null) => {
  const { hiddenNodes, hiddenEdges } = hidden(nodes, edges, "a", new Set(hide), shows, path && new Set(path));
  return [[...hiddenNodes].sort(), [...hiddenEdges].sort()];
};

test("what is switched off takes with it what nothing else holds", () => {
  expect(told([])).toEqual([[], []]);
  expect(told(["kind:person"])).toEqual([["b"], []]);
  expect(told(["link:runs"])).toEqual([["c"], ["ac"]]);
  expect(told([], () => false)).toEqual([["b", "c"], ["ab", "ac"]]);
});

test("the centre stays, and so does a chain that was asked for", () => {
  expect(told(["kind:company"])[0]).toEqual([]);
  expect(told(["kind:person", "link:owns"], () => false, ["a", "b", "ab"])).toEqual([["c"], ["ac"]]);
});
