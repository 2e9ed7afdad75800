/** The embed: a poster at once, the map when it comes into sight. No cookie, no storage, no request to others. */
import "./embed.css";
import { config, host, looks } from "../config";
import { element } from "../dom";
import { texts } from "../texts";

async function start(): Promise<void> {
  const root = host();
  const said = config(root);
  const shown = looks(said);
  document.documentElement.lang = shown.lang;
  const poster = element("img", { className: "poster", src: said.picture, alt: "", decoding: "async" });
  root.setAttribute("role", "main");
  root.classList.add("tracer", "waiting");
  root.replaceChildren(poster);
  await seen(root);
  const answer = fetch(said.document);
  const [{ stage }, say] = await Promise.all([import("./stage"), texts(shown.lang)]);
  await stage({ root, said, shown, say, poster, answer });
}

/** When the element comes into sight: a frame far down a page loads no map. */
function seen(root: HTMLElement): Promise<void> {
  return new Promise((resolve) => {
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      resolve();
    });
    watch.observe(root);
  });
}

void start();
