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
  /** How many semicolons the sentence has itself. */
  joints: number;
}

/** Of sentences within sentences and of a text: what others made for no person to read is left as it is. */
const DEEPEST = 8;
const LONGEST = 2000;

/** Says sentences in that language; those that the catalogue does not know as they are. */
export function sentences(lang: Language, catalogue: Catalogue): Said {
  if (lang === "en") return (english) => english;
  const reader = new Reader(lang, catalogue);
  return (english) => (english.length <= LONGEST ? reader.said(english, 0) : english);
}

class Reader {
  private readonly known: ReadonlyMap<string, string>;
  private readonly patterns: readonly Pattern[];
  private readonly lang: Language;
  private readonly joint: string;

  constructor(lang: Language, catalogue: Catalogue) {
    this.lang = lang;
    this.known = new Map(Object.entries(catalogue));
    this.patterns = patternsOf(catalogue);
    this.joint = lang === "zh" ? "；" : "; ";
  }

  /** A text may be several sentences, joined by semicolons: then what is put into one never swallows the next. */
  said(english: string, depth: number): string {
    if (depth > DEEPEST) return english;
    const parts = english.split("; ");
    const each = parts.length > 1 ? this.each(parts, depth) : [];
    if (each.length && each.every(([, said]) => said !== null)) return each.map(([, said]) => said).join(this.joint);
    const whole = this.single(english, depth);
    if (whole !== null || !each.length) return whole ?? english;
    return each.map(([part, said]) => said ?? part).join(this.joint);
  }

  /** The sentences that stand in a row, some of which have a semicolon themselves, and what is known of each. */
  private each(parts: readonly string[], depth: number): [string, string | null][] {
    const found: [string, string | null][] = [];
    for (let at = 0; at < parts.length; at += 1) {
      const part = parts[at] as string;
      const pair = parts.slice(at, at + 2).join("; ");
      const said = at + 1 < parts.length ? this.single(pair, depth, 1) : null;
      found.push(said === null ? [part, this.single(part, depth)] : [pair, said]);
      if (said !== null) at += 1;
    }
    return found;
  }

  /** One sentence; null: it is not known. `joints`: only one that has so many semicolons itself. */
  private single(english: string, depth: number, joints?: number): string | null {
    return this.known.get(english) ?? number(english, this.lang) ?? this.filled(english, depth, joints);
  }

  private filled(english: string, depth: number, joints?: number): string | null {
    for (const pattern of this.patterns) {
      if (joints !== undefined && joints !== pattern.joints) continue;
      const found = pattern.expression.exec(english)?.groups as Record<string, string> | undefined;
      if (found) return pattern.text.replace(/\{(\w+)\}/g, (_, name: string) => (STAYS.test(name) ? (found[name] as string) : this.said(found[name] as string, depth + 1)));
    }
    return null;
  }
}

/** Those first that say the most themselves. */
function patternsOf(catalogue: Catalogue): Pattern[] {
  const own = (english: string): number => english.replace(/\{\w+\}/g, "").length;
  const found = Object.entries(catalogue).filter(([english]) => english.includes("{"));
  return found.sort(([one], [other]) => own(other) - own(one)).map(([english, text]) => ({ expression: expressionOf(english), text, joints: english.split("; ").length - 1 }));
}

function expressionOf(english: string): RegExp {
  const parts = english.split(/\{(\w+)\}/).map((part, n) => {
    if (n % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    return `(?<${part}>${ONLY[part.replace(/\d+$/, "")] ?? ".+?"})`;
  });
  return new RegExp(`^${parts.join("")}$`, "s");
}

/** As English writes it; a year, or a small one, stays as it is. */
function number(english: string, lang: Language): string | null {
  if (!/^\d[\d,]*(\.\d+)?$/.test(english)) return null;
  if (!/[.,]/.test(english)) return english;
  const digits = english.split(".")[1]?.length ?? 0;
  const format = new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(Number(english.replaceAll(",", "")));
}
