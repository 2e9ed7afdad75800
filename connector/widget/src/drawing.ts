/** The trace as sources and layers of a map. */
import type { Feature, FeatureCollection, LineString, Position } from "geojson";
import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification } from "maplibre-gl";
import { changes, colourAt, path } from "./colour";
import type { Knot, Leg, Pattern, Photo, Stop, Trace } from "./document";
import { trembling } from "./hand";
import { between, inOne, lengths } from "./polyline";
import type { Theme } from "./themes";
import type { Timeline } from "./timeline";

/** How a theme and a style draw the trace. */
export interface Look {
  theme: Theme;
  colourBy: string;
  widthPx: number;
  patterns: Record<string, Pattern>;
  widths: Record<string, number>;
  labels: boolean;
  photoSize: string;
  featured: ReadonlySet<string>;
  /** Metres per pixel for which lines are drawn by hand; null: they are drawn as they are. */
  handMpp: number | null;
}

/** Above it every leg has one colour. */
const MANY_PHOTOS = 1000;
/** The step of colour from one piece to the next: not seen. */
const STEP = 0.02;
const FINEST_PIECE = 1 / 240;
/** Of a photo's rank, its number: of several at one spot the first is shown, those that stand out before all others. */
const DIGITS = 6;

export const PHOTO_PX: Record<string, number> = { none: 0, small: 34, medium: 46, large: 60 };

/** Of a leg's line (`wide`: its share of the usual width), and `more` pixels for what lies below it. */
export function widthOf({ widthPx }: Look, more = 0): ExpressionSpecification {
  const at = (share: number): ExpressionSpecification => ["+", ["*", ["get", "wide"], widthPx * share], more];
  return ["interpolate", ["linear"], ["zoom"], 4, at(0.65), 10, at(0.95), 16, at(1.3)];
}

const RANK: ExpressionSpecification = ["string", ["get", "rank"]];

/** With what is to be seen of the trace from the first frame on: its way. */
export function sources(way: FeatureCollection, pieces: Feature[]): Record<string, GeoJSONSourceSpecification> {
  const none = collection([]);
  return {
    way: { type: "geojson", data: way, tolerance: 0.2 },
    pieces: { type: "geojson", data: collection(pieces), tolerance: 0.2 },
    stops: { type: "geojson", data: none },
    photos: {
      type: "geojson", data: none, cluster: true, clusterRadius: 48, maxzoom: 19, clusterMaxZoom: 18,
      clusterProperties: { rank: [["case", ["<", ["string", ["accumulated"]], RANK], ["accumulated"], RANK], RANK] },
    },
  };
}

/** One feature per leg, whole: halo, dashes, and what a pointer finds. Ids are the legs' indexes. */
export function wayFeatures(trace: Trace, look: Look): FeatureCollection {
  const colours = path(trace, look.colourBy, look.theme);
  const flat = inOnePiece(trace);
  return collection(trace.legs.map((leg) => wayFeature(leg, colours[leg.index] as Knot[], look, flat)));
}

/** `flat`: the leg is drawn as it is, in one colour, and not in pieces. */
export function wayFeature(leg: Leg, colours: readonly Knot[], look: Look, flat = false): Feature {
  const pattern = patternOf(leg, look);
  return {
    type: "Feature",
    id: leg.index,
    properties: { pattern, flat: flat && pattern === "solid", wide: look.widths[kindOf(leg)] ?? 1, colour: colourAt(colours, 0.5) },
    geometry: { type: "MultiLineString", coordinates: drawn(leg.lines, look) },
  };
}

function drawn(lines: Position[][], { handMpp }: Look): Position[][] {
  return handMpp === null ? lines : lines.map((line) => trembling(line, handMpp));
}

/** A way that is less likely to be right than this is drawn as one that is not known. */
const SURE_ENOUGH = 0.5;
const USUAL: Record<string, Pattern> = { direct: "dashed", ferry: "dashed", flight: "dotted" };

