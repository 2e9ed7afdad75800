/** The map below a trace: the world's backdrop, then the region's own tiles (a subset of the Shortbread schema). */
import type {
  ExpressionSpecification, FilterSpecification, LayerSpecification, SourceSpecification,
} from "maplibre-gl";
import type { Palette } from "./themes";

type Value = number | ExpressionSpecification;

/** Nearer than this the world's coarse coasts would be wrong by more than they help: there is plain land, until a map says more. */
const NEAREST_WORLD = 8.5;

const REGULAR = ["Sans Regular", "system-ui", "sans-serif"];
const BOLD = ["Sans Bold", "system-ui", "sans-serif"];

const GREEN = ["forest", "grass", "grassland", "meadow", "park", "garden", "golf_course", "nature_reserve", "scrub", "heath", "cemetery", "orchard", "vineyard", "pitch", "swamp"];
const BUILT = ["residential", "commercial", "retail", "industrial", "railway"];
const FOOT = ["footway", "path", "cycleway", "steps", "bridleway", "track"];
const MINOR = ["unclassified", "residential", "living_street", "pedestrian", "service"];
const MAJOR = ["primary", "secondary"];

export interface Basemap {
  sources: Record<string, SourceSpecification>;
  /** Land, water, roads: below a trace. */
  ground: LayerSpecification[];
  /** Names: above its path, so that they stay readable. */
  names: LayerSpecification[];
}

export interface Addresses {
  /** Of the world's backdrop. */
  world: string;
  /** Of a map's tiles, by its name. */
  tiles: (map: string) => string;
}

/** `maps`: names of the regions' maps, finest last. `lang`: whose names are preferred. */
export function basemap(palette: Palette, maps: readonly string[], lang: string, addresses: Addresses): Basemap {
  const sources: Record<string, SourceSpecification> = {
    world: { type: "geojson", data: addresses.world, maxzoom: 8, tolerance: 0.2 },
  };
  for (const map of maps) sources[map] = { type: "vector", tiles: [addresses.tiles(map)], maxzoom: 14 };
  return {
    sources,
    ground: [
      { id: "sea", type: "background", paint: { "background-color": byZoom(NEAREST_WORLD - 1, palette.sea, NEAREST_WORLD, palette.land) } },
      ...backdrop(palette),
      ...maps.flatMap((map) => areas(map, palette)),
      ...maps.flatMap((map) => roads(map, palette)),
    ],
    names: [...worldNames(palette, lang), ...maps.flatMap((map) => names(map, palette, lang))],
  };
}

function backdrop(p: Palette): LayerSpecification[] {
  return [
    { id: "world-land", type: "fill", source: "world", maxzoom: NEAREST_WORLD, filter: ["==", ["get", "kind"], "land"], paint: { "fill-color": p.land, "fill-antialias": true } },
    {
      id: "world-border", type: "line", source: "world", maxzoom: NEAREST_WORLD, filter: ["==", ["get", "kind"], "border"],
      paint: { "line-color": p.border, "line-width": byZoom(2, 0.4, 8, 1.4), "line-opacity": 0.7 },
    },
  ];
}

function nameIn(lang: string): ExpressionSpecification {
  return ["coalesce", ["get", `name_${lang}`], ["get", "name"]];
}

function worldNames(p: Palette, lang: string): LayerSpecification[] {
  return [{
    id: "world-names", type: "symbol", source: "world", maxzoom: 7,
    filter: ["all", ["==", ["get", "kind"], "name"], [">=", ["zoom"], ["get", "minzoom"]]],
    layout: { "text-field": nameIn(lang), "text-font": BOLD, "text-size": byZoom(2, 10, 6, 15), "text-letter-spacing": 0.08, "text-max-width": 7 },
    paint: { ...inked(p), "text-opacity": 0.6 },
  }];
}

function areas(map: string, p: Palette): LayerSpecification[] {
  const fill = (id: string, layer: string, colour: string, kinds?: string[]): LayerSpecification => ({
    id: `${map}-${id}`, type: "fill", source: map, "source-layer": layer,
    ...(kinds ? { filter: oneOf(kinds) } : {}),
    paint: { "fill-color": colour, "fill-antialias": id !== "ground" },
  });
  return [
    fill("ground", "ground", p.land),
    fill("ocean", "ocean", p.sea),
    fill("built", "land", p.built, BUILT),
    fill("rock", "land", p.rock, ["bare_rock", "scree", "quarry", "glacier"]),
    fill("sand", "land", p.sand, ["sand", "beach"]),
    fill("green", "land", p.green, GREEN),
    fill("water", "water_polygons", p.water),
    line(map, "river", "water_lines", p.water, byZoom(7, 0.6, 15, 4)),
    {
      id: `${map}-admin`, type: "line", source: map, "source-layer": "boundaries", filter: ["<=", ["get", "admin_level"], 4],
      paint: { "line-color": p.border, "line-width": byZoom(4, 0.8, 12, 2), "line-dasharray": [4, 2], "line-opacity": 0.8 },
    },
    {
      id: `${map}-building`, type: "fill", source: map, "source-layer": "buildings", minzoom: 13,
      paint: { "fill-color": p.building, "fill-opacity": byZoom(13, 0, 14.5, 1) },
    },
  ];
}

