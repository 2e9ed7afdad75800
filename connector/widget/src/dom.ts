/** Elements without a framework: the embed's whole interface is a dozen of them. */

type Props<T> = Partial<Omit<T, "style" | "dataset">> & { data?: Record<string, string>; aria?: Record<string, string> };
type Child = Node | string | null | undefined | false;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props<HTMLElementTagNameMap[K]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const { data, aria, ...rest } = props;
  const made = Object.assign(document.createElement(tag), rest);
  Object.assign(made.dataset, data);
  for (const [name, value] of Object.entries(aria ?? {})) made.setAttribute(name === "role" ? name : `aria-${name}`, value);
  made.append(...children.filter((child): child is Node | string => !!child));
  return made;
}

const PATHS = {
  play: "M8 5.2v13.6c0 .8.9 1.3 1.6.9l10.6-6.8c.6-.4.6-1.3 0-1.7L9.6 4.300c-.7-.5-1.600 0-1.600.9z",
  pause: "M7 4.500h3.200v15H7zM13.800 4.500H17v15h-3.200z",
  close: "M6 6l12 12M18 6L6 18",
  next: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  list: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  open: "M14 4h6v6M20 4l-9 9M10 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-4",
  video: "M4 7a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM16 10l5-3v10l-5-3z",
  undo: "M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "M15 14l5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13",
  follow: "M12 3l7.500 18L12 17l-7.500 4z",
} as const;

export type Icon = keyof typeof PATHS;
const FILLED = new Set<Icon>(["play", "pause"]);

const SVG = "http://www.w3.org/2000/svg";

/** An SVG of paths, by their attributes. */
export function drawing(attributes: Record<string, string>, ...paths: Record<string, string>[]): SVGSVGElement {
  const made = document.createElementNS(SVG, "svg");
  const set = (on: Element, values: Record<string, string>): void => Object.entries(values).forEach(([key, value]) => on.setAttribute(key, value));
  set(made, attributes);
  for (const each of paths) set(made.appendChild(document.createElementNS(SVG, "path")), each);
  return made;
}

export function icon(name: Icon): SVGSVGElement {
  const look = FILLED.has(name) ? "filled" : "drawn";
  return drawing({ viewBox: "0 0 24 24", width: "20", height: "20", "aria-hidden": "true", class: look }, { d: PATHS[name] });
}

export function button(name: Icon, label: string, onclick: () => void, className = "round"): HTMLButtonElement {
  return element("button", { type: "button", className, title: label, aria: { label }, onclick }, icon(name));
}
