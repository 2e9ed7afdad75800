/** The trace as something to play: seconds of playback, where the head is then, and which photo is up. */
import type { Position } from "geojson";
import type { Height, Leg, Photo, Trace } from "./document";
import { along, inOne, lengths, nearest, upTo } from "./polyline.ts";

export interface Head {
  at: Position;
  /** The photo that is up. */
  photo: Photo | null;
  leg: number | null;
}

interface Passage {
  from: number;
  to: number;
  line: Position[];
  sums: number[];
  leg: number;
}

export interface Timeline {
  seconds: number;
  /** Placed photos in the order in which they come up, and when. */
  photos: { photo: Photo; t: number }[];
  /** When each leg is begun and done, and its heights. */
  legs: { from: number; to: number; heights: Height[] }[];
  head: (t: number) => Head;
  /** The index in `photos` of the one that is up then; -1 before the first. */
  up: (t: number) => number;
}

const PER_PHOTO_S = 0.9;
const SHORTEST_LEG_S = 0.5;
const LONGEST_LEG_S = 3;
const LONGEST_PLAY_S = 240;

export function timeline(trace: Trace): Timeline {
  const plan = planned(trace);
  const squeeze = Math.min(1, LONGEST_PLAY_S / Math.max(plan.seconds, 1e-9));
  const photos = plan.photos.map(({ photo, t }) => ({ photo, t: t * squeeze })).sort((a, b) => a.t - b.t);
  const passages = plan.passages.map((each) => ({ ...each, from: each.from * squeeze, to: each.to * squeeze }));
  const times = photos.map(({ t }) => t);
  const starts = passages.map(({ from }) => from);
  const up = (t: number): number => upTo(times, t);
  return {
    seconds: plan.seconds * squeeze,
    photos,
    legs: passages.map(({ from, to, leg }) => ({ from, to, heights: trace.legs[leg]?.heights ?? [] })),
    up,
    head: (t) => {
      const photo = photos[Math.max(0, up(t))]?.photo ?? null;
      const passage = passages[upTo(starts, t)];
      const at = passage ? inPassage(passage, t) : (trace.stops[0]?.at ?? photo?.at ?? [0, 0]);
      return { at, photo, leg: passage && t < passage.to ? passage.leg : null };
    },
  };
}

/** Seconds before anything is squeezed: a stop lasts as its photos ask, a leg as the root of its length. */
function planned(trace: Trace): { seconds: number; photos: Timeline["photos"]; passages: Passage[] } {
  const longest = trace.legs.reduce((most, leg) => Math.max(most, leg.distanceM), 1);
  const photos: Timeline["photos"] = [];
  const passages: Passage[] = [];
  let t = 0;
  const pass = (leg: Leg): void => {
    const line = inOne(leg.lines);
    const passage = { from: t, to: t + lasts(leg.distanceM / longest), line, sums: lengths(line), leg: leg.index };
    passages.push(passage);
    t = passage.to;
  };
  const guessed = guessedAt(trace);
  let next = 0;
  for (const stop of trace.stops) {
    const here = [...trace.photos.slice(stop.first, stop.first + stop.photos), ...(guessed[stop.index] as Photo[])];
    for (const photo of here.sort((a, b) => (a.time ?? 0) - (b.time ?? 0))) {
      photos.push({ photo, t });
      t += PER_PHOTO_S;
    }
    for (; trace.legs[next]?.from === stop.index; next++) pass(trace.legs[next] as Leg);
  }
  for (const leg of trace.legs.slice(next)) pass(leg); // a shared path may come without its stops
  for (const photo of trace.placed.filter((each) => each.leg !== null)) photos.push({ photo, t: whenPassed(passages, photo) });
  return { seconds: t, photos, passages };
}

/** Per stop the photos that were taken during it by their time: it is the last that had begun by then. */
function guessedAt({ stops, placed }: Trace): Photo[][] {
  const starts = stops.map(({ start }) => start);
  const guessed: Photo[][] = stops.map(() => []);
  for (const photo of placed) if (photo.inferred && photo.leg === null) guessed[Math.max(0, upTo(starts, photo.time ?? 0))]?.push(photo);
  return guessed;
}

function lasts(share: number): number {
  return SHORTEST_LEG_S + (LONGEST_LEG_S - SHORTEST_LEG_S) * Math.sqrt(share);
}

function whenPassed(passages: readonly Passage[], photo: Photo): number {
  const passage = passages.find(({ leg }) => leg === photo.leg);
  if (!passage) return 0;
  const { share } = nearest(passage.line, passage.sums, photo.at as Position);
  return passage.from + share * (passage.to - passage.from);
}

function inPassage(passage: Passage, t: number): Position {
  return along(passage.line, passage.sums, (t - passage.from) / (passage.to - passage.from));
}
