import { describe, expect, it } from "vitest";

import { cell, isTable, parts } from "./records";

describe("parts of a file", () => {
  it("hold every line once, in order", () => {
    const lines = Array.from({ length: 25 }, (_, i) => `{"id": "${i}"}`);
    const cut = parts(lines.join("\n"), false, 10);
    expect(cut.map((one) => one.records)).toEqual([10, 10, 5]);
    expect(cut.map((one) => one.before)).toEqual([0, 10, 20]);
    expect(cut.map((one) => one.text).join("")).toBe(lines.join("\n"));
  });
  it("of a table begin with its headings, and keep a quoted line break", () => {
    const cut = parts('name,notes\nA,"one\ntwo"\nB,x\nC,y\n', true, 2);
    expect(cut.map((one) => one.text)).toEqual(['name,notes\nA,"one\ntwo"\nB,x\n', "name,notes\nC,y\n"]);
    expect(cut.map((one) => one.before)).toEqual([0, 3]);
  });
  it("are no longer than a request may be", () => {
    const cut = parts(`${"x".repeat(90)}\n`.repeat(10), false, 100, 200);
    expect(Math.max(...cut.map((one) => one.text.length))).toBeLessThanOrEqual(200);
    expect(cut.reduce((n, one) => n + one.records, 0)).toBe(10);
  });
  it("of nothing are none", () => {
    expect(parts("", false)).toEqual([]);
    expect(parts("name\n", true)).toEqual([]);
  });
});

it("tells a table from lines of JSON", () => {
  expect(isTable("a.csv", "{")).toBe(true);
  expect(isTable("a.jsonl", "name")).toBe(false);
  expect(isTable("", ' {"id": 1}')).toBe(false);
  expect(isTable("", "name,id")).toBe(true);
});

it("writes cells that no spreadsheet runs", () => {
  expect(["=1+1", 'a"b', "a,b", null, 5].map(cell)).toEqual(["'=1+1", '"a""b"', '"a,b"', "", "5"]);
});
