/** Names that stand beside what they name: broken into lines that fit, and kept off each other. */

/** Width of a text in pixels. */
export type Ruler = (text: string) => number;

/** A ruler for text set in this CSS font; it holds once the font is loaded, before that it is near enough. */
export function ruler(font: string): Ruler {
  const context = document.createElement("canvas").getContext("2d");
  return (text) => {
    if (!context) return text.length * 7;
    context.font = font;
    return context.measureText(text).width;
  };
}

/** At most `most` lines of `width` pixels, broken between words; what does not fit ends in an ellipsis. */
export function wrap(text: string, width: number, most: number, measure: Ruler): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  const kept = lines.length > most ? [...lines.slice(0, most - 1), lines.slice(most - 1).join(" ")] : lines;
  return kept.map((one) => cut(one, width, measure));
}

function cut(text: string, width: number, measure: Ruler): string {
  if (measure(text) <= width) return text;
  let end = text.length;
  while (end > 1 && measure(`${text.slice(0, end).trimEnd()}…`) > width) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

/**
 * Upper edges of boxes in one column, in order of where their middles want to be, none on another and all between `top`
 * and `bottom` if they fit there at all. The sum of squared moves is the least there is: isotonic regression by pooling
 * adjacent violators, on positions less the heights above.
 */
export function spread(boxes: readonly { middle: number; height: number }[], top: number, bottom: number): number[] {
  const pools: { sum: number; n: number }[] = [];
  const above: number[] = [];
  let total = 0;
  for (const { middle, height } of boxes) {
    above.push(total);
    pools.push({ sum: middle - height / 2 - total, n: 1 });
    total += height;
    for (;;) {
      const last = pools.at(-1);
      const before = pools.at(-2);
      if (!last || !before || before.sum / before.n <= last.sum / last.n) break;
      pools.splice(-2, 2, { sum: before.sum + last.sum, n: before.n + last.n });
    }
  }
  const most = Math.max(top, bottom - total);
  const edges = pools.flatMap(({ sum, n }) => Array<number>(n).fill(Math.min(most, Math.max(top, sum / n))));
  return edges.map((edge, i) => edge + (above[i] ?? 0));
}
