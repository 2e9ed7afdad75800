/** Distances, times and dates as people of that language write them. */
import type { Language } from "./texts";

export interface Words {
  distance: (m: number) => string;
  height: (m: number) => string;
  duration: (s: number) => string;
  speed: (mps: number) => string;
  /** Wall clock there: `time` is Unix seconds, `offsetMin` what the clock was ahead of UTC. */
  clock: (time: number, offsetMin: number | null) => string;
  day: (time: number, offsetMin: number | null) => string;
  /** From the first to the last day, said once. */
  days: (from: number, to: number, offsetMin: number | null) => string;
  number: (value: number) => string;
}

const MILE_M = 1609.344;
const FOOT_M = 0.3048;

export function words(lang: Language, units: string): Words {
  const locale = lang === "zh" ? "zh-CN" : lang;
  const unit = (name: string, digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits });
  const date = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  const clock = date({ hour: "2-digit", minute: "2-digit" });
  const day = date({ day: "numeric", month: "long", year: "numeric" });
  const there = (time: number, offsetMin: number | null): Date => new Date((time + (offsetMin ?? 0) * 60) * 1000);
  const imperial = units === "imperial";
  return {
    distance: imperial ? (m) => miles(m, unit) : (m) => kilometres(m, unit),
    height: imperial ? (m) => unit("foot", 0).format(m / FOOT_M) : (m) => unit("meter", 0).format(m),
    duration: (s) => hours(s, unit),
    speed: (mps) => unit(imperial ? "mile-per-hour" : "kilometer-per-hour", 0).format((mps * 3600) / (imperial ? MILE_M : 1000)),
    clock: (time, offsetMin) => clock.format(there(time, offsetMin)),
    day: (time, offsetMin) => day.format(there(time, offsetMin)),
    days: (from, to, offsetMin) => range(day, there(from, offsetMin), there(to, offsetMin), locale),
    number: (value) => new Intl.NumberFormat(locale).format(value),
  };
}

/** What browsers write of two Chinese days are numbers and slashes. */
function range(day: Intl.DateTimeFormat, from: Date, to: Date, locale: string): string {
  const [first, last] = [day.format(from), day.format(to)];
  return locale === "zh-CN" && first !== last ? `${first}至${last.replace(first.slice(0, 5), "")}` : day.formatRange(from, to);
}

type Unit = (name: string, digits: number) => Intl.NumberFormat;

function kilometres(m: number, unit: Unit): string {
  if (m < 995) return unit("meter", 0).format(Math.round(m / 10) * 10);
  return unit("kilometer", m < 99_500 ? 1 : 0).format(m / 1000);
}

function miles(m: number, unit: Unit): string {
  if (m < MILE_M / 5) return unit("foot", 0).format(Math.round(m / FOOT_M / 10) * 10);
  return unit("mile", m < 99 * MILE_M ? 1 : 0).format(m / MILE_M);
}

function hours(s: number, unit: Unit): string {
  const minutes = Math.round(s / 60);
  if (minutes < 60) return unit("minute", 0).format(minutes);
  if (minutes < 48 * 60) {
    const rest = minutes % 60;
    return unit("hour", 0).format(Math.floor(minutes / 60)) + (rest ? ` ${unit("minute", 0).format(rest)}` : "");
  }
  return unit("day", 0).format(Math.round(minutes / 60 / 24));
}
