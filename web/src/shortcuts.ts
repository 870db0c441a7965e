/** The keyboard, in one table: what the help sheet prints is what the screens bind. */

export interface Shortcut {
  /** As Mantine's `useHotkeys` takes it. */
  keys: string;
  /** As printed. */
  print: string;
  does: string;
  where: "everywhere" | "findings" | "network";
}

export const SHORTCUTS = {
  search: { keys: "mod+K", print: "Ctrl K", does: "Search names, numbers and ships in any script", where: "everywhere" },
  help: { keys: "shift+?", print: "?", does: "Show this sheet", where: "everywhere" },
  next: { keys: "J", print: "J", does: "Next finding", where: "findings" },
  previous: { keys: "K", print: "K", does: "Previous finding", where: "findings" },
  chart: { keys: "N", print: "N", does: "Its first subject on the link chart", where: "findings" },
  undo: { keys: "mod+Z", print: "Ctrl Z", does: "Undo the last step on the chart", where: "network" },
} as const satisfies Record<string, Shortcut>;

/** Screens in the order of the rail; the digit goes there. */
export const SCREENS = [
  { to: "/", title: "Search", digit: "1" },
  { to: "/network", title: "Network", digit: "2" },
  { to: "/map", title: "Map", digit: "3" },
  { to: "/flow", title: "Flow", digit: "4" },
  { to: "/findings", title: "Findings", digit: "5" },
  { to: "/measures", title: "Measures", digit: "6" },
  { to: "/questions", title: "Questions", digit: "Q" },
  { to: "/report", title: "Report", digit: "7" },
  { to: "/sources", title: "Sources", digit: "8" },
  { to: "/documents", title: "Documents", digit: "9" },
  { to: "/hypotheses", title: "Hypotheses", digit: "0" },
] as const;
