/** The map with a trace on it. */
import type { Feature } from "geojson";
import {
  AttributionControl, FullscreenControl, GeoJSONSource, Map as MapLibre, NavigationControl, setWorkerUrl,
  type IControl, type LayerSpecification, type LngLatBoundsLike, type PaddingOptions, type StyleSpecification,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { basemap, type Addresses, type Basemap } from "./basemap";
import { calm } from "./config";
import { path } from "./colour";
import { button } from "./dom";
import type { Knot, Leg, Trace } from "./document";
import {
  collection, inOnePiece, nameOf, pathLayers, photoFeatures, pieceFeatures, piecesOf, placeLayers, sources, stopFeature, stopFeatures, wayFeature, wayFeatures,
  MOST_PIECES_PER_LEG, type Look,
} from "./drawing";
import { drawPictures, redrawPictures } from "./pictures";
import type { Say } from "./texts";
import { timeline, type Timeline } from "./timeline";

setWorkerUrl(worker);

/** The name goes through a constant, so that the bundler takes it for the address it is. */
const WORLD = "../world.geojson";
/** Of a leg that was just corrected: enough to colour it smoothly. */
const LEAST_PIECES = 4;

export interface Setting {
  container: HTMLElement;
  trace: Trace;
  look: Look;
  lang: string;
  say: Say;
  tiles: string;
  photos: string;
  /** False in the studio, where the page is the map's alone. */
  cooperative: boolean;
  fullscreen: HTMLElement | null;
  /** Ways to keep the panels off the path; the one that shows it largest is taken. */
  padding: () => PaddingOptions[];
}

export class View {
  readonly map: MapLibre;
  trace: Trace;
  times: Timeline;
  look: Look;
  private pieces: { id: number; t: number }[] = [];
  private passed = Infinity;
  private faded = false;
  private readonly ready: Promise<void>;
  /** When the way of the trace it was made with is on the screen; the rest of the map may still be coming. */
  readonly wayShown: Promise<void>;

  /** Throws where there is no WebGL. */
  constructor(private readonly setting: Setting) {
    this.trace = setting.trace;
    this.look = setting.look;
    this.times = timeline(this.trace);
    this.map = makeMap(setting);
    Object.assign(setting.container, { map: this.map }); // for scripts of a page that extends ours
    this.fit(false);
    this.steady();
    const pieces = this.cut();
    this.map.setStyle(style(setting, this.look, sources(wayFeatures(this.trace, this.look), pieces)));
    drawPictures(this.map, () => this.trace.photos, setting.photos, () => this.look);
    this.ready = new Promise((resolve) => this.map.once("style.load", () => resolve()));
    this.map.on("zoomend", () => this.steady() && void this.ready.then(() => this.draw()));
    this.wayShown = shown(this.map, ["way", "pieces"]);
    if (this.trace.photos.length) void this.ready.then(() => this.drawPlaces());
  }

  /** When sources and layers are there. */
  loaded(): Promise<void> {
    return this.ready;
  }

  /** When everything there was to draw has been drawn. */
  async settled(): Promise<void> {
    await this.ready;
    await new Promise<void>((resolve) => this.map.once("idle", () => resolve()));
  }

  /** Another trace, or the same after an edit. */
  async show(trace: Trace, look = this.look): Promise<void> {
    this.trace = trace;
    this.look = look;
    this.steady();
    this.times = timeline(trace);
    await this.ready;
    await this.draw();
  }

  /** The same trace with other shapes of a few legs: only these go to the map. */
  update(trace: Trace, legs: readonly number[], stops: readonly number[]): void {
    this.trace = trace;
    const { way, pieces } = this.features(trace, legs);
    void this.source("way").updateData({ remove: [...legs], add: way });
    if (!inOnePiece(trace)) void this.source("pieces").updateData({ remove: legs.flatMap(pieceIds), add: pieces });
    const moved = stops.map((index) => trace.stops[index]).filter((stop) => stop !== undefined);
    if (moved.length) void this.source("stops").updateData({ remove: [...stops], add: moved.map(stopFeature) });
  }

  /** Of these legs what the map draws: whole, and in pieces of one colour each. */
  features(trace: Trace, legs: readonly number[]): { way: Feature[]; pieces: Feature[] } {
    const colours = path(trace, this.look.colourBy, this.look.theme);
    const found = legs.map((index) => trace.legs[index]).filter((leg) => leg !== undefined);
    const along = (leg: Leg): Knot[] => colours[leg.index] as Knot[];
    const flat = inOnePiece(trace);
    const way = found.map((leg) => wayFeature(leg, along(leg), this.look, flat));
    const pieces = flat ? [] : found.flatMap((leg) => piecesOf(leg, along(leg), this.times.legs[leg.index], this.look, LEAST_PIECES));
    return { way, pieces };
  }

  async setLook(look: Look): Promise<void> {
    const again = look.photoSize !== this.look.photoSize || look.theme !== this.look.theme || !same(look.featured, this.look.featured);
    this.look = look;
    this.steady();
    await this.ready;
    const wanted = this.layers();
    for (const layer of wanted) this.repaint(layer);
    for (const id of ["dots", "stops"]) this.map.setLayoutProperty(id, "text-field", nameOf(look));
    if (again) redrawPictures(this.map);
    await this.draw();
  }

  /** Dims what lies ahead of that moment of the timeline; Infinity: nothing. */
  pass(t: number): void {
    const [low, high] = t < this.passed ? [t, this.passed] : [this.passed, t];
    const ahead = t < this.passed;
    for (const piece of this.pieces) {
      if (piece.t > low && piece.t <= high) this.dim("pieces", piece.id, ahead);
    }
    this.times.legs.forEach((leg, index) => {
      if (leg.to > low && leg.to <= high) this.dim("way", index, ahead);
    });
    this.passed = t;
  }

  /** While the head's own photo is up, the others stand back. */
  fadePhotos(faded: boolean): void {
    if (faded === this.faded || !this.map.getLayer("photos")) return;
    this.faded = faded;
    this.map.setPaintProperty("photos", "icon-opacity", faded ? 0.35 : 1);
  }

  fit(animate = true): void {
    const bounds = this.trace.wire.bounds;
    if (!bounds) {
      this.map.jumpTo({ center: [10, 25], zoom: 1.2 });
      return;
    }
    const [west, south, east, north] = bounds;
    const box: LngLatBoundsLike = [[west, south], [east < west ? east + 360 : east, north]];
    const cameras = this.setting.padding().map((padding) => this.map.cameraForBounds(box, { padding, maxZoom: 16 }));
    const best = cameras.reduce((one, other) => ((other?.zoom ?? -1) > (one?.zoom ?? -1) ? other : one), undefined);
    if (best && animate && !calm()) this.map.easeTo({ ...best, duration: 700 });
    else if (best) this.map.jumpTo(best);
  }

  /** First the way: what is smaller than it goes when the way is there, so that it never blinks. */
  private async draw(): Promise<void> {
    const pieces = this.cut();
    const passed = this.passed;
    this.map.removeFeatureState({ source: "pieces" });
    this.map.removeFeatureState({ source: "way" });
    this.passed = Infinity;
    this.drawPlaces();
    const way = this.source("way").setData(wayFeatures(this.trace, this.look));
    if (!pieces.length) await way;
    void this.source("pieces").setData(collection(pieces));
    this.pass(passed);
  }

  /** Lines drawn by hand tremble as much at every zoom; whether they have to be drawn anew for it. */
  private steady(): boolean {
    const metres = 78_271.5 * Math.cos((this.map.getCenter().lat * Math.PI) / 180);
    const handMpp = this.look.theme.drawn_by_hand ? metres / 2 ** Math.round(this.map.getZoom()) : null;
    const before = this.look.handMpp;
    this.look = { ...this.look, handMpp };
    return (handMpp === null) !== (before === null) || (!!handMpp && !!before && Math.abs(Math.log2(handMpp / before)) > 0.5);
  }

  private cut(): ReturnType<typeof pieceFeatures> {
    const pieces = pieceFeatures(this.trace, this.look, this.times);
    this.pieces = pieces.map((piece) => ({ id: piece.id as number, t: piece.properties?.t as number }));
    return pieces;
  }

  private drawPlaces(): void {
    void this.source("stops").setData(stopFeatures(this.trace));
    void this.source("photos").setData(photoFeatures(this.trace, this.look));
  }

  private source(name: string): GeoJSONSource {
    return this.map.getSource(name) as GeoJSONSource;
  }

  private dim(source: string, id: number, ahead: boolean): void {
    this.map.setFeatureState({ source, id }, { ahead });
  }

  private layers(): LayerSpecification[] {
    return layersOf(base(this.setting, this.look), this.look);
  }

  private repaint(layer: LayerSpecification): void {
    if (!this.map.getLayer(layer.id)) return;
    for (const [name, value] of Object.entries(layer.paint ?? {})) {
      this.map.setPaintProperty(layer.id, name as never, value as never, { validate: false });
    }
  }
}

function pieceIds(leg: number): number[] {
  return Array.from({ length: MOST_PIECES_PER_LEG }, (_, n) => leg * MOST_PIECES_PER_LEG + n);
}

function same(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}

/** When a frame with all data of those sources has been drawn. */
function shown(map: MapLibre, names: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!names.every((name) => map.getSource(name) && map.isSourceLoaded(name))) return;
      map.off("render", look);
      resolve();
    };
    map.on("render", look);
  });
}

