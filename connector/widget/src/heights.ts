/** Heights along the way, as far as photos or a recording know them: where they do not, the profile has a gap. */
import type { Height } from "./document";
import type { Timeline } from "./timeline";

export interface Profile {
  low: number;
  top: number;
  /** Pieces without a gap: share of the way (0 to 1), metres. */
  runs: Height[][];
}

export type Known = [share: number, metres: number | null];

const LEAST_KNOWN = 3;
/** A way that goes no more up and down than this has no profile. */
const FLAT_M = 10;

/** By the seconds of playback: what stands above the bar. */
export function byPlayback(times: Timeline): Profile | null {
  const whole = times.seconds || 1;
  const recorded = times.legs.flatMap(({ from, to, heights }) => onLeg(heights, from / whole, to / whole));
  const told = times.photos.filter(({ photo }) => !photo.inferred || photo.leg !== null); // at a stop its own photos know
  const photos = told.map(({ photo, t }): Known => [t / whole, photo.inferred ? null : photo.altitude]);
  const seen = recorded.length ? photos.filter(([, m]) => m !== null) : photos;
  return profile([...seen, ...recorded].sort((a, b) => a[0] - b[0]));
}

export function onLeg(heights: readonly Height[], from: number, to: number): Known[] {
  return heights.map(([share, m]) => [from + share * (to - from), m]);
}

export function profile(places: readonly Known[]): Profile | null {
  const runs = split(places);
  const metres = runs.flat().map(([, m]) => m);
  const low = metres.reduce((a, b) => Math.min(a, b), Infinity);
  const top = metres.reduce((a, b) => Math.max(a, b), -Infinity);
  if (metres.length < LEAST_KNOWN || top - low < FLAT_M || !runs.some((run) => run.length > 1)) return null;
  return { low, top, runs };
}

function split(places: readonly Known[]): Profile["runs"] {
  const runs: Profile["runs"] = [[]];
  for (const [share, metres] of places) {
    if (metres === null) runs.push([]);
    else runs.at(-1)?.push([share, metres]);
  }
  return runs.filter((run) => run.length > 0);
}

/** Path data in a box: of the line, and of the area below it. */
export function outlines({ low, top, runs }: Profile, wide: number, high: number): { line: string; area: string } {
  const at = ([share, m]: Height): string => `${(share * wide).toFixed(1)} ${(high - 3 - ((m - low) / Math.max(20, top - low)) * (high - 6)).toFixed(1)}`;
  const lines = runs.map((run) => run.map(at).join("L"));
  const ends = runs.map((run) => [(run[0] as Height)[0] * wide, (run.at(-1) as Height)[0] * wide] as const);
  return {
    line: lines.map((each) => `M${each}`).join(""),
    area: lines.map((each, n) => `M${ends[n]?.[0].toFixed(1)} ${high}L${each}L${ends[n]?.[1].toFixed(1)} ${high}Z`).join(""),
  };
}
