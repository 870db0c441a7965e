import { Tooltip } from "@mantine/core";

const RELIABILITY: Record<string, string> = {
  A: "completely reliable source",
  B: "usually reliable source",
  C: "fairly reliable source",
  D: "not usually reliable source",
  E: "unreliable source",
  F: "reliability of the source cannot be judged",
};
const CREDIBILITY: Record<string, string> = {
  1: "confirmed by other sources",
  2: "probably true",
  3: "possibly true",
  4: "doubtful",
  5: "improbable",
  6: "truth cannot be judged",
};

/** Admiralty grade (letter of the source, digit of the item), in words on hover. */
export function Grade({ value }: { value: string | null | undefined }) {
  if (!value) return null;
  const letter = value.charAt(0);
  const digit = value.charAt(1);
  const words = [RELIABILITY[letter], CREDIBILITY[digit]].filter(Boolean).join("; ");
  return (
    <Tooltip label={words ? `${value}: ${words}` : value}>
      <span className="cf-grade" data-testid="grade" aria-label={`Grade ${value}: ${words}`} tabIndex={0}>
        {value}
      </span>
    </Tooltip>
  );
}

/** How a record speaks: what it denies or doubts, and whether it was seen in its source. */
export function Standing({ stance, verified }: { stance: string; verified: boolean }) {
  return (
    <>
      {stance !== "asserts" && <span className="cf-standing">{stance}</span>}
      {!verified && (
        <Tooltip label="Recorded from general knowledge; not yet seen in the source">
          <span className="cf-standing" tabIndex={0}>
            unverified
          </span>
        </Tooltip>
      )}
    </>
  );
}