/** What a style says of legs it says by kind: the mode, or `direct` where the way is not known. */
export function kindOf(leg: Leg): string {
  if (leg.mode === "flight" || leg.mode === "ferry") return leg.mode;
  return leg.how === "direct" || leg.confidence < SURE_ENOUGH ? "direct" : leg.mode;
}

export function patternBy(kind: string, { patterns }: Pick<Look, "patterns">): Pattern {
  return patterns[kind] ?? USUAL[kind] ?? "solid";
}

function patternOf(leg: Leg, look: Look): Pattern {
  return patternBy(kindOf(leg), look);
}

/** A found leg in pieces of one colour each; `t` is when the head has passed it. Ids are unique over the trace. */
export interface Piece {
  id: number;
  leg: number;
  t: number;
}

export const MOST_PIECES_PER_LEG = 64;

/** A big trace goes to the map once, not twice. */
export function inOnePiece(trace: Trace): boolean {
  return trace.photos.length > MANY_PHOTOS;
}

export function pieceFeatures(trace: Trace, look: Look, times: Timeline): Feature<LineString>[] {
  if (inOnePiece(trace)) return [];
  const colours = path(trace, look.colourBy, look.theme);
  const total = trace.legs.reduce((sum, leg) => sum + leg.distanceM, 1);
  return trace.legs.flatMap((leg) => {
    const least = Math.min(MOST_PIECES_PER_LEG, Math.ceil(leg.distanceM / total / FINEST_PIECE));
    return piecesOf(leg, colours[leg.index] as Knot[], times.legs[leg.index], look, least);
  });
}

type Passage = Timeline["legs"][number] | undefined;

export function piecesOf(leg: Leg, colours: readonly Knot[], passage: Passage, look: Look, least: number): Feature<LineString>[] {
  if (patternOf(leg, look) !== "solid") return [];
  const count = Math.min(MOST_PIECES_PER_LEG, Math.max(1, least, Math.ceil(changes(colours) / STEP)));
  const line = inOne(drawn(leg.lines, look));
  const sums = lengths(line);
  return Array.from({ length: count }, (_, n) => ({
    type: "Feature",
    id: leg.index * MOST_PIECES_PER_LEG + n,
    properties: {
      wide: look.widths[kindOf(leg)] ?? 1,
      colour: colourAt(colours, (n + 0.5) / count),
      t: passage ? passage.from + ((n + 1) / count) * (passage.to - passage.from) : 0,
    },
    geometry: { type: "LineString", coordinates: count === 1 ? line : between(line, sums, n / count, (n + 1) / count) },
  }));
}

export function stopFeatures(trace: Trace): FeatureCollection {
  return collection(trace.stops.map(stopFeature));
}

export function stopFeature(stop: Stop): Feature {
  return point(stop.at, stop.index, {
    index: stop.index,
    ...(stop.name ? { name: stop.name } : {}),
    ...(stop.emoji ? { emoji: `emoji|${stop.emoji}` } : {}),
  });
}

export function photoFeatures(trace: Trace, look: Look): FeatureCollection {
  if (look.photoSize === "none") return collection([]);
  const shown = trace.placed.map((photo) => photoFeature(photo, look));
  return collection(shown);
}

function photoFeature(photo: Photo, look: Look): Feature {
  const rank = (look.featured.has(photo.key) ? "1" : "2") + String(photo.index).padStart(DIGITS, "0") + photo.key;
  return point(photo.at as Position, photo.index, { index: photo.index, rank });
}

