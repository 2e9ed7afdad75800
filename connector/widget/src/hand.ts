/** A line as a hand would draw it: it trembles by a pixel or so, the same way every time, and its ends stay. */
import type { Position } from "geojson";
import { along, lengths } from "./polyline";

const STEP_PX = 7;
const STRENGTH_PX = 0.8;
const CALM_PX = 20;
/** Of one line; a longer one trembles at its own points alone. */
const MOST_POINTS = 2000;
const METRES_PER_DEGREE = 111_320;

/** `mpp`: metres per pixel where it is looked at. */
export function trembling(line: Position[], mpp: number): Position[] {
  const sums = lengths(line);
  const total = sums.at(-1) ?? 0;
  const first = line[0];
  if (!first || total < 2 * STEP_PX * mpp) return line;
  const seed = ((first[0] as number) * 7919 + (first[1] as number) * 104_729) % 6.28;
  return places(sums, STEP_PX * mpp).map((at) => shifted(along(line, sums, at / total), at / mpp, total / mpp, seed, mpp));
}

/** Metres from the start: every point of the line, and between them one per step. */
function places(sums: readonly number[], step: number): number[] {
  const total = sums.at(-1) as number;
  const more = Math.floor(total / step);
  if (more + sums.length > MOST_POINTS) return [...sums];
  return [...sums, ...Array.from({ length: more }, (_, n) => (n + 0.5) * step)].sort((a, b) => a - b);
}

function shifted([lon = 0, lat = 0]: Position, px: number, all: number, seed: number, mpp: number): Position {
  const calm = Math.min(1, px / CALM_PX, (all - px) / CALM_PX) * STRENGTH_PX * mpp / METRES_PER_DEGREE;
  const east = Math.sin(px / 19 + seed) + Math.sin(px / 7.3 + 2 * seed);
  const north = Math.cos(px / 23 + seed) + Math.sin(px / 8.1);
  return [lon + (east * calm) / Math.max(0.01, Math.cos((lat * Math.PI) / 180)), lat + north * calm];
}
