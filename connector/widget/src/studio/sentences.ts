/** What the server says in English, in the reader's language: by the pattern of the sentence. What stands in it may be a
 * sentence, too, or a number; what is called `name` there stays. The same as `connector.render.words.sentence`. */
import type { Language } from "../texts";

export type Said = (english: string) => string;

const CATALOGUES: Record<Exclude<Language, "en">, () => Promise<{ default: Record<string, string> }>> = {
  zh: () => import("../texts/sentences.zh.json"),
  de: () => import("../texts/sentences.de.json"),
};

/** What may stand in a sentence under that name, where it is not anything. */
const ONLY: Record<string, string> = { n: "[+-]?[\\d.,]+", points: "[\\d,]+ points?" };

interface Pattern {
  expression: RegExp;
  text: string;
}

/** Says sentences in that language; those that no catalogue knows as they are. */
export async function sentences(lang: Language): Promise<Said> {
  if (lang === "en") return (english) => english;
  const { default: catalogue } = await CATALOGUES[lang]();
  const known = new Map(Object.entries(catalogue));
  const patterns = patternsOf(catalogue);
  const say: Said = (english) => known.get(english) ?? number(english, lang) ?? filled(english, patterns, say) ?? english;
  return say;
}

/** Those first that say the most themselves. */
function patternsOf(catalogue: Record<string, string>): Pattern[] {
  const own = (english: string): number => english.replace(/\{\w+\}/g, "").length;
  const found = Object.entries(catalogue).filter(([english]) => english.includes("{"));
  return found.sort(([one], [other]) => own(other) - own(one)).map(([english, text]) => ({ expression: expressionOf(english), text }));
}

function expressionOf(english: string): RegExp {
  const parts = english.split(/\{(\w+)\}/).map((part, n) => {
    if (n % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    return `(?<${part}>${ONLY[part.replace(/\d+$/, "")] ?? ".+?"})`;
  });
  return new RegExp(`^${parts.join("")}$`, "s");
}

function filled(english: string, patterns: readonly Pattern[], say: Said): string | null {
  for (const { expression, text } of patterns) {
    const found = expression.exec(english)?.groups;
    if (found) return text.replace(/\{(\w+)\}/g, (_, name: string) => (name === "name" ? found.name : say(found[name] as string)) as string);
  }
  return null;
}

/** As English writes it; a year, or a small one, stays as it is. */
function number(english: string, lang: Language): string | null {
  if (!/^\d[\d,]*(\.\d+)?$/.test(english)) return null;
  if (!/[.,]/.test(english)) return english;
  const digits = english.split(".")[1]?.length ?? 0;
  const format = new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(Number(english.replaceAll(",", "")));
}
