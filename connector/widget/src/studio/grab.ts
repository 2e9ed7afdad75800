/** Corrections on the map: the line is grabbed anywhere and dragged, with mouse, finger or keys. */
import type { Feature, Position } from "geojson";
import type { GeoJSONSource, MapMouseEvent, MapTouchEvent, PointLike } from "maplibre-gl";
import { applied, type Changes, type Leg, type Photo, type Via } from "../document";
import { lengths, nearest } from "../polyline";
import type { View } from "../view";
import type { Edit } from "./api";
import { Preview } from "./preview";
import type { Session } from "./session";

export interface Chosen {
  leg: (leg: Leg, at: Position) => void;
  photo: (photo: Photo) => void;
  stop: (index: number) => void;
  nothing: () => void;
}

type Target = { what: "leg"; leg: Leg; at: Position } | { what: "via"; leg: Leg; via: Via } | { what: "photo"; photo: Photo } | { what: "stop"; index: number };
type Draggable = Exclude<Target, { what: "stop" }>;

const LINES = ["way-halo", "way-guess-halo"];
const VIA_PX = 5;
const MOUSE_PX = 7;
const FINGER_PX = 18;
/** Less is a click. */
const MOVED_PX = 4;
/** Of a photo that is dropped beside the path: nearer than this it goes onto it. */
const ONTO_PX = 26;

export class Grab {
  private readonly preview: Preview;
  private touched: number[] = [];
  private dragging = false;

  constructor(private readonly view: View, private readonly session: Session, private readonly chosen: Chosen) {
    this.preview = new Preview((edit) => session.preview(edit), (changes) => this.show(changes));
    void view.loaded().then(() => this.listen());
  }

  /** The vias of the trace, and nothing half done. */
  refresh(): void {
    const vias = this.view.trace.legs.flatMap((leg) => leg.vias.map((via) => point(via.at, { leg: leg.index, seq: via.seq })));
    this.source("vias")?.setData({ type: "FeatureCollection", features: vias });
  }

  /** After an edit: also the legs that a preview had changed and the edit did not. */
  corrected(changes: Changes): void {
    const legs = new Set([...this.touched, ...Object.keys(changes.legs).map(Number)]);
    this.touched = [];
    this.view.update(this.session.trace, [...legs], Object.keys(changes.stops).map(Number));
    this.refresh();
  }

  /** A via on that leg, after those of its vias that come before where it was `grabbed`. */
  via(leg: Leg, at: Position, replaces: Via | null, grabbed: Position = replaces?.at ?? at): Edit {
    const { stops, photos } = this.session.trace;
    const from = stops[leg.from];
    const to = stops[leg.to];
    return {
      kind: "via",
      after_asset: photos[(from?.first ?? 0) + (from?.photos ?? 1) - 1]?.key ?? "",
      before_asset: photos[to?.first ?? 0]?.key ?? "",
      ...placed(at),
      after_via: this.before(leg, grabbed, replaces),
      replaces: replaces?.seq ?? null,
    };
  }

  /** Where a photo goes that is dropped at a spot of the page; null beside the map. */
  spot(clientX: number, clientY: number): Position | null {
    const box = this.view.map.getCanvas().getBoundingClientRect();
    if (clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom) return null;
    const at = this.view.map.unproject([clientX - box.left, clientY - box.top]).toArray();
    return this.onto(at);
  }