function roads(map: string, p: Palette): LayerSpecification[] {
  const way = (id: string, kinds: string[], colour: string, width: Value, minzoom: number): LayerSpecification => ({
    id: `${map}-${id}`, type: "line", source: map, "source-layer": "streets", minzoom,
    filter: ["all", oneOf(kinds), ["!", ["has", "rail"]]] as FilterSpecification,
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": width },
  });
  const casing = (id: string, kinds: string[], width: Value): LayerSpecification => way(`${id}-casing`, kinds, p.casing, width, 11);
  return [
    { ...line(map, "ferry", "ferries", p.border, byZoom(8, 0.6, 14, 1.4)), paint: { "line-color": p.border, "line-width": 1, "line-dasharray": [3, 3] } } as LayerSpecification,
    { ...way("foot", FOOT, p.path, byZoom(13, 0.5, 17, 2.2), 13), paint: { "line-color": p.path, "line-width": byZoom(13, 0.5, 17, 2.2), "line-dasharray": [2.5, 1.2] } } as LayerSpecification,
    {
      id: `${map}-rail`, type: "line", source: map, "source-layer": "streets", minzoom: 9, filter: ["has", "rail"],
      paint: { "line-color": p.rail, "line-width": byZoom(9, 0.5, 16, 1.8) },
    },
    casing("minor", MINOR, byZoom(11, 0, 14, 4.4, 17, 13)),
    casing("tertiary", ["tertiary"], byZoom(11, 1.8, 14, 6.2, 17, 17)),
    casing("major", MAJOR, byZoom(11, 2.6, 14, 7.4, 17, 20)),
    casing("motorway", ["motorway", "trunk"], byZoom(11, 3.4, 14, 8.6, 17, 22)),
    way("minor", MINOR, p.road, byZoom(12, 0.8, 14, 3.2, 17, 11.5), 12),
    way("tertiary", ["tertiary"], p.road, byZoom(10, 0.7, 14, 5, 17, 15.5), 10),
    way("major", MAJOR, p.major, byZoom(7, 0.6, 11, 1.8, 14, 6, 17, 18), 7),
    way("motorway", ["motorway", "trunk"], p.major, byZoom(5, 0.7, 11, 2.4, 14, 7, 17, 20), 5),
  ];
}

function names(map: string, p: Palette, lang: string): LayerSpecification[] {
  const name = nameIn(lang);
  const label = (id: string, kinds: string[], minzoom: number, size: Value, bold: boolean): LayerSpecification => ({
    id: `${map}-${id}`, type: "symbol", source: map, "source-layer": "place_labels", minzoom, filter: oneOf(kinds),
    layout: { "text-field": name, "text-font": bold ? BOLD : REGULAR, "text-size": size, "text-max-width": 8, "text-padding": 6, "symbol-sort-key": ["get", "rank"] },
    paint: inked(p),
  });
  return [
    {
      id: `${map}-street-name`, type: "symbol", source: map, "source-layer": "streets", minzoom: 14, filter: ["has", "name"],
      layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": REGULAR, "text-size": byZoom(14, 10, 17, 12.5), "symbol-spacing": 320 },
      paint: { ...inked(p), "text-opacity": 0.85 },
    },
    {
      id: `${map}-peak`, type: "symbol", source: map, "source-layer": "pois", minzoom: 11,
      layout: { "text-field": ["concat", "▲ ", ["get", "name"]], "text-font": REGULAR, "text-size": 10.5, "text-max-width": 7, "text-padding": 8 },
      paint: { ...inked(p), "text-opacity": 0.75 },
    },
    label("small", ["hamlet", "quarter", "neighbourhood", "locality", "isolated_dwelling", "farm", "suburb", "island"], 12, byZoom(12, 10, 16, 13), false),
    label("village", ["village"], 9.5, byZoom(10, 10.5, 15, 15), false),
    label("town", ["town"], 7, byZoom(7, 11, 14, 18), true),
    label("city", ["city", "capital"], 4, byZoom(4, 11, 12, 22), true),
  ];
}

function line(map: string, id: string, layer: string, colour: string, width: Value): LayerSpecification {
  return {
    id: `${map}-${id}`, type: "line", source: map, "source-layer": layer,
    layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colour, "line-width": width },
  };
}

function inked(p: Palette): { "text-color": string; "text-halo-color": string; "text-halo-width": number } {
  return { "text-color": p.text, "text-halo-color": p.halo, "text-halo-width": 1.4 };
}

function oneOf(kinds: string[]): ExpressionSpecification {
  return ["in", ["get", "kind"], ["literal", kinds]];
}

function byZoom(...stops: (number | string)[]): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.4], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}
