/** The backdrop below every trace: land, borders and names of countries, made when the widget is built. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import { feature, merge, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

type Countries = Topology<{ countries: GeometryCollection<{ name: string }>; land: GeometryCollection }>;
type Ring = Position[];

/** Degrees squared below which a country is named at zoom 1, 2, 3, 4. */
const AREAS = [400, 60, 10];
const DECIMALS = 100;
/** Degrees a line may be off: two pixels at zoom 6, above which a region's own basemap takes over. */
const TOLERANCE = 0.025;
/** Rings smaller than this many degrees squared are left out: they are below a pixel where the backdrop is seen. */
const SMALLEST = 0.002;

/** Languages in which countries are named beside English. */
const LANGUAGES = ["de", "zh"];

/** Features with `properties.kind`: land | border | name (with `name`, `name_de`, ..., `minzoom`). At most 200 kB compressed. */
export function worldBackdrop(): FeatureCollection {
  const file = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
  const atlas = JSON.parse(readFileSync(file, "utf8")) as Countries;
  return { type: "FeatureCollection", features: [land(atlas), borders(atlas), ...names(atlas)] };
}

function land(atlas: Countries): Feature {
  const merged = merge(atlas, atlas.objects.countries.geometries as never);
  const polygons = merged.coordinates.flatMap((rings) => halves(rings.map(unrolled)));
  const seen = polygons.map((rings) => rings.map(rounded).filter(isSeen)).filter((rings) => rings.length > 0);
  return { type: "Feature", properties: { kind: "land" }, geometry: { type: "MultiPolygon", coordinates: seen } };
}

/** The ring as one line that may run past 180 degrees: the atlas jumps to the other side there. */
function unrolled(ring: Ring): Ring {
  let turn = 0;
  const line = ring.map(([x = 0, y = 0], n): Position => {
    const before = ring[n - 1]?.[0] ?? x;
    if (x - before > 180) turn -= 360;
    if (before - x > 180) turn += 360;
    return [x + turn, y];
  });
  const [first, last] = [line[0] as Position, line[line.length - 1] as Position];
  if (Math.abs((first[0] ?? 0) - (last[0] ?? 0)) < 180) return line;
  return [...line, [last[0] ?? 0, -90], [first[0] ?? 0, -90], first]; // around the south pole
}

/** Cut where it leaves the world, each part moved back into it. */
function halves(rings: Ring[]): Ring[][] {
  return [-360, 0, 360]
    .map((shift) => rings.map((ring) => clipped(clipped(ring.map(([x = 0, y = 0]): Position => [x + shift, y]), 180, 1), -180, -1)))
    .map((parts) => parts.filter((ring) => ring.length > 3))
    .filter((parts) => parts.length > 0);
}

/** What of the ring lies on one side of a meridian (Sutherland and Hodgman's way). */
function clipped(ring: Ring, meridian: number, side: 1 | -1): Ring {
  const inside = ([x = 0]: Position): boolean => side * (meridian - x) >= 0;
  if (ring.every(inside)) return ring;
  const kept = ring.slice(1).flatMap((b, n) => {
    const a = ring[n] as Position;
    const crossing = inside(a) === inside(b) ? [] : [crossed(a, b, meridian)];
    return inside(b) ? [...crossing, b] : crossing;
  });
  return kept.length > 2 ? [...kept, kept[0] as Position] : [];
}

function crossed([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, meridian: number): Position {
  return [meridian, ay + ((by - ay) * (meridian - ax)) / (bx - ax)];
}

function borders(atlas: Countries): Feature {
  const lines = mesh(atlas, atlas.objects.countries as never, (a, b) => a !== b);
  return {
    type: "Feature",
    properties: { kind: "border" },
    geometry: { type: "MultiLineString", coordinates: lines.coordinates.map(rounded) },
  };
}

function names(atlas: Countries): Feature[] {
  const countries = feature(atlas, atlas.objects.countries) as FeatureCollection<Polygon | MultiPolygon, { name: string }>;
  return countries.features.map(({ id, geometry, properties }) => {
    const ring = largest(geometry);
    const size = area(ring);
    const at = AREAS.findIndex((least) => size > least);
    return {
      type: "Feature",
      properties: { kind: "name", name: properties.name, ...namesOf(id), minzoom: at < 0 ? 4 : at + 1 },
      geometry: { type: "Point", coordinates: round(centre(ring)) },
    };
  });
}

/** By CLDR, where the atlas numbers the country (ISO 3166): a few lands that are not agreed on have the atlas's name alone. */
function namesOf(id: string | number | undefined): Record<string, string> {
  if (id === undefined) return {};
  const region = new Intl.Locale(Intl.getCanonicalLocales(`und-${String(id)}`)[0] as string).region as string;
  return Object.fromEntries(LANGUAGES.map((lang) => [`name_${lang}`, new Intl.DisplayNames(lang, { type: "region", style: "short" }).of(region) as string]));
}

function largest(geometry: Polygon | MultiPolygon): Ring {
  const outer = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((rings) => rings[0]);
  return (outer as Ring[]).reduce((best, ring) => (area(ring) > area(best) ? ring : best));
}

function area(ring: Ring): number {
  return Math.abs(cross(ring).reduce((sum, [, , weight]) => sum + weight, 0) / 2);
}

function centre(ring: Ring): Position {
  const parts = cross(ring);
  const twice = parts.reduce((sum, [, , weight]) => sum + weight, 0) * 3;
  return [parts.reduce((sum, [x, , w]) => sum + x * w, 0) / twice, parts.reduce((sum, [, y, w]) => sum + y * w, 0) / twice];
}

/** Per edge: sum of both x, sum of both y, and twice the signed area below it. */
function cross(ring: Ring): [number, number, number][] {
  return ring.slice(1).map((b, n) => {
    const a = ring[n] as Position;
    const [ax = 0, ay = 0] = a;
    const [bx = 0, by = 0] = b;
    return [ax + bx, ay + by, ax * by - bx * ay];
  });
}

function isSeen(ring: Ring): boolean {
  return ring.length > 3 && area(ring) > SMALLEST;
}

function rounded(line: Ring): Ring {
  return simplified(line).map(round).filter((at, n, all) => n === 0 || at[0] !== all[n - 1]?.[0] || at[1] !== all[n - 1]?.[1]);
}

/** Douglas and Peucker's way; both ends stay. */
function simplified(line: Ring): Ring {
  const [far, distance] = farthest(line);
  if (distance <= TOLERANCE) return [line[0] as Position, line[line.length - 1] as Position];
  return [...simplified(line.slice(0, far + 1)), ...simplified(line.slice(far)).slice(1)];
}

function farthest(line: Ring): [number, number] {
  const a = line[0] as Position;
  const b = line[line.length - 1] as Position;
  const distances = line.slice(1, -1).map((at) => beside(at, a, b));
  const most = distances.reduce((best, each) => Math.max(best, each), 0);
  return [distances.indexOf(most) + 1, most];
}

/** Distance of a position from the line through a and b; from a where they are one (a closed ring). */
function beside([x = 0, y = 0]: Position, [ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position): number {
  const length = Math.hypot(bx - ax, by - ay);
  if (length === 0) return Math.hypot(x - ax, y - ay);
  return Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length;
}

function round(at: Position): Position {
  return at.map((value) => Math.round(value * DECIMALS) / DECIMALS);
}
