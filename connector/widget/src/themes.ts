/** The colours of a map, and of the panels on it. */
import { config, host } from "./config";

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

export const THEMES = config(host()).themes;
const named = (name: string): Theme | undefined => THEMES.find((each) => each.name === name);

/** The theme of that name, or its twin where the reader prefers the other scheme and asked for no theme. */
export function theme(style: string, asked: string | null, dark: boolean): Theme {
  if (asked === "light" || asked === "dark") return inScheme(style, asked);
  const exactly = asked && named(asked);
  if (exactly) return exactly;
  return inScheme(style, dark ? "dark" : null);
}

function inScheme(name: string, scheme: "light" | "dark" | null): Theme {
  const found = named(name) ?? (THEMES[0] as Theme);
  const twin = named(found.twin);
  return scheme && found.scheme !== scheme && twin ? twin : found;
}
