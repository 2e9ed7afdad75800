/** The document the server sends (format 1: columns) and what the widget makes of it (rows). */
import type { Position } from "geojson";
import { decode, decodeAll } from "./polyline";

export type Mode = "walk" | "bicycle" | "car" | "train" | "ferry" | "flight" | "unknown";
export type How = "matched" | "routed" | "recorded" | "direct";
export type Pattern = "solid" | "dashed" | "dotted";
export type Bounds = [west: number, south: number, east: number, north: number];
type Runs<T> = [count: number, value: T][];

export interface Style {
  theme: string;
  colour_by: string;
  width_px: number;
  /** By the kind of leg: solid, dashed or dotted. */
  patterns: Record<string, Pattern>;
  /** By the kind of leg: how many times as wide as usual. */
  widths: Record<string, number>;
  emoji: Record<string, string>;
  featured: string[];
  labels: boolean;
  photo_size: string;
  units: string;
}

export interface Suggestion {
  kind: string;
  text: string;
  camera: string | null;
  seconds: number | null;
}

/** A leg as a preview or an edit answers it. */
export interface LegRow {
  mode: Mode;
  how: How;
  confidence: number;
  distance_m: number;
  duration_s: number;
  shape: string;
  vias: [seq: number, lat: number, lon: number][];
  chosen: boolean;
  reason: string | null;
  heights: Height[];
}

export interface Changes {
  rebuilt: boolean;
  legs: Record<string, LegRow>;
  stops: Record<string, [lat: number, lon: number]>;
}

export interface Log {
  undo: number | null;
  redo: number | null;
}

export interface Wire {
  format: 1;
  id: string;
  version: string;
  title: string;
  subtitle: string | null;
  lang: string;
  can_edit: boolean;
  log: Log;
  style: Style;
  attribution: string[];
  tiles: string[];
  tolerance_m: number;
  bounds: Bounds | null;
  /** What a title says of the trip; `from`, `to`: Unix seconds. */
  summary: { places: number; photos: number; from: number | null; to: number | null; offset: number | null };
  photos: {
    key: string[];
    at: string;
    time: (number | null)[];
    offset: Runs<number | null>;
    colour: string;
    name: (string | null)[] | null;
    linked: boolean;
    video: number[];
    altitude?: (number | null)[];
    camera?: Runs<string | null>;
  };
  stops: {
    at: string;
    start: number[];
    lasts: number[];
    photos: number[];
    name: Record<string, string>;
    emoji: Record<string, string>;
  };
  legs: {
    from: number[];
    spans: number[];
    mode: Mode[];
    how: How[];
    confidence: number[];
    distance_m: number[];
    duration_s: number[];
    shape: string[];
    vias: Record<string, LegRow["vias"]>;
    chosen: number[];
    reason: Record<string, string>;
    /** Missing from what a browser kept of an earlier version. */
    heights?: Record<string, Height[]>;
  };
  /** Of the path by the photos: per leg how many knots, of each its share of the leg in thousandths. */
  colours: { knots: number[]; share: number[]; colour: string };
  inferred: { leg: (number | null)[]; seconds: number[] };
  unplaced: { reasons: string[]; reason: number[] };
  suggestions?: Suggestion[];
  not_applying?: number[];
  /** Numbers of the edits by which photos were left out, by their keys. */
  left_out?: Record<string, number>;
  /** Of the legs that were recorded, by index, the name of the recording; and which are to be led along the roads. */
  recordings?: Record<string, string>;
  on_roads?: string[];
}

/** A photo is at a stop, or on a leg by its time, or nowhere (`at` null) for a reason. */
export interface Photo {
  index: number;
  key: string;
  at: Position | null;
  /** Unix seconds. */
  time: number | null;
  /** Of the wall clock there, from UTC. */
  offsetMin: number | null;
  colour: string | null;
  name: string | null;
  video: boolean;
  altitude: number | null;
  camera: string | null;
  stop: number | null;
  leg: number | null;
  inferred: boolean;
  reason: string | null;
}

export interface Stop {
  index: number;
  at: Position;
  start: number;
  lasts: number;
  first: number;
  photos: number;
  name: string | null;
  emoji: string | null;
}

export interface Via {
  seq: number;
  at: Position;
}

export interface Leg {
  index: number;
  from: number;
  to: number;
  mode: Mode;
  how: How;
  confidence: number;
  distanceM: number;
  durationS: number;
  lines: Position[][];
  vias: Via[];
  chosen: boolean;
  reason: string | null;
  /** As recorded, rising in share of the length; empty where nobody measured. */
  heights: Height[];
}

/** Share of the length (0 to 1) and metres there. */
export type Height = [share: number, metres: number];

