import { describe, expect, it } from "vitest";

import { endOf, named, startOf, within } from "./dates";
import { begun, extent } from "./timeBar";

describe("a partial date", () => {
  it("is the whole period that it names", () => {
    expect([startOf("2016"), endOf("2016")]).toEqual([2016, 2017]);
    expect(startOf("2016-09")).toBeCloseTo(2016 + 8 / 12);
    expect(endOf("2016-12")).toBeCloseTo(2017);
    expect(startOf("2016-12-31T23:00:00Z")).toBeLessThan(2017);
    expect(startOf(null)).toBeNull();
    expect(startOf("autumn 2016")).toBeNull();
  });

  it("of a day is named again by the day", () => {
    for (const text of ["2016-01-01", "2016-02-29", "2022-09-30", "2022-12-31", "2023-04-15"]) {
      expect(named(startOf(text) ?? 0, 372)).toBe(text);
    }
    expect(named(2022 + 8.99 / 12, 372)).toBe("2022-09-30"); // September has no 31st
    expect(named(2022.5, 1)).toBe("2022");
  });

  it("of a month is named again by the month", () => {
    for (let year = 1970; year < 2030; year += 7) {
      for (let m = 1; m <= 12; m++) {
        const text = `${year}-${String(m).padStart(2, "0")}`;
        expect(named(startOf(text) ?? 0, 12)).toBe(text);
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
  expect(extent(spans)).toEqual([1974, 2018, 1]);
  const counts = begun(spans, 1974, 2018, 1);
  expect(counts[0]).toBe(1);
  expect(counts[2016 - 1974]).toBe(2);
  expect(counts.reduce((a, b) => a + b)).toBe(3);
});

it("the bar tells days apart where all is dated to the day and lies within weeks", () => {
  const days = [{ start: "2022-09-01T08:00:00Z", end: "2022-09-02" }, { start: "2022-09-10", end: null }];
  const [first, last, grain] = extent(days) ?? [0, 0, 1];
  expect([named(first, 372), named(last, 372), grain]).toEqual(["2022-09-01", "2022-09-11", 372]);
  expect(begun(days, first, last, grain)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(extent([...days, { start: "2022", end: null }])).toEqual([2022, 2023, 1]); // nothing is dated finer than its source says
  expect(extent([...days, { start: "2020-03", end: null }])?.[2]).toBe(12);
});
