/** What the server tells the page, and what the address and the reader's device say about its looks. */
import type { Wire } from "./document";
import { language, type Language } from "./texts";
import type { Theme } from "./themes";

export interface Config {
  page: "embed" | "album" | "studio";
  api: string;
  document: string;
  /** A small document of the way alone, to be shown until the whole one is here. */
  outline?: Wire;
  /** Prefixes end with "/". */
  photos: string;
  tiles: string;
  picture: string;
  /** Whether pictures can be had as PDF, too. */
  pdf?: boolean;
  lang?: string;
  theme?: string;
  /** Those that may be needed here, the trace's own first; all of them in the studio. */
  themes: Theme[];
  trace_id?: string;
  link?: string;
}

/** Options of an embed, from its address; unknown ones are ignored. */
export interface Looks {
  lang: Language;
  theme: string | null;
  /** Whether title, bar and list are shown. */
  title: boolean;
  player: boolean;
  autoplay: boolean;
}

export function host(): HTMLElement {
  const found = document.getElementById("tracer");
  if (!found) throw new Error('the page has no <div id="tracer">');
  return found;
}

export function config(at: HTMLElement): Config {
  return JSON.parse(at.dataset.config ?? "{}") as Config;
}

export function looks(said: Config, address = location.search): Looks {
  const asked = new URLSearchParams(address);
  const shown = (name: string): boolean => asked.get(name) !== "0";
  return {
    lang: language([asked.get("lang"), said.lang, ...navigator.languages]),
    theme: asked.get("theme") ?? said.theme ?? null,
    title: shown("title"),
    player: shown("player"),
    autoplay: asked.get("play") === "1",
  };
}

export function photoUrl(prefix: string, key: string, edge: 64 | 256 | 1024): string {
  return `${prefix}${encodeURIComponent(key)}?edge=${edge}`;
}

export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
