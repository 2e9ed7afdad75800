/** What the server says in English, in the reader's language: by the pattern of the sentence. What stands in it may be a
 * sentence, too, or a number; what is called `name`, `name2` or `host` there stays. The same as
 * `connector.render.words.sentence`, whose catalogue the server gives. */
import type { Language } from "../texts";

export type Said = (english: string) => string;
export type Catalogue = Readonly<Record<string, string>>;

const STAYS = /^(name\d?|host)$/;

/** What may stand in a sentence under that name, where it is not anything. */
const ONLY: Record<string, string> = { n: "[+-]?[\\d.,]+", points: "[\\d,]+ points?" };

interface Pattern {
  expression: RegExp;
  text: string;
}

/** Says sentences in that language; those that the catalogue does not know as they are. */
export function sentences(lang: Language, catalogue: Catalogue): Said {
  if (lang === "en") return (english) => english;
  const known = new Map(Object.entries(catalogue));
  const patterns = patternsOf(catalogue);
  const single: Said = (english) => known.get(english) ?? number(english, lang) ?? filled(english, patterns, say) ?? english;
  const say: Said = (english) => {
    const parts = english.split("; ");
    const each = parts.length > 1 && parts.length <= MOST_JOINED ? several(parts, single) : null;
    return each?.join(lang === "zh" ? "；" : "; ") ?? single(english);
  };
  return say;
}

const MOST_JOINED = 8;

/** Sentences that were joined to one text, each known by itself: what is put into one never swallows the next. Null where
 * some part of it is not known. */
function several(parts: readonly string[], single: Said): string[] | null {
  for (let count = 1; count <= parts.length; count += 1) {
    const english = parts.slice(0, count).join("; ");
    const said = single(english);
    const rest = said !== english && count < parts.length ? several(parts.slice(count), single) : [];
    if (said !== english && rest) return [said, ...rest];
  }
  return null;
}

/** Those first that say the most themselves. */
function patternsOf(catalogue: Catalogue): Pattern[] {
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
    if (found) return text.replace(/\{(\w+)\}/g, (_, name: string) => (STAYS.test(name) ? found[name] : say(found[name] as string)) as string);
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
