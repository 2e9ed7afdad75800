/** What every part of the studio works with. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Language, Say } from "../texts";
import type { Words } from "../words";
import { Problem, type Api, type Me } from "./api";
import type { Said } from "./sentences";

export interface Desk {
  api: Api;
  root: string;
  lang: Language;
  say: Say;
  /** A sentence of the server's in the reader's language. */
  english: Said;
  words: Words;
  me: Me;
  /** Goes to an address of the studio. */
  go: (path: string) => void;
  /** Reads again who I am: after preferences changed, or to sign out. */
  again: () => void;
  /** One sentence at the edge of the page. */
  tell: (text: string) => void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  return useContext(DeskContext) as Desk;
}

/** What went wrong, in sentences; other errors are not ours to word. */
export function sentences(error: unknown): string[] {
  if (error instanceof Problem) return error.sentences();
  throw error;
}
