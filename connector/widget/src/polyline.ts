import type { Position } from "geojson";

/** Positions [lon, lat] of a polyline with 5 decimals, lat first on the wire. */
export function decode(line: string): Position[] {
  const positions: Position[] = [];
  let at = 0;
  let lat = 0;
  let lon = 0;
  const next = (): number => {
    let value = 0;
    let shift = 0;
    let chunk: number;
    do {
      chunk = line.charCodeAt(at++) - 63;
      value |= (chunk & 0x1f) << shift;
      shift += 5;
    } while (chunk >= 0x20);
    return value & 1 ? ~(value >> 1) : value >> 1;
  };
  while (at < line.length) {
    lat += next();
    lon += next();
    positions.push([lon / 1e5, lat / 1e5]);
  }
  return positions;
}

/** The pieces of one shape; they are joined by blanks. */
export function decodeAll(shape: string): Position[][] {
  return shape.split(" ").map(decode).filter((line) => line.length > 0);
}

/** The same place on the copy of the world that is nearest to that longitude. */
export function near([lon = 0, lat = 0]: Position, to: number): [number, number] {
  return [lon + 360 * Math.round((to - lon) / 360), lat];
}

/** The pieces as one line: what was cut at 180 degrees goes on beyond them. */
export function inOne(lines: readonly Position[][]): Position[] {
  let last: number | undefined;
  return lines.flat().map((at) => {
    const next = near(at, last ?? (at[0] as number));
    last = next[0];
    return next;
  });
}

const RADIANS = Math.PI / 180;

/** Metres between two near positions (equirectangular: good to 1 in 1,000 below 100 km). */
export function metres([alon = 0, alat = 0]: Position, [blon = 0, blat = 0]: Position): number {
  const x = (blon - alon) * Math.cos(((alat + blat) / 2) * RADIANS);
  return Math.hypot(x, blat - alat) * 111_320;
}

/** A position and how far along its line it is, 0 to 1. */
export interface OnLine {
  at: Position;
  share: number;
  distance: number;
}

/** Lengths from the start to each position. */
export function lengths(line: readonly Position[]): number[] {
  let sum = 0;
  return line.map((at, n) => (sum += n === 0 ? 0 : metres(line[n - 1] as Position, at)));
}

/** The position at that share of the line's length. */
export function along(line: readonly Position[], sums: readonly number[], share: number): Position {
  const total = sums[sums.length - 1] ?? 0;
  const want = Math.min(1, Math.max(0, share)) * total;
  const n = Math.max(1, Math.min(upTo(sums, want) + 1, sums.length - 1));
  const b = line[n] ?? line[0];
  const a = line[n - 1] ?? b;
  if (!a || !b) return [0, 0];
  const from = sums[n - 1] ?? 0;
  const gone = (sums[n] ?? 0) - from;
  return mix(a, b, gone > 0 ? (want - from) / gone : 0);
}

/** The last index whose value is at most t; -1 when there is none. */
export function upTo(sorted: readonly number[], t: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function mix([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, share: number): Position {
  return [ax + (bx - ax) * share, ay + (by - ay) * share];
}

/** The part of the line between two shares, its ends included. */
export function between(line: readonly Position[], sums: readonly number[], from: number, to: number): Position[] {
  const total = sums[sums.length - 1] ?? 0;
  const inner = line.filter((_, n) => (sums[n] as number) > from * total && (sums[n] as number) < to * total);
  return [along(line, sums, from), ...inner, along(line, sums, to)];
}

/** The place of the line nearest to a position. */
export function nearest(line: readonly Position[], sums: readonly number[], to: Position): OnLine {
  let best: OnLine = { at: line[0] as Position, share: 0, distance: Infinity };
  const total = sums[sums.length - 1] || 1;
  for (let n = 1; n < line.length; n++) {
    const a = line[n - 1] as Position;
    const b = line[n] as Position;
    const here = near(to, a[0] as number);
    const share = foot(a, b, here);
    const at = mix(a, b, share);
    const distance = metres(at, here);
    if (distance < best.distance) {
      const gone = (sums[n - 1] as number) + share * ((sums[n] as number) - (sums[n - 1] as number));
      best = { at, share: gone / total, distance };
    }
  }
  return best;
}

function foot([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, [x = 0, y = 0]: Position): number {
  const stretch = Math.cos(y * RADIANS);
  const dx = (bx - ax) * stretch;
  const dy = by - ay;
  const square = dx * dx + dy * dy;
  if (square === 0) return 0;
  return Math.min(1, Math.max(0, ((x - ax) * stretch * dx + (y - ay) * dy) / square));
}
