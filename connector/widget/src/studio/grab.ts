/** Corrections on the map: the line is grabbed anywhere and dragged, with mouse, finger or keys. */
import type { Feature, Position } from "geojson";
import type { ExpressionSpecification, FilterSpecification, GeoJSONSource, MapMouseEvent, MapTouchEvent, PointLike } from "maplibre-gl";
import { calm, photoUrl } from "../config";
import type { Changes, Leg, Photo, Via } from "../document";
import { widthOf } from "../drawing";
import { inOne, lengths, near, nearest } from "../polyline";
import type { View } from "../view";
import type { Edit } from "./api";
import { applied } from "./applied";
import { Carried } from "./carried";
import { Hand, spots } from "./hand";
import { painted } from "./painted";
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
/** A leg that is shorter on the screen is looked at from nearer. */
const GRABBABLE_PX = 90;
const NO_LEG = -1;
const TAP_MS = 1000;

export class Grab {
  private readonly preview: Preview;
  private readonly hand: Hand;
  /** Legs that are drawn by the hand instead of the map. */
  private touched: number[] = [];
  /** While a point is placed by keys or by pointing, nothing is grabbed. */
  placing = false;
  private dragging = false;
  private marked = NO_LEG;
  private touchedAt = -Infinity;
  private rereads = 0;

  constructor(private readonly view: View, private readonly session: Session, private readonly chosen: Chosen) {
    this.preview = new Preview((edit) => session.preview(edit), (changes) => this.show(changes));
    this.hand = new Hand(view);
    void view.loaded().then(() => this.listen());
  }

  /** The vias of the trace, and nothing half done. */
  refresh(): void {
    const vias = this.view.trace.legs.flatMap((leg) => leg.vias.map((via) => point(via.at, { leg: leg.index, seq: via.seq })));
    this.source("vias")?.setData({ type: "FeatureCollection", features: vias });
  }

  /** Another trace: the map draws all of it. */
  reread(): void {
    this.rereads += 1;
    this.touched = [];
    this.hand.clear();
    this.refresh();
  }

  /** After an edit: the new shapes are seen at once, and stay until the map has drawn them itself. What costs time, and
   * `then`, waits until they are on the screen. */
  corrected(changes: Changes, then: () => void): void {
    this.preview.end();
    const { trace } = this.session;
    this.draw(trace, changes);
    const { rereads, touched } = this;
    painted(() => {
      if (rereads !== this.rereads) return; // all of it was drawn anew meanwhile
      this.handOver(trace, touched, Object.keys(changes.stops).map(Number));
      then();
    });
  }

  private handOver(trace: Session["trace"], legs: number[], stops: number[]): void {
    this.view.update(trace, legs, stops);
    this.refresh();
    this.view.map.once("idle", () => {
      if (this.touched === legs) this.let();
    });
  }

  /** Marks on the map what is chosen beside it. */
  mark(leg: number | null, at: Position | null): void {
    this.marked = leg ?? NO_LEG;
    this.hand.mark(at);
    if (this.view.map.getLayer("chosen")) this.view.map.setFilter("chosen", isLeg(this.marked));
  }

