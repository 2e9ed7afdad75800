/** The colours of a map, and of the panels on it. */
import themes from "./themes.json";

export interface Palette {
  sea: string; land: string; green: string; built: string; rock: string; sand: string; water: string;
  building: string; casing: string; road: string; major: string; path: string; rail: string; border: string;
  text: string; halo: string;
}

export interface Theme {
  name: string;
  scheme: "light" | "dark";
  /** The theme that stands for it where the reader prefers the other scheme. */
  twin: string;
  palette: Palette;
  /** The path where nothing else colours it. */
  line: string;
  line_halo: string;
  /** False: the path is always of `line`. */
  coloured: boolean;
  /** Lines tremble a little. */
  drawn_by_hand: boolean;
}

export const THEMES = themes as Record<string, Theme>;
const FALLBACK = "paper";

/** The theme of that name, or its twin where the reader prefers the other scheme and asked for no theme. */
export function theme(style: string, asked: string | null, dark: boolean): Theme {
  if (asked === "light" || asked === "dark") return inScheme(style, asked);
  if (asked && THEMES[asked]) return THEMES[asked];
  return inScheme(style, dark ? "dark" : null);
}

function inScheme(name: string, scheme: "light" | "dark" | null): Theme {
  const found = THEMES[name] ?? (THEMES[FALLBACK] as Theme);
  const twin = THEMES[found.twin];
  return scheme && found.scheme !== scheme && twin ? twin : found;
}
