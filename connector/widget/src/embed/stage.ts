/** The embed once it is in sight: document, map, title, bar, list, lightbox. */
import type { GeoJSONSource, PaddingOptions } from "maplibre-gl";
import { calm, type Config, type Looks } from "../config";
import { button, element, icon } from "../dom";
import { read, type Photo, type Trace, type Wire } from "../document";
import type { Look } from "../drawing";
import type { Lightbox } from "../lightbox";
import { look, paint } from "../look";
import { embedded, hear, tell, tellHeight } from "../messages";
import { Playback } from "../playback";
import { Player } from "../player";
import { Reader } from "../reader";
import type { Say } from "../texts";
import { theme, type Theme } from "../themes";
import { timeline, type Timeline } from "../timeline";
import { control, fitControl, View } from "../view";
import { words } from "../words";

const DARK = "(prefers-color-scheme: dark)";

export interface Stage {
  root: HTMLElement;
  said: Config;
  shown: Looks;
  say: Say;
  poster: HTMLImageElement;
  /** Of the document. */
  answer: Promise<Response>;
}

/** The page that was made; null where the document could not be had, which it says. */
export async function stage(at: Stage): Promise<{ open: (photo: number) => void } | null> {
  const { outline } = at.said;
  const early = outline && new Page(at, read(outline));
  await early?.view?.wayShown;
  const answer = await at.answer.catch(() => null);
  if (!answer?.ok) {
    note(at, at.say("failed"));
    return null;
  }
  const trace = read((await answer.json()) as Wire);
  const page = early ?? new Page(at, trace);
  await page.fill(trace);
  performance.mark(READY);
  document.documentElement.dataset.ready = "1";
  tell("ready", { title: page.reader.title() });
  return { open: (photo) => page.openPhoto(photo) };
}

function note({ root }: Stage, text: string): void {
  root.classList.remove("waiting");
  root.classList.add("plain");
  root.append(element("p", { className: "note", aria: { role: "status" } }, text));
  document.documentElement.dataset.ready = "1";
}

/** The list and large photos: fetched when a pointer or the focus comes near. */
const asked = (): Promise<typeof import("./asked")> => import("./asked");
/** Marks of the browser's own timeline. */
const [WAY, READY] = ["image-tracer:way", "image-tracer:ready"];
const NOTHING: Timeline = { seconds: 0, photos: [], legs: [], head: () => ({ at: [0, 0], photo: null, leg: null }), up: () => -1 };

/** Made of the outline, with room for everything, and filled when the document is there. */
class Page {
  readonly view: View | null;
  reader: Reader;
  private player = new Player(NOTHING);
  private lightbox: Lightbox | null = null;
  private readonly title: HTMLElement | null;
  private bar: HTMLElement | null;

  constructor(private readonly at: Stage, private trace: Trace) {
    const { root, shown, poster } = at;
    const canvas = element("div", { className: "map" });
    root.prepend(canvas);
    this.reader = this.readerOf(trace);
    document.title = this.reader.title();
    poster.alt = at.say("picture", { title: this.reader.title() });
    paint(this.theme());
    matchMedia(DARK).addEventListener("change", () => this.repaint());
    this.title = shown.title ? root.appendChild(titleCard(this.reader, at.said)) : null;
    this.bar = shown.player && trace.wire.summary.photos > 0 && trace.wire.bounds ? root.appendChild(this.makeBar()) : null;
    this.makeRoom();
    this.view = this.makeView(canvas, look(trace, this.theme()));
    void this.view?.wayShown.then(() => this.reveal());
  }

  /** The whole trace in the place of its outline; until everything is drawn. */
  async fill(trace: Trace): Promise<void> {
    const { root, shown, say } = this.at;
    this.trace = trace;
    this.reader = this.readerOf(trace);
    if (this.view && this.view.trace !== trace) {
      await this.view.show(trace, look(trace, this.theme()));
    }
    this.equip(trace);
    if (this.view && !trace.wire.bounds) root.append(element("p", { className: "note", aria: { role: "status" } }, say("nothing_placed")));
    if (this.view) this.listen(this.view);
    await this.view?.settled();
    if (this.view && shown.autoplay && !calm()) this.player.play();
  }