  /** Shows the point that is being placed; null: none. */
  mark(at: Position | null, rubber: Position[] = []): void {
    this.source("handle")?.setData({ type: "FeatureCollection", features: at ? [point(at, {})] : [] });
    this.source("rubber")?.setData({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: rubber } });
  }

  /** While a point is moved by keys. */
  try(edit: Edit): void {
    this.session.held = true;
    this.preview.want(edit);
  }

  /** Back to what is saved. */
  drop(): void {
    this.preview.end();
    this.mark(null);
    this.session.held = false;
    if (this.touched.length) this.view.update(this.session.trace, this.touched, []);
    this.touched = [];
  }

  /** Saves; the shape of the last preview stays until the answer. */
  async save(edit: Edit): Promise<void> {
    this.preview.end();
    this.session.held = false;
    const done = await this.session.edit(edit);
    this.mark(null);
    if (!done) this.drop();
  }

  private listen(): void {
    this.addLayers();
    this.refresh();
    const { map } = this.view;
    map.on("mousedown", (event) => event.originalEvent.button === 0 && this.begin(event, MOUSE_PX));
    map.on("touchstart", (event) => event.points.length === 1 && this.begin(event, FINGER_PX));
    map.on("mousemove", (event) => this.hover(event));
    map.on("mouseout", () => !this.dragging && this.mark(null));
    map.on("click", (event) => !this.target(event.point, FINGER_PX) && this.chosen.nothing());
  }

  private hover(event: MapMouseEvent): void {
    if (this.dragging || this.session.held) return;
    const found = this.target(event.point, MOUSE_PX);
    this.view.map.getCanvas().style.cursor = found ? (found.what === "leg" || found.what === "via" ? "grab" : "pointer") : "";
    this.mark(found?.what === "leg" ? found.at : null);
  }

  private begin(event: MapMouseEvent | MapTouchEvent, reach: number): void {
    const target = this.target(event.point, reach);
    if (!target) return;
    event.preventDefault();
    if (target.what === "stop") {
      this.chosen.stop(target.index);
      return;
    }
    this.drag(target, event.point);
  }

  private drag(target: Draggable, start: { x: number; y: number }): void {
    const { map } = this.view;
    const box = map.getCanvas().getBoundingClientRect();
    let moved = false;
    let at: Position | null = null;
    this.dragging = true;
    const stop = new AbortController();
    const here = (event: PointerEvent): [number, number] => [event.clientX - box.left, event.clientY - box.top];
    const move = (event: PointerEvent): void => {
      const [x, y] = here(event);
      moved ||= Math.hypot(x - start.x, y - start.y) > MOVED_PX;
      if (!moved) return;
      at = map.unproject([x, y]).toArray();
      this.dragTo(target, at);
    };
    const end = (): void => {
      stop.abort();
      this.dragging = false;
      map.getCanvas().style.cursor = "";
    };
    const up = (event: PointerEvent): void => {
      move(event);
      end();
      if (moved && at) void this.save(this.editOf(target, at));
      else this.click(target);
    };
    const cancel = (): void => {
      end();
      this.drop();
    };
    map.getCanvas().style.cursor = "grabbing";
    addEventListener("pointermove", move, { signal: stop.signal });
    addEventListener("pointerup", up, { signal: stop.signal });
    addEventListener("pointercancel", cancel, { signal: stop.signal });
    addEventListener("keydown", (event) => event.key === "Escape" && cancel(), { signal: stop.signal });
  }

  private dragTo(target: Draggable, at: Position): void {
    this.session.held = true;
    if (target.what === "photo") {
      this.mark(this.onto(at), target.photo.at ? [target.photo.at, at] : []);
      return;
    }
    this.mark(at, this.rubber(target.leg, at));
    this.preview.want(this.editOf(target, at));
  }

  private editOf(target: Draggable, at: Position): Edit {
    if (target.what === "leg") return this.via(target.leg, at, null, target.at);
    if (target.what === "via") return this.via(target.leg, at, target.via);
    return { kind: "move", asset: target.photo.key, ...placed(this.onto(at)) };
  }

  private click(target: Draggable): void {
    this.drop();
    if (target.what === "leg") this.chosen.leg(target.leg, target.at);
    if (target.what === "photo") this.chosen.photo(target.photo);
    if (target.what === "via") void this.session.edit({ kind: "revert", seq: target.via.seq });
  }

  /** A thread from the neighbours to the finger, until the first answer is there. */
  private rubber(leg: Leg, at: Position): Position[] {
    if (this.touched.includes(leg.index)) return [];
    const from = this.session.trace.stops[leg.from]?.at;
    const to = this.session.trace.stops[leg.to]?.at;
    return from && to ? [from, at, to] : [];
  }

  private show(changes: Changes): void {
    if (!this.session.held) return;
    const legs = new Set([...this.touched, ...Object.keys(changes.legs).map(Number)]);
    this.touched = [...legs];
    this.view.update(applied(this.session.trace, changes), this.touched, []);
    this.source("rubber")?.setData({ type: "FeatureCollection", features: [] });
  }

  private target(spot: { x: number; y: number }, reach: number): Target | null {
    const { map } = this.view;
    if (!map.getLayer("vias")) return null;
    const box: [PointLike, PointLike] = [[spot.x - reach, spot.y - reach], [spot.x + reach, spot.y + reach]];
    const { legs, photos } = this.session.trace;
    const via = this.viaAt(spot, reach);
    if (via) return via;
    const photo = map.queryRenderedFeatures([spot.x, spot.y], { layers: ["photos"] })[0]?.properties;
    if (photo) return photo.cluster ? null : { what: "photo", photo: photos[photo.index as number] as Photo };
    const stop = map.queryRenderedFeatures([spot.x, spot.y], { layers: ["stops"], filter: ["has", "emoji"] })[0];
    if (stop) return { what: "stop", index: stop.properties.index as number };
    const line = map.queryRenderedFeatures(box, { layers: LINES })[0];
    const leg = line ? legs[line.id as number] : undefined;
    return leg ? { what: "leg", leg, at: this.nearestOn(leg, map.unproject([spot.x, spot.y]).toArray()).at } : null;
  }

  /** By where they are, not by what is drawn: one that was just put there can be grabbed before it is seen. */
  private viaAt(spot: { x: number; y: number }, reach: number): Target | null {
    for (const leg of this.session.trace.legs) {
      for (const via of leg.vias) {
        const at = this.view.map.project(via.at as [number, number]);
        if (Math.hypot(at.x - spot.x, at.y - spot.y) < reach + VIA_PX) return { what: "via", leg, via };
      }
    }
    return null;
  }

  private nearestOn(leg: Leg, at: Position): { at: Position; share: number } {
    const line = leg.lines.flat();
    return nearest(line, lengths(line), at);
  }

  private before(leg: Leg, at: Position, replaces: Via | null): number | null {
    const { share } = this.nearestOn(leg, at);
    const earlier = leg.vias.filter((each) => each.seq !== replaces?.seq).filter((each) => this.nearestOn(leg, each.at).share < share);
    return earlier.at(-1)?.seq ?? null;
  }

  /** Onto the path when it is near, else where it is. */
  private onto(at: Position): Position {
    const { map } = this.view;
    const spot = map.project(at as [number, number]);
    const box: [PointLike, PointLike] = [[spot.x - ONTO_PX, spot.y - ONTO_PX], [spot.x + ONTO_PX, spot.y + ONTO_PX]];
    const line = map.queryRenderedFeatures(box, { layers: LINES })[0];
    const leg = line ? this.session.trace.legs[line.id as number] : undefined;
    return leg ? this.nearestOn(leg, at).at : at;
  }

  private source(name: string): GeoJSONSource | undefined {
    return this.view.map.getSource(name);
  }

  private addLayers(): void {
    const { map, look } = this.view;
    for (const name of ["vias", "handle", "rubber"]) {
      map.addSource(name, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    }
    map.addLayer({ id: "rubber", type: "line", source: "rubber", paint: { "line-color": look.theme.line, "line-width": 2, "line-dasharray": [2, 2] } });
    map.addLayer({
      id: "vias", type: "circle", source: "vias",
      paint: { "circle-radius": 7, "circle-color": "#ffffff", "circle-stroke-width": 3.5, "circle-stroke-color": look.theme.line },
    });
    map.addLayer({
      id: "handle", type: "circle", source: "handle",
      paint: { "circle-radius": 8, "circle-color": look.theme.line, "circle-stroke-width": 3, "circle-stroke-color": "#ffffff" },
    });
  }
}

function placed(at: Position): { lat: number; lon: number } {
  return { lat: round(at[1] ?? 0), lon: round(at[0] ?? 0) };
}

function point(at: Position, properties: Record<string, number>): Feature {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: at } };
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