  /** Brings the leg into sight, where it is out of it or too small to be grabbed. */
  look(leg: Leg): void {
    const { map } = this.view;
    const shown = spots(leg.lines, this.view);
    const [xs, ys] = [shown.map(({ x }) => x), shown.map(({ y }) => y)];
    const [low, high] = [map.unproject([Math.min(...xs), Math.max(...ys)]), map.unproject([Math.max(...xs), Math.min(...ys)])];
    const { clientWidth, clientHeight } = map.getContainer();
    const inside = Math.min(...xs) > 0 && Math.max(...xs) < clientWidth && Math.min(...ys) > 0 && Math.max(...ys) < clientHeight;
    const size = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
    if (inside && size > GRABBABLE_PX) return;
    map.fitBounds([low, high], { padding: Math.min(clientWidth, clientHeight) / 4, maxZoom: 16, ...(calm() ? { animate: false } : { duration: 500 }) });
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

  /** The photo at that place, or on the path where that is near. */
  move(photo: Photo, at: Position): Edit {
    return { kind: "move", asset: photo.key, ...placed(this.onto(at)) };
  }

  /** The place at a spot of the page; null beside the map. */
  spot(clientX: number, clientY: number): Position | null {
    const box = this.view.map.getCanvas().getBoundingClientRect();
    if (clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom) return null;
    return this.view.map.unproject([clientX - box.left, clientY - box.top]).toArray();
  }

  /** Shows where a photo would lie; null: nowhere. */
  tryPhoto(photo: Photo, at: Position | null): void {
    this.session.held = at !== null;
    this.hand.hold(at && this.onto(at), at && photo.at ? [photo.at, at] : []);
  }

  /** Shows the point that is being placed, and the way as it would be. */
  try(edit: Edit, at: Position): void {
    this.session.held = true;
    this.hand.hold(at);
    this.preview.want(edit);
  }

  /** Back to what is saved. */
  drop(): void {
    this.preview.end();
    this.hand.hold(null);
    this.session.held = false;
    this.let();
  }

  /** Saves; the shape of the last preview stays until the answer. */
  async save(edit: Edit): Promise<void> {
    this.preview.end(edit);
    this.session.held = false;
    const done = await this.session.edit(edit);
    this.hand.hold(null);
    if (!done) this.drop();
  }

  removeVia(via: Via): void {
    void this.session.edit({ kind: "revert", seq: via.seq, own_step: true });
  }

  private listen(): void {
    this.addLayers();
    this.refresh();
    const { map } = this.view;
    map.on("mousedown", (event) => event.originalEvent.button === 0 && !this.afterTouch(event) && this.begin(event, MOUSE_PX));
    map.on("touchstart", (event) => {
      this.touchedAt = event.originalEvent.timeStamp;
      if (event.points.length === 1) this.begin(event, FINGER_PX);
    });
    map.on("mousemove", (event) => this.hover(event));
    map.on("mouseout", () => !this.dragging && !this.session.held && this.hand.hold(null));
    map.on("click", (event) => !this.placing && !this.target(event.point, FINGER_PX) && this.chosen.nothing());
  }

  /** Browsers repeat a tap as a click of a mouse that nobody has. */
  private afterTouch(event: MapMouseEvent): boolean {
    return event.originalEvent.timeStamp - this.touchedAt < TAP_MS;
  }

  private hover(event: MapMouseEvent): void {
    if (this.dragging || this.session.held) return;
    const found = this.target(event.point, MOUSE_PX);
    this.view.map.getCanvas().style.cursor = found ? (found.what === "leg" || found.what === "via" ? "grab" : "pointer") : "";
    this.hand.hold(found?.what === "leg" ? found.at : null);
  }

  private begin(event: MapMouseEvent | MapTouchEvent, reach: number): void {
    const target = this.placing ? null : this.target(event.point, reach);
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
    const carried = target.what === "photo" ? new Carried(photoUrl(`${this.session.api.base}/traces/${this.session.id}/photos/`, target.photo.key, 256)) : null;
    let moved = false;
    let at: Position | null = null;
    this.dragging = true;
    const stop = new AbortController();
    const move = (event: PointerEvent): void => {
      if (!event.isPrimary) return;
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      moved ||= Math.hypot(x - start.x, y - start.y) > MOVED_PX;
      if (!moved) return;
      at = map.unproject([x, y]).toArray();
      carried?.to(event.clientX, event.clientY);
      this.dragTo(target, at);
    };
    const end = (): void => {
      stop.abort();
      carried?.drop();
      this.dragging = false;
      map.getCanvas().style.cursor = "";
    };
    const up = (event: PointerEvent): void => {
      if (!event.isPrimary) return;
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
    addEventListener("pointerdown", (event) => !event.isPrimary && cancel(), { signal: stop.signal }); // two fingers move the map
    addEventListener("keydown", (event) => event.key === "Escape" && cancel(), { signal: stop.signal });
  }

  private dragTo(target: Draggable, at: Position): void {
    if (target.what === "photo") {
      this.tryPhoto(target.photo, at);
      return;
    }
    this.try(this.editOf(target, at), at);
    this.hand.hold(at, this.rubber(target.leg, at));
  }

  private editOf(target: Draggable, at: Position): Edit {
    if (target.what === "leg") return this.via(target.leg, at, null, target.at);
    if (target.what === "via") return this.via(target.leg, at, target.via);
    return this.move(target.photo, at);
  }

  private click(target: Draggable): void {
    this.drop();
    if (target.what === "leg") this.chosen.leg(target.leg, target.at);
    if (target.what === "photo") this.chosen.photo(target.photo);
    if (target.what === "via") this.removeVia(target.via);
  }

  /** A thread from the neighbours to the finger, until the first answer is there. */
  private rubber(leg: Leg, at: Position): Position[] {
    if (this.touched.includes(leg.index)) return [];
    const from = this.session.trace.stops[leg.from]?.at;
    const to = this.session.trace.stops[leg.to]?.at;
    return from && to ? [from, at, to] : [];
  }

  private show(changes: Changes): void {
    this.draw(applied(this.session.trace, changes), changes);
  }

  /** The hand draws what changed, and what it drew before. */
  private draw(trace: Session["trace"], changes: Changes): void {
    this.touched = [...new Set([...this.touched, ...Object.keys(changes.legs).map(Number)])];
    this.hand.show(this.view.features(this.view.trace, this.touched).way, this.view.features(trace, this.touched));
  }

  /** The map alone draws again. */
  private let(): void {
    this.hand.clear();
    this.touched = [];
  }

  private target(spot: { x: number; y: number }, reach: number): Target | null {
    const { map } = this.view;
    if (!map.getLayer("vias")) return null;
    const via = this.viaAt(spot, reach);
    if (via) return via;
    const photo = map.queryRenderedFeatures([spot.x, spot.y], { layers: ["photos"] })[0]?.properties;
    if (photo) return photo.cluster ? null : { what: "photo", photo: this.session.trace.photos[photo.index as number] as Photo };
    const stop = map.queryRenderedFeatures([spot.x, spot.y], { layers: ["stops"], filter: ["has", "emoji"] })[0];
    if (stop) return { what: "stop", index: stop.properties.index as number };
    return this.legAt(spot, reach);
  }

  /** The nearest leg; of several at the same place the one that is chosen. */
  private legAt(spot: { x: number; y: number }, reach: number): (Target & { what: "leg" }) | null {
    const { map } = this.view;
    const box: [PointLike, PointLike] = [[spot.x - reach, spot.y - reach], [spot.x + reach, spot.y + reach]];
    const to = map.unproject([spot.x, spot.y]).toArray();
    const ids = new Set(map.queryRenderedFeatures(box, { layers: LINES }).map((feature) => feature.id as number));
    if (ids.has(this.marked)) ids.forEach((id) => id !== this.marked && ids.delete(id));
    const found = [...ids].map((id) => this.session.trace.legs[id]).filter((leg) => leg !== undefined).map((leg) => ({ leg, ...this.nearestOn(leg, to) }));
    const best = found.reduce((one, other) => (!one || other.distance < one.distance ? other : one), null as (typeof found)[number] | null);
    return best && { what: "leg", leg: best.leg, at: best.at };
  }

  /** By where they are, not by what is drawn: one that was just put there can be grabbed before it is seen. */
  private viaAt(spot: { x: number; y: number }, reach: number): Target | null {
    const { map } = this.view;
    const { lng } = map.unproject([spot.x, spot.y]);
    for (const leg of this.session.trace.legs) {
      for (const via of leg.vias) {
        const at = map.project(near(via.at, lng));
        if (Math.hypot(at.x - spot.x, at.y - spot.y) < reach + VIA_PX) return { what: "via", leg, via };
      }
    }
    return null;
  }

  private nearestOn(leg: Leg, at: Position): ReturnType<typeof nearest> {
    const line = inOne(leg.lines);
    return nearest(line, lengths(line), at);
  }

  private before(leg: Leg, at: Position, replaces: Via | null): number | null {
    const { share } = this.nearestOn(leg, at);
    const earlier = leg.vias.filter((each) => each.seq !== replaces?.seq).filter((each) => this.nearestOn(leg, each.at).share < share);
    return earlier.at(-1)?.seq ?? null;
  }

  /** Onto the path when it is near, else where it is. */
  private onto(at: Position): Position {
    return this.legAt(spots([[at]], this.view)[0] as { x: number; y: number }, ONTO_PX)?.at ?? at;
  }

  private source(name: string): GeoJSONSource | undefined {
    return this.view.map.getSource(name);
  }

  private addLayers(): void {
    const { map, look } = this.view;
    const round = { "line-cap": "round", "line-join": "round" } as const;
    map.addSource("vias", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    map.addLayer({ id: "chosen", type: "line", source: "way", filter: isLeg(this.marked), layout: round, paint: { "line-color": look.theme.line, "line-opacity": 0.4, "line-width": widthOf(look, 15) as ExpressionSpecification } }, "way-halo");
    map.addLayer({
      id: "vias", type: "circle", source: "vias",
      paint: { "circle-radius": 7, "circle-color": "#ffffff", "circle-stroke-width": 3.5, "circle-stroke-color": look.theme.line },
    });
  }
}

function isLeg(index: number): FilterSpecification {
  return ["==", ["id"], index];
}

/** As the server takes it: within 180 degrees, on whichever copy of the world it was pointed at. */
function placed(at: Position): { lat: number; lon: number } {
  const [lon, lat] = near(at, 0);
  return { lat: round(lat), lon: round(lon) };
}

function point(at: Position, properties: Record<string, number>): Feature {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: at } };
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