  private equip(trace: Trace): void {
    const { root, shown } = this.at;
    this.player = new Player(this.view?.times ?? NOTHING);
    this.bar?.remove();
    this.bar = this.view && shown.player && trace.placed.length > 0 ? root.appendChild(this.makeBar()) : null;
    this.makeRoom();
    for (const near of ["pointerenter", "focusin"]) root.addEventListener(near, () => void asked(), { once: true });
  }

  private async large(): Promise<Lightbox> {
    const made = await asked();
    this.lightbox ??= this.makeLightbox(made.Lightbox);
    return this.lightbox;
  }

  private makeLightbox(Made: typeof Lightbox): Lightbox {
    const { trace, at: { root, said } } = this;
    const photos = (this.view?.times ?? timeline(trace)).photos.map(({ photo }) => photo);
    const others = trace.photos.filter((photo) => photo.at === null);
    const made = new Made([...photos, ...others], said.photos, this.reader, (photo) => opens(trace, said, photo), (photo) => this.selected(photo));
    root.append(made.root);
    return made;
  }

  private readerOf(trace: Trace): Reader {
    return new Reader(trace, this.at.say, words(this.at.shown.lang, trace.wire.style.units));
  }

  private theme(): Theme {
    return theme(this.trace.wire.style.theme, this.at.shown.theme, matchMedia(DARK).matches);
  }

  private repaint(): void {
    paint(this.theme());
    void this.view?.setLook(look(this.trace, this.theme()));
  }

  /** The map in the place of the poster, as soon as there is a way to see. */
  private reveal(): void {
    performance.mark(WAY);
    this.at.root.classList.remove("waiting");
    this.at.poster.remove();
  }

  private makeRoom(): void {
    this.at.root.style.setProperty("--bar", `${this.bar ? this.bar.offsetHeight + 14 : 0}px`);
  }

  private makeView(container: HTMLElement, used: Look): View | null {
    const { root, said, shown, say } = this.at;
    try {
      const view = new View({
        container, trace: this.trace, look: used, lang: shown.lang, say, tiles: said.tiles, photos: said.photos,
        cooperative: embedded(), fullscreen: root, padding: () => this.padding(),
      });
      view.map.addControl(fitControl(view, say), "top-right");
      view.map.addControl(control(this.listButton()), "top-right");
      return view;
    } catch (error) {
      console.info("no map:", error instanceof Error ? error.message : error); // no WebGL: the picture stays
      container.remove();
      note(this.at, say("no_map"));
      return null;
    }
  }

  private makeBar(): HTMLElement {
    const { root, said } = this.at;
    const stageOf = { root, prefix: said.photos, reader: this.reader, open: (photo: Photo) => this.openPhoto(photo.index) };
    this.player.listen(() => tell("state", { playing: this.player.playing, share: this.player.times.seconds ? this.player.t / this.player.times.seconds : 0 }));
    return new Playback(this.view, this.player, stageOf).bar;
  }

