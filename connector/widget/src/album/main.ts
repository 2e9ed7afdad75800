/** A page of its own: the map on top, all photos below, each opening large and from there in its library. */
import "./album.css";
import { config, host, looks, photoUrl } from "../config";
import { element } from "../dom";
import { read, type Photo, type Trace, type Wire } from "../document";
import { Reader } from "../reader";
import { texts } from "../texts";
import { words } from "../words";

async function start(): Promise<void> {
  const root = host();
  const said = config(root);
  const shown = looks(said);
  document.documentElement.lang = shown.lang;
  const poster = element("img", { className: "poster", src: said.picture, alt: "", decoding: "async" });
  const hero = element("div", { className: "tracer waiting" }, poster);
  const grid = element("div", { className: "photos" });
  root.replaceChildren(element("main", { className: "album" }, hero, grid));
  const asked = fetch(said.document);
  const answer = asked.then((each) => each.clone());
  const [{ stage }, say] = await Promise.all([import("../embed/stage"), texts(shown.lang)]);
  const page = await stage({ root: hero, said, shown, say, poster, answer });
  if (!page) return; // which it says
  const trace = read((await (await asked).json()) as Wire);
  const reader = new Reader(trace, say, words(shown.lang, trace.wire.style.units));
  grid.replaceChildren(...days(reader).map(([day, photos]) => section(day, photos, reader, said.photos, (photo) => page.open(photo.index))));
}

/** Photos by the day of the wall clock there; those without a time at the end. */
function days(reader: Reader): [string, Photo[]][] {
  const found = new Map<string, Photo[]>();
  const known = reader.trace.photos.filter((photo) => photo.time !== null).sort((a, b) => (a.time as number) - (b.time as number));
  for (const photo of [...known, ...reader.trace.photos.filter((each) => each.time === null)]) {
    const day = photo.time === null ? reader.say("some_day") : reader.words.day(photo.time, photo.offsetMin);
    found.set(day, [...(found.get(day) ?? []), photo]);
  }
  return [...found];
}

function section(day: string, photos: readonly Photo[], reader: Reader, prefix: string, open: (photo: Photo) => void): HTMLElement {
  return element(
    "section", {},
    element("h2", {}, day, element("small", {}, reader.say("count_photos", { n: photos.length }))),
    element("ul", {}, ...photos.map((photo) => element("li", {}, tile(photo, reader, prefix, open)))),
  );
}

function tile(photo: Photo, reader: Reader, prefix: string, open: (photo: Photo) => void): HTMLElement {
  const image = element("img", { src: photoUrl(prefix, photo.key, 256), alt: "", loading: "lazy", decoding: "async" });
  if (photo.colour) image.style.background = photo.colour;
  const label = reader.label(photo);
  return element("button", { type: "button", title: label, aria: { label }, onclick: () => open(photo) }, image, caption(photo, reader.trace));
}

function caption(photo: Photo, trace: Trace): HTMLElement | null {
  const stop = photo.stop === null ? undefined : trace.stops[photo.stop];
  return stop && stop.first === photo.index && (stop.name ?? stop.emoji) ? element("span", {}, [stop.emoji, stop.name].filter(Boolean).join(" ")) : null;
}

void start();
