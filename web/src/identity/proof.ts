import { ApiError } from "../api/client";

/** Dialogues that ask for a proof, while they are on screen. */
export const dialogues = new Set<() => void>();

/** Whether an error only asks for a fresh proof of who is there; if so the dialogue opens. */
export function askProof(error: unknown): boolean {
  const wanted = error instanceof ApiError && error.more.error === "ProofNeeded";
  if (wanted) for (const open of dialogues) open();
  return wanted;
}
