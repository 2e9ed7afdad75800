/** Playback: play, where on the way, speed, and the photo strip. */
import { calm } from "./config";
import { button, drawing, element, icon } from "./dom";
import { byPlayback, outlines, type Profile } from "./heights";
import type { Player } from "./player";
import type { Reader } from "./reader";
import { Strip } from "./strip";

export interface Bar {
  root: HTMLElement;
  refresh: () => void;
}

export function bar(player: Player, reader: Reader, prefix: string, following: (on: boolean) => void): Bar {
  const { say } = reader;
  const photos = player.times.photos.map(({ photo }) => photo);
  const play = button("play", say("play"), () => player.toggle(), "play");
  const scrub = slider(player, reader);
  const speed = element("button", { type: "button", className: "speed", onclick: () => player.faster() });
  const follow = button("follow", say("follow"), () => {
    const on = follow.getAttribute("aria-pressed") !== "true";
    follow.setAttribute("aria-pressed", String(on));
    following(on);
  });
  follow.setAttribute("aria-pressed", "false");
  const strip = new Strip(photos, prefix, reader, (index) => {
    player.pause();
    player.seek(player.times.photos[index]?.t ?? 0);
  });
  const when = element("span", { className: "when" });
  const profile = byPlayback(player.times);
  const line = element("div", { className: "line" }, scrub, when, follow, speed);
  const root = element("section", { className: "bar", aria: { label: say("play") } }, play, element("div", { className: "track" }, strip.root, profile && heights(profile, reader), line));
  let shown = false;
  const refresh = (): void => {
    if (player.playing !== shown) turn(play, (shown = player.playing), reader);
    scrub.value = String(Math.round(player.t * 1000));
    scrub.style.setProperty("--share", String(player.times.seconds ? player.t / player.times.seconds : 0));
    const up = player.begun ? Math.max(0, player.times.up(player.t)) : -1;
    const photo = photos[up];
    strip.mark(up, !calm() && !player.playing);
    scrub.setAttribute("aria-valuetext", photo ? reader.label(photo) : reader.title());
    when.textContent = photo?.time ? reader.words.clock(photo.time, photo.offsetMin) : "";
    speed.textContent = `${reader.words.number(player.speed)}×`;
    speed.title = say("faster", { speed: reader.words.number(player.speed) });
    speed.setAttribute("aria-label", speed.title);
  };
  player.listen(refresh);
  refresh();
  return { root, refresh };
}

const [WIDE, HIGH] = [600, 24];

/** What of the way goes up and down, above the place on it. */
function heights(profile: Profile, { say, words }: Reader): Element {
  const { line, area } = outlines(profile, WIDE, HIGH);
  const text = say("heights_said", { low: words.height(profile.low), top: words.height(profile.top) });
  const drawn = drawing({ viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", class: "heights", role: "img", "aria-label": text }, { class: "area", d: area }, { class: "rise", d: line });
  return element("div", { className: "profile", title: text }, drawn);
}

function turn(play: HTMLElement, playing: boolean, { say }: Reader): void {
  const label = say(playing ? "pause" : "play");
  play.replaceChildren(icon(playing ? "pause" : "play"));
  play.title = label;
  play.setAttribute("aria-label", label);
}

/** In milliseconds of playback; arrows go from photo to photo. */
function slider(player: Player, reader: Reader): HTMLInputElement {
  const made = element("input", {
    type: "range", className: "scrub", min: "0", max: String(Math.max(1, Math.round(player.times.seconds * 1000))), step: "1", value: "0",
    aria: { label: reader.say("scrub") },
  });
  made.addEventListener("input", () => {
    if (player.playing) player.pause();
    player.seek(Number(made.value) / 1000);
  });
  made.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    player.step(by);
  });
  return made;
}
