/**
 * Every design token. A colour means one thing:
 * hue of a node = kind of entity · red ring = listed by a sanctions authority · violet = exercise, never real ·
 * green = money · blue = what you can act on or have chosen · TLP colours only on black, only for handling.
 * Text pairs meet WCAG AA (4.5 : 1) in both schemes; test: theme.test.ts.
 */

import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

export type Scheme = "dark" | "light";

export interface Palette {
  ground: string;
  panel: string;
  raised: string;
  line: string;
  ink: string;
  soft: string;
  accent: string;
  listed: string;
  exercise: string;
  money: string;
  land: string;
  water: string;
  border: string;
  edge: string;
  kinds: Record<Kind, string>;
}

export type Kind = "person" | "company" | "organisation" | "public" | "vessel" | "event" | "other";

export const KIND_TITLES: Record<Kind, string> = {
  person: "Person",
  company: "Company, bank",
  organisation: "Organisation",
  public: "State body",
  vessel: "Ship, aircraft",
  event: "Event, measure",
  other: "Other",
};

/** The kind whose hue an entity of this FollowTheMoney schema is drawn in. */
export function kindOf(schema: string): Kind {
  return KINDS[schema] ?? "other";
}

const KINDS: Record<string, Kind> = {
  Person: "person",
  Company: "company",
  Organization: "organisation",
  LegalEntity: "organisation",
  PublicBody: "public",
  Vessel: "vessel",
  Airplane: "vessel",
  Vehicle: "vessel",
  Event: "event",
  Seizure: "event",
  Encounter: "event",
  Consignment: "event",
  Measure: "event",
  Sanction: "event",
};

export const PALETTES: Record<Scheme, Palette> = {
  dark: {
    ground: "#0d1217",
    panel: "#141b22",
    raised: "#1b242d",
    line: "#2b3742",
    ink: "#e8edf2",
    soft: "#9fb0bf",
    accent: "#6ea8fe",
    listed: "#ff6b63",
    exercise: "#d58cff",
    money: "#5fbf7f",
    land: "#222d37",
    water: "#10171e",
    border: "#3b4a58",
    edge: "#56687a",
    kinds: {
      person: "#f2c14e",
      company: "#f08a4b",
      organisation: "#b5c94c",
      public: "#4fc4b5",
      vessel: "#7fd6f7",
      event: "#cbb89a",
      other: "#8e9cab",
    },
  },
  light: {
    ground: "#f4f6f8",
    panel: "#ffffff",
    raised: "#eef1f4",
    line: "#d3dae1",
    ink: "#17212b",
    soft: "#4d5b68",
    accent: "#1f5fbf",
    listed: "#c0271f",
    exercise: "#8426b8",
    money: "#1e7b3f",
    land: "#e3e7ea",
    water: "#f9fbfc",
    border: "#b3bec8",
    edge: "#93a1ae",
    kinds: {
      person: "#8a6100",
      company: "#b04a12",
      organisation: "#5b6c00",
      public: "#0a7568",
      vessel: "#006d94",
      event: "#7d6b52",
      other: "#5b6875",
    },
  },
};

/** TLP 2.0, FIRST: foreground on black. */
export const TLP_COLOURS: Record<string, string> = {
  "TLP:CLEAR": "#ffffff",
  "TLP:GREEN": "#33ff00",
  "TLP:AMBER": "#ffc000",
  "TLP:AMBER+STRICT": "#ffc000",
  "TLP:RED": "#ff2b2b",
};

const blue: MantineColorsTuple = [
  "#eaf2ff",
  "#d2e2fd",
  "#a9c8fb",
  "#6ea8fe",
  "#4a8af0",
  "#2f73de",
  "#1f5fbf",
  "#184c9a",
  "#123a77",
  "#0c2853",
];

const dark: MantineColorsTuple = [
  "#e8edf2",
  "#c3ced8",
  "#9fb0bf",
  "#73859a",
  "#3b4a58",
  "#2b3742",
  "#1b242d",
  "#141b22",
  "#0d1217",
  "#090d11",
];

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 6, dark: 5 },
  colors: { blue, dark },
  fontFamily: '"Inter Variable", Inter, system-ui, "Noto Sans CJK KR", "Noto Sans KR", "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "11.5px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  headings: { fontWeight: "620", sizes: { h1: { fontSize: "22px" }, h2: { fontSize: "17px" }, h3: { fontSize: "14.5px" } } },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, transitionProps: { duration: 100 }, multiline: true, maw: 340 } },
    // Below the banner: the marking of the screen is never covered.
    Drawer: {
      defaultProps: { transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.3 }, closeButtonProps: { "aria-label": "Close" } },
      styles: { inner: { top: 22 }, title: { fontWeight: 620 } },
    },
    Modal: { defaultProps: { transitionProps: { duration: 100 }, closeButtonProps: { "aria-label": "Close" } } },
    Select: { defaultProps: { size: "xs", allowDeselect: false } },
    Button: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    Badge: { defaultProps: { radius: "sm", tt: "none", fw: 500 } },
  },
});

const variables = (p: Palette): Record<string, string> => ({
  "--cf-ground": p.ground,
  "--cf-panel": p.panel,
  "--cf-raised": p.raised,
  "--cf-line": p.line,
  "--cf-ink": p.ink,
  "--cf-soft": p.soft,
  "--cf-accent": p.accent,
  "--cf-listed": p.listed,
  "--cf-exercise": p.exercise,
  "--cf-money": p.money,
  ...Object.fromEntries(Object.entries(p.kinds).map(([kind, colour]) => [`--cf-kind-${kind}`, colour])),
  "--mantine-color-body": p.ground,
  "--mantine-color-text": p.ink,
  "--mantine-color-dimmed": p.soft,
  "--mantine-color-placeholder": p.soft,
  "--mantine-color-anchor": p.accent,
  "--mantine-color-default-border": p.line,
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  dark: variables(PALETTES.dark),
  light: variables(PALETTES.light),
});
