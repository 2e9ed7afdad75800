/** The photo strip: the accessible twin of the thumbnails on the map. Only the buttons in sight exist. */
import { photoUrl } from "./config";
import { element } from "./dom";
import type { Photo } from "./document";
import type { Reader } from "./reader";

const BESIDE = 8;

export class Strip {
  readonly root = element("div", { className: "strip", aria: { role: "list" } });
  private readonly rail = element("div", { className: "rail" });
  private readonly buttons = new Map<number, HTMLElement>();
  private current = -1;

  constructor(
    private readonly photos: readonly Photo[],
    private readonly prefix: string,
    private readonly reader: Reader,
    private readonly choose: (index: number) => void,
  ) {
    this.root.setAttribute("aria-label", reader.say("photos"));
    this.root.append(this.rail);
    this.root.addEventListener("scroll", () => this.fill(), { passive: true });
    this.root.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.layOut()).observe(this.root);
  }

  /** Marks that photo and brings it into sight. */
  mark(index: number, smooth: boolean): void {
    if (index === this.current) return;
    this.current = index;
    const left = index * this.pitch - this.root.clientWidth / 2 + this.pitch / 2;
    this.root.scrollTo({ left, behavior: smooth ? "smooth" : "instant" });
    this.fill();
  }

  private get pitch(): number {
    return parseFloat(getComputedStyle(this.root).getPropertyValue("--pitch")) || 54;
  }

  private layOut(): void {
    this.rail.style.width = `${this.photos.length * this.pitch}px`;
    this.fill();
  }

  private fill(): void {
    const { pitch } = this;
    const from = Math.max(0, Math.floor(this.root.scrollLeft / pitch) - BESIDE);
    const to = Math.min(this.photos.length, Math.ceil((this.root.scrollLeft + this.root.clientWidth) / pitch) + BESIDE);
    for (const [index, item] of this.buttons) {
      const kept = (index >= from && index < to) || item.contains(document.activeElement);
      if (!kept) {
        item.remove();
        this.buttons.delete(index);
      }
    }
    for (let index = from; index < to; index++) if (!this.buttons.has(index)) this.add(index, pitch);
    for (const [index, item] of this.buttons) this.tell(item, index);
  }

  private add(index: number, pitch: number): void {
    const photo = this.photos[index] as Photo;
    const image = element("img", { alt: "", loading: "lazy", decoding: "async", src: photoUrl(this.prefix, photo.key, devicePixelRatio > 1.4 ? 256 : 64) });
    if (photo.colour) image.style.background = photo.colour;
    const shown = element("button", { type: "button", title: this.reader.label(photo), aria: { label: this.reader.label(photo) }, onclick: () => this.choose(index) }, image);
    const item = element("div", { className: "item", aria: { role: "listitem", setsize: String(this.photos.length), posinset: String(index + 1) } }, shown);
    item.style.left = `${index * pitch}px`;
    this.buttons.set(index, item);
    const after = [...this.buttons.keys()].filter((other) => other > index).sort((a, b) => a - b)[0];
    this.rail.insertBefore(item, after === undefined ? null : (this.buttons.get(after) ?? null));
  }

  /** One button takes part in tabbing: the current one, else the first. */
  private tell(item: HTMLElement, index: number): void {
    const shown = item.firstElementChild as HTMLButtonElement;
    const current = index === this.current;
    shown.tabIndex = index === Math.max(0, this.current) ? 0 : -1;
    shown.setAttribute("aria-current", String(current));
    item.classList.toggle("current", current);
  }

  private key(event: KeyboardEvent): void {
    const from = [...this.buttons].find(([, item]) => item.contains(document.activeElement))?.[0];
    const by = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (from === undefined || by === undefined) return;
    event.preventDefault();
    this.focus(Math.min(this.photos.length - 1, Math.max(0, from + by)));
  }

  private focus(index: number): void {
    const { pitch } = this;
    const left = index * pitch;
    if (left < this.root.scrollLeft || left + pitch > this.root.scrollLeft + this.root.clientWidth) {
      this.root.scrollTo({ left: left - this.root.clientWidth / 2, behavior: "instant" });
    }
    this.fill();
    (this.buttons.get(index)?.firstElementChild as HTMLElement | null)?.focus({ preventScroll: true });
  }
}
