import { describe, expect, it } from "vitest";

import { endOf, month, startOf, within } from "./dates";
import { extent, yearly } from "./timeBar";

describe("a partial date", () => {
  it("is the whole period that it names", () => {
    expect([startOf("2016"), endOf("2016")]).toEqual([2016, 2017]);
    expect(startOf("2016-09")).toBeCloseTo(2016 + 8 / 12);
    expect(endOf("2016-12")).toBeCloseTo(2017);
    expect(startOf("2016-12-31T23:00:00Z")).toBeLessThan(2017);
    expect(startOf(null)).toBeNull();
    expect(startOf("autumn 2016")).toBeNull();
  });

  it("of a month is named again by the month", () => {
    for (let year = 1970; year < 2030; year += 7) {
      for (let m = 1; m <= 12; m++) {
        const text = `${year}-${String(m).padStart(2, "0")}`;
        expect(month(startOf(text) ?? 0)).toBe(text);
      }
    }
  });
});

describe("the window", () => {
  it("shows what held at any moment of it", () => {
    expect(within({ start: "2009", end: "2016-03" }, "2016", "2017")).toBe(true);
    expect(within({ start: "2009", end: "2015" }, "2016", "2017")).toBe(false);
    expect(within({ start: "2016-09", end: null }, undefined, "2016-08")).toBe(false);
    expect(within({ start: "2016-09", end: null }, "2020", undefined)).toBe(true);
  });

  it("never hides what bears no date", () => {
    expect(within({ start: null, end: null }, "2016", "2016")).toBe(true);
  });
});

it("the bar reaches over every date, and counts each record where it begins", () => {
  const spans = [
    { start: "1974", end: null },
    { start: "2016-09", end: "2017" },
    { start: null, end: "2016-01" },
    { start: null, end: null },
  ];
  expect(extent(spans)).toEqual([1974, 2018]);
  const counts = yearly(spans, 1974, 2018);
  expect(counts[0]).toBe(1);
  expect(counts[2016 - 1974]).toBe(2);
  expect(counts.reduce((a, b) => a + b)).toBe(3);
});
