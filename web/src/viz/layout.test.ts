import { MultiDirectedGraph } from "graphology";
import { expect, it } from "vitest";

import { place, type Place } from "./layout";

function graph(leaves: number): MultiDirectedGraph {
  const made = new MultiDirectedGraph();
  made.addNode("centre", { x: 0, y: 0, size: 10, hops: 0 });
  for (let i = 0; i < leaves; i++) {
    made.addNode(`n${i}`, { x: 0, y: 0, size: 5, hops: 1 });
    made.addEdge("centre", `n${i}`);
  }
  return made;
}

const places = (of: MultiDirectedGraph): [string, number, number][] => of.mapNodes((id, { x, y }) => [id, x as number, y as number]);

it("the same network is drawn the same every time, with no two dots on one place", () => {
  const [a, b] = [graph(12), graph(12)];
  place(a, new Map());
  place(b, new Map());
  expect(places(a)).toEqual(places(b));
  expect(new Set(places(a).map(([, x, y]) => `${x.toFixed(3)} ${y.toFixed(3)}`)).size).toBe(13);
});

it("an expansion leaves what stood nearer to its place than to the other side", () => {
  const small = graph(8);
  place(small, new Map());
  const before = new Map<string, Place>(small.mapNodes((id, { x, y }) => [id, { x: x as number, y: y as number }]));
  const large = graph(9);
  place(large, before);
  const centre = large.getNodeAttributes("centre") as unknown as Place;
  const old = before.get("centre") as Place;
  const width = Math.max(...[...before.values()].map((p) => Math.abs(p.x - old.x)));
  expect(Math.hypot(centre.x - old.x, centre.y - old.y)).toBeLessThan(width);
});