/** Where on a leg (0 to 1) the path has that colour; in between the colours melt into each other. */
export type Knot = [share: number, colour: string];

export interface Trace {
  wire: Wire;
  /** By the photos, per leg, from 0 to 1. */
  colours: Knot[][];
  photos: Photo[];
  /** Those with a place. */
  placed: Photo[];
  stops: Stop[];
  legs: Leg[];
}

/** Throws RangeError for a format this widget does not know. */
export function read(wire: Wire): Trace {
  if (wire.format !== 1) throw new RangeError(`the trace is of format ${String(wire.format)}, this page knows format 1`);
  const stops = readStops(wire);
  const photos = readPhotos(wire, stops);
  const froms = known(wire.legs.from);
  const legs = wire.legs.shape.map((_, index) => leg(wire, froms, index));
  return { wire, colours: readColours(wire), photos, placed: photos.filter((photo) => photo.at !== null), stops, legs };
}

function readColours({ colours: { knots, share, colour } }: Wire): Knot[][] {
  let at = 0;
  return knots.map((count) => Array.from({ length: count }, (): Knot => {
    const n = at++;
    return [(share[n] as number) / 1000, `#${colour.slice(6 * n, 6 * n + 6)}`];
  }));
}

/** The leg of an answer to an edit or a preview, in the place of that leg. */
export function changed(old: Leg, row: LegRow): Leg {
  return {
    ...old,
    mode: row.mode,
    how: row.how,
    confidence: row.confidence,
    distanceM: row.distance_m,
    durationS: row.duration_s,
    lines: decodeAll(row.shape),
    vias: row.vias.map(via),
    chosen: row.chosen,
    reason: row.reason,
    heights: row.heights,
  };
}

function via([seq, lat, lon]: [number, number, number]): Via {
  return { seq, at: [lon, lat] };
}

function leg({ legs }: Wire, froms: readonly (number | null)[], index: number): Leg {
  const from = froms[index] as number;
  return changed(
    { index, from, to: from + (legs.spans[index] as number) } as Leg,
    {
      mode: legs.mode[index] as Mode,
      how: legs.how[index] as How,
      confidence: legs.confidence[index] as number,
      distance_m: legs.distance_m[index] as number,
      duration_s: legs.duration_s[index] as number,
      shape: legs.shape[index] as string,
      vias: legs.vias[index] ?? [],
      chosen: legs.chosen.includes(index),
      reason: legs.reason[index] ?? null,
      heights: legs.heights?.[index] ?? [],
    },
  );
}

function readStops({ stops }: Wire): Stop[] {
  const at = decode(stops.at);
  const start = known(stops.start);
  let first = 0;
  return at.map((position, index) => {
    const photos = stops.photos[index] as number;
    first += photos;
    return {
      index,
      at: position,
      start: start[index] as number,
      lasts: stops.lasts[index] as number,
      first: first - photos,
      photos,
      name: stops.name[index] ?? null,
      emoji: stops.emoji[index] ?? null,
    };
  });
}

function readPhotos(wire: Wire, stops: Stop[]): Photo[] {
  const { photos, inferred, unplaced } = wire;
  const at = decode(photos.at);
  const time = known(photos.time);
  const offset = spread(photos.offset);
  const camera = spread(photos.camera ?? []);
  const video = new Set(photos.video);
  const atStops = sum(stops.map((stop) => stop.photos));
  const stopOf = stops.flatMap((stop) => Array<number>(stop.photos).fill(stop.index));
  const placed = atStops + inferred.leg.length;
  return photos.key.map((key, index) => ({
    index,
    key,
    at: at[index] ?? null,
    time: time[index] ?? null,
    offsetMin: offset[index] ?? null,
    colour: colour(photos.colour, index),
    name: photos.name?.[index] ?? null,
    video: video.has(index),
    altitude: photos.altitude?.[index] ?? null,
    camera: camera[index] ?? null,
    stop: stopOf[index] ?? null,
    leg: index >= atStops ? (inferred.leg[index - atStops] ?? null) : null,
    inferred: index >= atStops && index < placed,
    reason: index >= placed ? (unplaced.reasons[unplaced.reason[index - placed] as number] ?? null) : null,
  }));
}

function colour(all: string, index: number): string | null {
  const six = all.slice(index * 6, index * 6 + 6);
  return /^[0-9a-f]{6}$/i.test(six) ? `#${six}` : null;
}

/** Every later value is the difference to the last known. */
function known(differences: readonly (number | null)[]): (number | null)[] {
  let last = 0;
  return differences.map((value) => (value === null ? null : (last += value)));
}

function spread<T>(runs: Runs<T>): T[] {
  return runs.flatMap(([count, value]) => Array<T>(count).fill(value));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
