/** The days of a trip, by the wall clock where its photos were taken. */
import type { Position } from "geojson";
import type { Stop, Trace } from "./document";
import { metres, near } from "./polyline.ts";

export interface Day {
  /** Of its first photo with a time: Unix seconds, and what the clock there was ahead of UTC. */
  time: number;
  offsetMin: number | null;
  distanceM: number;
  durationS: number;
  photos: number;
  stops: Stop[];
  /** Where people would say they were: who comes back to a place was at one. */
  places: Position[];
}

const DAY_S = 86_400;
/** Nearer stops are one place, as in the document's summary. */
const ONE_PLACE_M = 250;
const MORE_THAN_IT_DEG = 0.003;

/** In order; a path that is shown without its photos has none. A leg belongs to the day on which it began. */
export function daysOf({ stops, legs, photos }: Trace): Day[] {
  const found: Day[] = [];
  let last: number | null = null;
  const from = new Map(legs.map((leg) => [leg.from, leg]));
  for (const stop of stops) {
    const first = photos.slice(stop.first, stop.first + stop.photos).find((photo) => photo.time !== null);
    const number: number | null = first ? Math.floor(((first.time as number) + (first.offsetMin ?? 0) * 60) / DAY_S) : last;
    if (number === null) continue;
    if (number !== last && first) found.push({ time: first.time as number, offsetMin: first.offsetMin, distanceM: 0, durationS: 0, photos: 0, stops: [], places: [] });
    last = number;
    const day = found.at(-1) as Day;
    const leg = from.get(stop.index);
    day.stops.push(stop);
    day.photos += stop.photos;
    if (stop.photos && !day.places.some((place) => same(place, stop.at))) day.places.push(stop.at);
    day.distanceM += leg?.distanceM ?? 0;
    day.durationS += leg?.durationS ?? 0;
  }
  return found;
}

function same(place: Position, other: Position): boolean {
  return Math.abs((place[1] as number) - (other[1] as number)) < MORE_THAN_IT_DEG && metres(place, near(other, place[0] as number)) < ONE_PLACE_M;
}