/** Below the names of places. */
export function pathLayers(look: Look): LayerSpecification[] {
  const { theme } = look;
  const dark = theme.scheme === "dark";
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const dimmed: ExpressionSpecification = ["case", ["boolean", ["feature-state", "ahead"], false], 0.22, 1];
  const only = (pattern: Pattern): ExpressionSpecification => ["==", ["get", "pattern"], pattern];
  return [
    {
      id: "way-shadow", type: "line", source: "way", layout: round, filter: ["all", only("solid"), ["!", ["get", "flat"]]], // thousands of shadows are a smear
      paint: { "line-color": dark ? "#000000" : "#4a3f35", "line-opacity": dark ? 0.5 : 0.22, "line-blur": 6, "line-width": widthOf(look, 8), "line-translate": [0, 1.5] },
    },
    {
      id: "way-halo", type: "line", source: "way", layout: round, filter: only("solid"),
      paint: { "line-color": theme.line_halo, "line-width": widthOf(look, 4) },
    },
    {
      id: "way-guess-halo", type: "line", source: "way", layout: round, filter: ["!", only("solid")],
      paint: { "line-color": theme.line_halo, "line-width": widthOf(look, 2.5), "line-opacity": 0.75 },
    },
    {
      id: "way-dashed", type: "line", source: "way", layout: { "line-join": "round" }, filter: only("dashed"),
      paint: { "line-color": ["get", "colour"], "line-width": widthOf(look, -1), "line-dasharray": [2, 1.4], "line-opacity": dimmed },
    },
    {
      id: "way-dotted", type: "line", source: "way", layout: round, filter: only("dotted"),
      paint: { "line-color": ["get", "colour"], "line-width": widthOf(look, -1), "line-dasharray": [0.1, 2], "line-opacity": dimmed },
    },
    {
      id: "path-flat", type: "line", source: "way", layout: round, filter: ["get", "flat"],
      paint: { "line-color": ["get", "colour"], "line-width": widthOf(look), "line-opacity": dimmed },
    },
    { id: "path", type: "line", source: "pieces", layout: round, paint: { "line-color": ["get", "colour"], "line-width": widthOf(look), "line-opacity": dimmed } },
  ];
}

/** Above everything. A stop's sticker (or its dot) and its name are one symbol, so that they never push each other away.
 * Pictures lie over dots, and where a picture is there is no dot and no name of another stop. */
export function placeLayers(look: Look): LayerSpecification[] {
  const count: ExpressionSpecification = ["to-string", ["coalesce", ["get", "point_count"], 1]];
  return [
    stopLayer("dots", ["!", ["has", "emoji"]], "dot|", [0, 0], 0.6, look),
    {
      id: "photos", type: "symbol", source: "photos",
      layout: {
        "icon-image": ["concat", "photo|", count, "|", ["slice", RANK, 0, 1], "|", ["slice", RANK, DIGITS + 1]], "icon-padding": 0,
        "icon-anchor": "bottom", "icon-allow-overlap": true, "symbol-z-order": "viewport-y",
      },
    },
    stopLayer("stops", ["has", "emoji"], ["get", "emoji"], [0, 2], 1.4, look),
  ];
}

export function nameOf({ labels }: Look): ExpressionSpecification | string {
  return labels ? ["coalesce", ["get", "name"], ""] : "";
}

function stopLayer(id: string, filter: ExpressionSpecification, icon: ExpressionSpecification | string, offset: [number, number], below: number, look: Look): LayerSpecification {
  const { palette } = look.theme;
  return {
    id, type: "symbol", source: "stops", minzoom: 5, filter,
    layout: {
      "icon-image": icon, "icon-padding": 3, "icon-offset": offset, "icon-optional": true,
      "symbol-sort-key": ["case", ["has", "name"], 1, 2],
      "text-field": nameOf(look), "text-font": ["Sans Bold", "system-ui", "sans-serif"], "text-size": 12.5,
      "text-anchor": "top", "text-offset": [0, below], "text-max-width": 9, "text-padding": 4, "text-optional": true,
    },
    paint: { "text-color": palette.text, "text-halo-color": palette.halo, "text-halo-width": 1.8 },
  };
}

function point(at: Position, id: number, properties: Record<string, unknown>): Feature {
  return { type: "Feature", id, properties, geometry: { type: "Point", coordinates: at } };
}

export function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}
