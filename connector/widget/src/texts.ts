/** One catalogue of texts per language, in plain JSON, with plurals in the way of ICU MessageFormat. */

export type Values = Record<string, string | number>;
export type Say = (key: string, values?: Values) => string;
type Catalogue = Record<string, string>;
type Load = () => Promise<{ default: Catalogue }>;

export const LANGUAGES = ["en", "zh", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

const CATALOGUES: Record<Language, Load> = {
  en: () => import("./texts/en.json"),
  zh: () => import("./texts/zh.json"),
  de: () => import("./texts/de.json"),
};

/** The first wish that is a language of ours, else English. */
export function language(wishes: readonly (string | null | undefined)[]): Language {
  const asked = wishes.filter((wish) => !!wish).map((wish) => (wish as string).toLowerCase().split("-")[0]);
  return LANGUAGES.find((each) => each === asked.find((wish) => (LANGUAGES as readonly string[]).includes(wish ?? ""))) ?? "en";
}

/** Says texts of the widget's catalogue, and of `more` where the page has a catalogue of its own. */
export async function texts(lang: Language, more?: Record<Language, Load>): Promise<Say> {
  const loaded = await Promise.all([CATALOGUES[lang](), more?.[lang]()]);
  const catalogue: Catalogue = { ...loaded[0].default, ...loaded[1]?.default };
  const plurals = new Intl.PluralRules(lang);
  const numbers = new Intl.NumberFormat(lang);
  return (key, values = {}) => fill(catalogue[key] ?? key, values, plurals, numbers);
}

const PLURAL = /\{(\w+), plural,((?: *(?:=\d+|\w+) \{[^}]*\})+) *\}/g;
const CASE = /(=\d+|\w+) \{([^}]*)\}/g;

function fill(pattern: string, values: Values, plurals: Intl.PluralRules, numbers: Intl.NumberFormat): string {
  const chosen = pattern.replace(PLURAL, (_, name: string, cases: string) => {
    const count = Number(values[name]);
    const found = new Map([...cases.matchAll(CASE)].map(([, when, text]) => [when, text]));
    const text = found.get(`=${count}`) ?? found.get(plurals.select(count)) ?? found.get("other") ?? "";
    return text.replace("#", numbers.format(count));
  });
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
  });
}
