import { expect, test } from "vitest";

import { concerned, joined, type Happened } from "./live";

const told: Happened = { id: "v-1", kind: "note", case: "c-1", row: "n-1", at: "2026-01-01T00:00:00Z", mine: false };
const none = { total: 0, unseen: 0, news: [] };

test("an event is news, once, unless it is one's own", () => {
  const after = joined(none, told);
  expect(after).toEqual({ total: 1, unseen: 1, news: [{ id: "v-1", kind: "note", case: "c-1", row: "n-1", at: told.at, seen: false }] });
  expect(joined(after, told)).toBe(after);
  expect(joined(none, { ...told, mine: true })).toBe(none);
});

test("all are counted, the newest are kept", () => {
  const many = Array.from({ length: 120 }).reduce<typeof none | ReturnType<typeof joined>>((news, _, n) => joined(news, { ...told, id: `v-${n}` }), none);
  expect([many.unseen, many.news.length, many.news[0]?.id]).toEqual([120, 100, "v-119"]);
});

test("what nothing was said of is not asked for again", () => {
  expect(["/news", "/cases", "/proposals", "/cases/c-2", "/cases/c-1/history"].filter((path) => concerned(path, told))).toEqual(["/cases/c-1/history"]);
});
