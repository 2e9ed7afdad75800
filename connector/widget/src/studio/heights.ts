/** Heights by the length of the way, and how much of it goes up. */
import type { Photo, Trace } from "../document";
import { onLeg, profile, type Known, type Profile } from "../heights.ts";

/** What a phone tells of heights is not better: less is no climb. */
const NOISE_M = 4;

/** By the length of the way; null where too little is known, or all of it is flat. `climbed`: metres upwards, within what
 * is known. */
export function byDistance({ stops, legs, photos }: Trace): (Profile & { climbed: number }) | null {
  const leaving = new Map(legs.map((leg) => [leg.from, leg]));
  const total = legs.reduce((sum, leg) => sum + leg.distanceM, 0) || 1;
  let along = 0;
  let arrived: Known[] = [];
  const found = profile(stops.filter((stop) => stop.photos > 0 || leaving.has(stop.index)).flatMap((stop): Known[] => {
    const leg = leaving.get(stop.index);
    const begin = along;
    along += leg?.distanceM ?? 0;
    const left = onLeg(leg?.heights ?? [], begin / total, along / total);
    const here: Known = [begin / total, middle(photos.slice(stop.first, stop.first + stop.photos))];
    const known = arrived.length || left.length ? left : [here]; // a recording knows better than a photo beside it
    arrived = left;
    return known;
  }));
  return found && { ...found, climbed: found.runs.reduce((sum, run) => sum + climb(run.map(([, m]) => m)), 0) };
}

function middle(photos: readonly Photo[]): number | null {
  const known = photos.map((photo) => photo.altitude).filter((m) => m !== null).sort((a, b) => a - b);
  return known[known.length >> 1] ?? null;
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
