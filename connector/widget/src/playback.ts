/** Playback on the map: the head with its photo, what is dimmed, and the map that goes along. */
import { Marker } from "maplibre-gl";
import { bar } from "./bar";
import { calm, photoUrl } from "./config";
import { element } from "./dom";
import type { Photo } from "./document";
import { near } from "./polyline";
import type { Player } from "./player";
import type { Reader } from "./reader";
import type { View } from "./view";

export interface Place {
  root: HTMLElement;
  prefix: string;
  reader: Reader;
  open: (photo: Photo) => void;
}

const CLOSE_ZOOM = 14;

export class Playback {
  readonly bar: HTMLElement;
  private following = false;
  private head: Marker | null = null;

  /** `view` is null where there is no map: the strip still works. */
  constructor(private readonly view: View | null, private readonly player: Player, private readonly place: Place) {
    this.bar = bar(player, place.reader, place.prefix, (on) => this.follow(on)).root;
    player.listen(() => this.move());
  }

  remove(): void {
    this.player.pause();
    this.head?.remove();
    this.bar.remove();
    this.view?.pass(Infinity);
  }

  private follow(on: boolean): void {
    this.following = on;
    const map = this.view?.map;
    if (!on || !map) return;
    const at = this.player.times.head(this.player.t).at as [number, number];
    map.easeTo({ center: at, zoom: Math.max(map.getZoom(), CLOSE_ZOOM), ...(calm() ? { animate: false } : { duration: 700 }) });
  }

  private move(): void {
    const { player, view, place } = this;
    if (!view) return;
    view.pass(player.begun ? player.t : Infinity);
    place.root.classList.toggle("begun", player.begun);
    view.fadePhotos(player.begun && player.playing);
    if (!player.begun) {
      this.head?.remove();
      return;
    }
    const { at, photo } = player.times.head(player.t);
    this.head ??= new Marker({ element: this.bubble(), anchor: "bottom", offset: [0, -4] });
    this.head.setLngLat(at as [number, number]).addTo(view.map);
    if (photo) this.show(this.head.getElement().querySelector("img") as HTMLImageElement, photo);
    this.keepInSight(view, at as [number, number]);
  }

  private show(image: HTMLImageElement, photo: Photo): void {
    const src = photoUrl(this.place.prefix, photo.key, 256);
    if (image.getAttribute("src") === src) return;
    image.src = src;
    image.style.background = photo.colour ?? "";
  }

  private bubble(): HTMLElement {
    const open = (): void => {
      const { photo } = this.player.times.head(this.player.t);
      if (photo) this.place.open(photo);
    };
    return element("div", { className: "head" }, element("img", { alt: "", onclick: open }), element("i"));
  }

  private keepInSight({ map }: View, at: [number, number]): void {
    if (this.following && this.player.playing) {
      if (!map.isMoving()) map.jumpTo({ center: at });
      return;
    }
    const spot = map.project(near(at, map.getCenter().lng));
    const { clientWidth: wide, clientHeight: high } = map.getContainer();
    const [side, top, bottom] = [wide * 0.12, Math.min(130, high * 0.3), Math.min(150, high * 0.3)];
    const inside = spot.x > side && spot.x < wide - side && spot.y > top && spot.y < high - bottom;
    if (!inside && !map.isMoving()) map.easeTo({ center: at, ...(calm() ? { animate: false } : { duration: 800 }) });
  }
}
