import { Tooltip } from "@mantine/core";

/** ICD 203: word, lower and upper bound of its band. */
export const BANDS: readonly [string, number, number][] = [
  ["almost no chance", 0.01, 0.05],
  ["very unlikely", 0.05, 0.2],
  ["unlikely", 0.2, 0.45],
  ["roughly even chance", 0.45, 0.55],
  ["likely", 0.55, 0.8],
  ["very likely", 0.8, 0.95],
  ["almost certain", 0.95, 0.99],
];

/** The word whose band holds a probability. */
export const wordFor = (probability: number): string => (BANDS.find(([, , high]) => probability < high) ?? BANDS[BANDS.length - 1])?.[0] ?? "";

const percent = (share: number) => Math.round(share * 100);

/** The word, with its band drawn on a 0-100 % rule and in figures on hover. Confidence is another thing and stands apart. */
export function Likelihood({ word, basis }: { word: string; basis?: string }) {
  const band = BANDS.find(([name]) => name === word);
  const text = band ? `${word}: ${percent(band[1])}–${percent(band[2])} % (ICD 203)` : word;
  return (
    <Tooltip label={basis ? `${text}. ${basis === "rule" ? "A transparent score, not calibrated." : "Calibrated."}` : text}>
      <span className="cf-likelihood" data-testid="likelihood" tabIndex={0} aria-label={text}>
        {word}
        {band && (
          <span className="cf-likelihood-rule" aria-hidden>
            <span style={{ left: `${percent(band[1])}%`, width: `${percent(band[2] - band[1])}%` }} />
          </span>
        )}
      </span>
    </Tooltip>
  );
}