function style(setting: Setting, look: Look, trace: ReturnType<typeof sources>): StyleSpecification {
  const under = base(setting, look);
  return { version: 8, sources: { ...trace, ...under.sources }, layers: layersOf(under, look) };
}

function makeMap(setting: Setting): MapLibre {
  const map = new MapLibre({
    container: setting.container,
    attributionControl: false,
    cooperativeGestures: setting.cooperative,
    fadeDuration: calm() ? 0 : 150,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    minZoom: 0.5,
    maxZoom: 19,
    locale: locale(setting.say),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new AttributionControl({ compact: false, customAttribution: setting.trace.wire.attribution }), "bottom-right");
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  if (setting.fullscreen && document.fullscreenEnabled) map.addControl(new FullscreenControl({ container: setting.fullscreen }), "top-right");
  return map;
}

/** A button of ours among the map's controls. */
export function control(made: HTMLElement): IControl {
  const group = document.createElement("div");
  group.className = "maplibregl-ctrl maplibregl-ctrl-group";
  group.append(made);
  return { onAdd: () => group, onRemove: () => group.remove() };
}

export function fitControl(view: View, say: Say): IControl {
  return control(button("fit", say("fit"), () => view.fit(), "fit"));
}

function base(setting: Setting, look: Look): Basemap {
  const addresses: Addresses = {
    world: new URL(WORLD, import.meta.url).href,
    tiles: (map) => `${new URL(setting.tiles, document.baseURI).href}${encodeURIComponent(map)}/{z}/{x}/{y}.mvt`,
  };
  return basemap(look.theme.palette, setting.trace.wire.tiles, setting.lang, addresses);
}

function layersOf(under: Basemap, look: Look): LayerSpecification[] {
  return [...under.ground, ...pathLayers(look), ...under.names, ...placeLayers(look)];
}

function locale(say: Say): Record<string, string> {
  return {
    "Map.Title": say("map"),
    "NavigationControl.ZoomIn": say("zoom_in"),
    "NavigationControl.ZoomOut": say("zoom_out"),
    "FullscreenControl.Enter": say("fullscreen"),
    "FullscreenControl.Exit": say("fullscreen_exit"),
    "AttributionControl.ToggleAttribution": say("attribution"),
    "CooperativeGesturesHandler.WindowsHelpText": say("gesture_ctrl"),
    "CooperativeGesturesHandler.MacHelpText": say("gesture_cmd"),
    "CooperativeGesturesHandler.MobileHelpText": say("gesture_touch"),
  };
}
