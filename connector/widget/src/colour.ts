/** Colours along the path. Mixing is done in OKLab, where halfway looks halfway. */
import type { Knot, Leg, Mode, Trace } from "./document";
import type { Theme } from "./themes";

export type Rgb = [r: number, g: number, b: number];
type Lab = [l: number, a: number, b: number];

export function rgb(hex: string): Rgb {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function hex([r, g, b]: Rgb): string {
  return `#${((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1)}`;
}

/** The colour at that share of the way from one to the other. */
export function blend(from: string, to: string, share: number): string {
  const a = lab(rgb(from));
  const b = lab(rgb(to));
  return hex(unlab([mix(a[0], b[0], share), mix(a[1], b[1], share), mix(a[2], b[2], share)]));
}

/** How different two colours look; about 0.02 is just seen. */
export function difference(one: string, other: string): number {
  const a = lab(rgb(one));
  const b = lab(rgb(other));
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Relative luminance, 0 to 1 (WCAG). */
export function luminance(colour: string): number {
  const [r, g, b] = rgb(colour).map(linear) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const MODES: Record<Mode, string> = {
  walk: "#2f9e6e", bicycle: "#e2912b", car: "#3f78d8", train: "#8a5bd0", ferry: "#1d9fb8", flight: "#d0568f", unknown: "#8b8f96",
};
/** Early to late, slow to fast: readable in grey and for the colour-blind (ends of cividis and of plasma). */
const TIMES = ["#3b4cc0", "#1f93b8", "#2fb47c", "#e9b93c", "#e2543a"];
const SPEEDS = ["#2c7bb6", "#2fb47c", "#f2c14e", "#e8703a", "#c2233a"];
const FASTEST_MPS = 33;

/** The colours along every leg; the theme's line where nothing says more. */
export function path(trace: Trace, by: string, { line: plain, coloured }: Theme): Knot[][] {
  if (!coloured) return trace.legs.map(() => even(plain));
  if (by === "mode") return trace.legs.map((leg) => even(MODES[leg.mode]));
  if (by === "speed") return trace.legs.map((leg) => even(scale(SPEEDS, speedShare(leg))));
  if (by === "time") return byTime(trace);
  if (by === "photos") return trace.legs.map((leg) => trace.colours[leg.index] ?? even(plain));
  return trace.legs.map(() => even(plain));
}

/** The colour at that share of a leg. */
export function colourAt(knots: readonly Knot[], share: number): string {
  const next = Math.max(1, knots.findIndex(([at]) => at >= share));
  const [before, after] = [knots[next - 1] as Knot, (knots[next] ?? knots.at(-1)) as Knot];
  const span = after[0] - before[0];
  return blend(before[1], after[1], span > 0 ? Math.min(1, (share - before[0]) / span) : 1);
}

/** How far the colours along a leg change in all. */
export function changes(knots: readonly Knot[]): number {
  return knots.reduce((sum, [, colour], n) => sum + (n ? difference((knots[n - 1] as Knot)[1], colour) : 0), 0);
}

function even(colour: string): Knot[] {
  return [[0, colour], [1, colour]];
}

function speedShare(leg: Leg): number {
  return leg.durationS > 0 ? Math.sqrt(Math.min(1, leg.distanceM / leg.durationS / FASTEST_MPS)) : 0;
}

function byTime({ stops, legs }: Trace): Knot[][] {
  const first = stops[0]?.start ?? 0;
  const last = stops.at(-1)?.start ?? first;
  const at = (stop: number): string => scale(TIMES, last > first ? ((stops[stop]?.start ?? first) - first) / (last - first) : 0);
  return legs.map((leg) => [[0, at(leg.from)], [1, at(leg.to)]]);
}

function scale(colours: readonly string[], share: number): string {
  const at = Math.min(0.9999, Math.max(0, share)) * (colours.length - 1);
  const n = Math.floor(at);
  return blend(colours[n] as string, colours[n + 1] as string, at - n);
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

function linear(value: number): number {
  const c = value / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function gamma(value: number): number {
  const c = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, c)) * 255);
}

/** Björn Ottosson's OKLab, 2020. */
function lab(colour: Rgb): Lab {
  const [r, g, b] = colour.map(linear) as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function unlab([l, a, b]: Lab): Rgb {
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
    gamma(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
    gamma(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z),
  ];
}
