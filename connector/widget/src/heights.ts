/** Heights along the way, as far as photos know them: where they do not, the profile has a gap. */
import type { Photo, Trace } from "./document";
import type { Timeline } from "./timeline";

export interface Profile {
  low: number;
  top: number;
  /** Metres upwards, within what is known. */
  climbed: number;
  /** Pieces without a gap: share of the way (0 to 1), metres. */
  runs: [share: number, metres: number][][];
}

type Known = [share: number, metres: number | null];

const LEAST_KNOWN = 3;
/** A way that goes no more up and down than this has no profile. */
const FLAT_M = 10;
/** What a phone tells of heights is not better: less is no climb. */
const NOISE_M = 4;

/** By the length of the way; null where too little is known, or all of it is flat. */
export function byDistance({ stops, legs, photos }: Trace): Profile | null {
  const to = new Map(legs.map((leg) => [leg.from, leg.distanceM]));
  const total = legs.reduce((sum, leg) => sum + leg.distanceM, 0) || 1;
  let along = 0;
  return profile(stops.filter((stop) => stop.photos > 0 || to.has(stop.index)).map((stop): Known => {
    const share = along / total;
    along += to.get(stop.index) ?? 0;
    return [share, middle(photos.slice(stop.first, stop.first + stop.photos))];
  }));
}

/** By the seconds of playback: what stands above the bar. */
export function byPlayback(times: Timeline): Profile | null {
  return profile(times.photos.map(({ photo, t }): Known => [t / (times.seconds || 1), photo.inferred ? null : photo.altitude]));
}

function middle(photos: readonly Photo[]): number | null {
  const known = photos.map((photo) => photo.altitude).filter((m) => m !== null).sort((a, b) => a - b);
  return known[known.length >> 1] ?? null;
}

function profile(places: readonly Known[]): Profile | null {
  const runs = split(places);
  const metres = runs.flat().map(([, m]) => m);
  const low = metres.reduce((a, b) => Math.min(a, b), Infinity);
  const top = metres.reduce((a, b) => Math.max(a, b), -Infinity);
  if (metres.length < LEAST_KNOWN || top - low < FLAT_M || !runs.some((run) => run.length > 1)) return null;
  return {
    low,
    top,
    climbed: runs.reduce((sum, run) => sum + climb(run.map(([, m]) => m)), 0),
    runs,
  };
}

function split(places: readonly Known[]): Profile["runs"] {
  const runs: Profile["runs"] = [[]];
  for (const [share, metres] of places) {
    if (metres === null) runs.push([]);
    else runs.at(-1)?.push([share, metres]);
  }
  return runs.filter((run) => run.length > 0);
}

/** The sum of what goes up by more than the noise. */
function climb(metres: readonly number[]): number {
  let sum = 0;
  let foot = metres[0] ?? 0;
  for (const m of metres) {
    if (m > foot + NOISE_M) sum += m - foot;
    if (m > foot + NOISE_M || m < foot) foot = m;
  }
  return sum;
}

/** Path data in a box: of the line, and of the area below it. */
export function outlines({ low, top, runs }: Profile, wide: number, high: number): { line: string; area: string } {
  const at = ([share, m]: [number, number]): string => `${(share * wide).toFixed(1)} ${(high - 3 - ((m - low) / Math.max(20, top - low)) * (high - 6)).toFixed(1)}`;
  const lines = runs.map((run) => run.map(at).join("L"));
  const ends = runs.map((run) => [(run[0] as [number, number])[0] * wide, (run.at(-1) as [number, number])[0] * wide] as const);
  return {
    line: lines.map((each) => `M${each}`).join(""),
    area: lines.map((each, n) => `M${ends[n]?.[0].toFixed(1)} ${high}L${each}L${ends[n]?.[1].toFixed(1)} ${high}Z`).join(""),
  };
}
