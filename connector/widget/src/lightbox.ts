/** One photo, large. */
import "./lightbox.css";
import { photoUrl } from "./config";
import { button, element, icon } from "./dom";
import type { Photo } from "./document";
import type { Reader } from "./reader";

export class Lightbox {
  readonly root: HTMLDialogElement;
  private readonly image = element("img", { alt: "" });
  private readonly text = element("figcaption");
  private at = 0;

  /** `opens`: the address at which a photo opens in its library; null where the viewer must not know. */
  constructor(
    public photos: readonly Photo[],
    private readonly prefix: string,
    readonly reader: Reader,
    private readonly opens: (photo: Photo) => string | null,
    private readonly shown: (photo: Photo) => void,
  ) {
    const { say } = reader;
    const close = button("close", say("close"), () => this.root.close(), "round close");
    const back = button("back", say("back"), () => this.step(-1), "round back");
    const next = button("next", say("next"), () => this.step(1), "round next");
    this.root = element("dialog", { className: "lightbox", aria: { label: say("photos") } }, element("figure", {}, this.image, this.text), back, next, close);
    this.root.addEventListener("click", (event) => event.target === this.root && this.root.close());
    this.root.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) this.step(by);
    });
  }

  open({ key }: Photo): void {
    const at = this.photos.findIndex((each) => each.key === key); // read anew, it is another object
    if (at < 0) return;
    this.show(at);
    if (!this.root.open) this.root.showModal();
  }

  private step(by: number): void {
    this.show((this.at + by + this.photos.length) % this.photos.length);
  }

  private show(at: number): void {
    const photo = this.photos[at];
    if (!photo) return;
    this.at = at;
    this.image.src = photoUrl(this.prefix, photo.key, 1024);
    this.image.alt = this.reader.label(photo);
    this.image.style.background = photo.colour ?? "";
    this.text.replaceChildren(...this.caption(photo));
    this.shown(photo);
  }

  private caption(photo: Photo): Node[] {
    const { reader } = this;
    const { say } = reader;
    const facts = [reader.when(photo), photo.altitude === null ? null : reader.words.height(photo.altitude), photo.inferred ? say("guessed") : null];
    const name = reader.where(photo) ?? photo.name ?? say(photo.video ? "video" : "photo", { n: photo.index + 1 });
    const href = this.opens(photo);
    const link = href && element("a", { href, target: "_blank", rel: "noopener noreferrer" }, icon("open"), say("open"));
    return [
      element("strong", {}, name),
      element("span", {}, facts.filter(Boolean).join(" · ")),
      element("span", { className: "count" }, say("of", { n: this.at + 1, all: this.photos.length })),
      ...(link ? [link] : []),
    ];
  }
}
