import { describe, expect, it } from "vitest";

import { PALETTES, TLP_COLOURS, type Palette } from "./theme";

/** Contrast ratio of WCAG 2.2, section 1.4.3. */
function contrast(a: string, b: string): number {
  const light = (hex: string) => {
    const [r, g, blue] = [1, 3, 5].map((i) => {
      const c = parseInt(hex.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each(Object.entries(PALETTES))("in %s", (_name, palette: Palette) => {
  it.each(["ink", "soft", "accent", "listed", "exercise"] as const)("%s is readable as text on every ground", (key) => {
    for (const ground of [palette.ground, palette.panel, palette.raised]) expect(contrast(palette[key], ground)).toBeGreaterThanOrEqual(4.5);
  });

  it("every kind and the money stand out from the ground as shapes", () => {
    for (const colour of [...Object.values(palette.kinds), palette.money]) expect(contrast(colour, palette.ground)).toBeGreaterThanOrEqual(3);
  });

  it("no two kinds share a hue, and none is the hue of another sign", () => {
    const all = [...Object.values(palette.kinds), palette.listed, palette.exercise, palette.money, palette.accent];
    expect(new Set(all).size).toBe(all.length);
  });
});

it("handling is readable on black", () => {
  for (const colour of Object.values(TLP_COLOURS)) expect(contrast(colour, "#000000")).toBeGreaterThanOrEqual(4.5);
});
