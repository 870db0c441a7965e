/** The keyboard, in one table: what the help sheet prints is what the screens bind. */

export interface Shortcut {
  /** As Mantine's `useHotkeys` takes it. */
  keys: string;
  /** As printed. */
  print: string;
  does: string;
  where: "everywhere" | "findings" | "screening" | "review" | "network" | "queues";
}

export const SHORTCUTS = {
  search: { keys: "mod+K", print: "Ctrl K", does: "Search names, numbers and ships in any script", where: "everywhere" },
  help: { keys: "shift+?", print: "?", does: "Show this sheet", where: "everywhere" },
  next: { keys: "J", print: "J", does: "Next in the queue", where: "queues" },
  previous: { keys: "K", print: "K", does: "Previous in the queue", where: "queues" },
  chart: { keys: "N", print: "N", does: "Its parties on the link chart", where: "findings" },
  escalate: { keys: "E", print: "E", does: "Escalate the finding; a digit then says why", where: "findings" },
  watch: { keys: "W", print: "W", does: "Watch it; a digit then says why", where: "findings" },
  dismiss: { keys: "D", print: "D", does: "Dismiss it; a digit then says why", where: "findings" },
  undoTriage: { keys: "Z", print: "Z", does: "Take the last decision back", where: "findings" },
  nextHit: { keys: "L", print: "L", does: "Next hit of this party", where: "screening" },
  previousHit: { keys: "H", print: "H", does: "Previous hit of this party", where: "screening" },
  falsePositive: { keys: "F", print: "F", does: "Call the hit a false positive", where: "screening" },
  trueMatch: { keys: "T", print: "T", does: "Call the hit a true match", where: "screening" },
  undecided: { keys: "U", print: "U", does: "Leave the hit undecided, and say why", where: "screening" },
  same: { keys: "S", print: "S", does: "Both are the same", where: "review" },
  different: { keys: "D", print: "D", does: "They are different", where: "review" },
  unsure: { keys: "U", print: "U", does: "It cannot be told", where: "review" },
  undoJudgement: { keys: "Z", print: "Z", does: "Undo the last judgement that is not recorded yet", where: "review" },
  record: { keys: "mod+Enter", print: "Ctrl Enter", does: "Record the judgements", where: "review" },
  undo: { keys: "mod+Z", print: "Ctrl Z", does: "Undo the last step on the chart", where: "network" },
} as const satisfies Record<string, Shortcut>;

/** Screens in the order of the rail; the digit goes there. `leadsTo`: screens off the rail that this one is the way to. */
export const SCREENS = [
  { to: "/", title: "Search", digit: "1" },
  { to: "/network", title: "Network", digit: "2" },
  { to: "/map", title: "Map", digit: "3" },
  { to: "/flow", title: "Flow", digit: "4" },
  { to: "/findings", title: "Findings", digit: "5" },
  { to: "/patterns", title: "Patterns", digit: "P" },
  { to: "/taint", title: "Taint", digit: "X" },
  { to: "/measures", title: "Measures", digit: "6" },
  { to: "/questions", title: "Questions", digit: "Q" },
  { to: "/report", title: "Report", digit: "7" },
  { to: "/sources", title: "Sources", digit: "8" },
  { to: "/documents", title: "Documents", digit: "9" },
  { to: "/hypotheses", title: "Hypotheses", digit: "0" },
  { to: "/cases", title: "Cases", digit: "A" },
  { to: "/screening", title: "Screening", digit: "C" },
  { to: "/review", title: "Review", digit: "R" },
  { to: "/sharing", title: "Sharing", digit: "O", leadsTo: ["/retention", "/custody"] },
] as const;