  private listButton(): HTMLButtonElement {
    const { root, say } = this.at;
    let open: HTMLElement | null = null;
    const toggle = async (): Promise<void> => {
      const { list } = await asked();
      if (open) {
        open.remove();
        open = null;
        shown.focus();
      } else {
        open = root.appendChild(list(this.reader, (stop) => this.go(stop.at as [number, number], this.trace.photos[stop.first]), () => void toggle()));
        open.querySelector("button")?.focus();
      }
      root.classList.toggle("listing", open !== null);
      shown.setAttribute("aria-expanded", String(open !== null));
    };
    const shown = button("list", say("list"), () => void toggle(), "fit");
    shown.setAttribute("aria-expanded", "false");
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && open && !this.lightbox?.root.open) void toggle();
    });
    return shown;
  }

  private listen(view: View): void {
    const { map } = view;
    map.on("click", "photos", (event) => {
      const found = event.features?.[0];
      if (found?.properties?.cluster) void this.into(found.properties.cluster_id as number, event.lngLat.toArray());
      else if (found) this.openPhoto(found.properties?.index as number);
    });
    map.on("mouseenter", "photos", () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", "photos", () => (map.getCanvas().style.cursor = ""));
    let width = map.getContainer().clientWidth;
    map.on("resize", () => {
      const now = map.getContainer().clientWidth;
      if (Math.abs(now - width) > 40 && !this.player.begun) view.fit(false);
      width = now;
    });
    tellHeight(document.documentElement);
    hear((message) => this.obey(message, view));
  }

  private obey(message: Parameters<Parameters<typeof hear>[0]>[0], view: View): void {
    if (message.type === "image-tracer:play") this.player.play();
    if (message.type === "image-tracer:pause") this.player.pause();
    if (message.type === "image-tracer:fit") view.fit();
    const share = message.type === "image-tracer:seek" ? parseFloat(String(message.share)) : NaN;
    if (isFinite(share)) this.player.seek(share * this.player.times.seconds);
    if (message.type !== "image-tracer:select") return;
    const photo = this.trace.photos.find((each) => each.key === message.key || each.index === message.index);
    if (photo) this.openPhoto(photo.index);
  }

  /** Zooms until the cluster falls apart; where all its photos are at one spot, the first opens. */
  private async into(cluster: number, center: [number, number]): Promise<void> {
    const { map } = this.view as View;
    const source = map.getSource("photos") as GeoJSONSource;
    const zoom = await source.getClusterExpansionZoom(cluster);
    if (zoom <= 18) {
      map.easeTo({ center, zoom: Math.min(18, zoom + 0.3), ...(calm() ? { animate: false } : { duration: 500 }) });
      return;
    }
    const leaves = await source.getClusterLeaves(cluster, 1, 0);
    this.openPhoto(Number(leaves[0]?.properties?.index ?? 0));
  }

  openPhoto(index: number): void {
    const photo = this.trace.photos[index];
    if (!photo) return;
    this.player.pause();
    void this.large().then((large) => large.open(photo));
  }

  private selected(photo: Photo): void {
    const found = this.player.times.photos.find((each) => each.photo === photo);
    if (found && this.player.begun) this.player.seek(found.t);
    tell("select", { key: photo.key, index: photo.index });
  }

  private go(center: [number, number], photo: Photo | undefined): void {
    const { map } = this.view as View;
    map.easeTo({ center, zoom: Math.max(map.getZoom(), 14), ...(calm() ? { animate: false } : { duration: 700 }) });
    const found = this.player.times.photos.find((each) => each.photo === photo);
    if (found) this.player.seek(found.t);
  }

  /** Room for the panels: above the path or, in wide frames, beside it. */
  private padding(): PaddingOptions[] {
    const { clientWidth, clientHeight } = this.at.root;
    const [high, wide] = [this.title?.offsetHeight ?? 0, this.title?.offsetWidth ?? 0];
    const pin = 56;
    const bottom = Math.min(clientHeight * 0.4, (this.bar?.offsetHeight ?? 0) + 30);
    const above = { top: Math.min(clientHeight * 0.45, high + pin + 14), bottom, left: 34, right: 60 };
    const beside = { top: pin + 12, bottom, left: Math.min(clientWidth * 0.5, wide + 40), right: 64 };
    return [above, beside];
  }
}

function titleCard(reader: Reader, said: Config): HTMLElement {
  const { subtitle } = reader.trace.wire;
  const days = reader.days();
  const facts = [...reader.facts()].join(" · ");
  const link = said.link && element("a", { href: said.link, target: "_blank", rel: "noopener", title: reader.say("open_full"), aria: { label: reader.say("open_full") } }, icon("open"));
  return element(
    "div", { className: "title" },
    element("h1", {}, reader.title(), link || null),
    subtitle ? element("p", {}, subtitle) : null,
    element("p", { className: "facts" }, ...[days, facts].filter(Boolean).map((fact) => element("span", {}, fact as string))),
  );
}

function opens(trace: Trace, said: Config, photo: Photo): string | null {
  return trace.wire.photos.linked ? `${said.photos}${encodeURIComponent(photo.key)}/open` : null;
}
