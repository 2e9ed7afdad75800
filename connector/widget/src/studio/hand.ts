/** What lies over the map while a hand is at work: legs as they would be, the point that is held and a thread to it.
 * It is drawn beside the map's canvas, so that nothing of it waits for a frame of the map. */
import type { Feature, Position } from "geojson";
import type { Pattern } from "../document";
import { inOne, near } from "../polyline";
import type { View } from "../view";

const SVG = "http://www.w3.org/2000/svg";
/** Width of a line by zoom, as the map draws it. */
const WIDTHS: [zoom: number, share: number][] = [[4, 0.65], [10, 0.95], [16, 1.3]];
const DASHES: Record<Pattern, number[] | null> = { solid: null, dashed: [2, 1.4], dotted: [0.1, 2] };

type Spot = { x: number; y: number };

interface Stroke {
  feature: Feature;
  path: SVGPathElement;
  more: number;
  dash: number[] | null;
}

export class Hand {
  private readonly root = make("svg", { class: "hand", "aria-hidden": "true" });
  private readonly way = make("g", { fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round" });
  private readonly thread = make("path", { class: "thread" });
  private readonly ring = make("circle", { class: "ring", r: "19" });
  private readonly knob = make("circle", { class: "knob", r: "8" });
  private strokes: Stroke[] = [];
  private held: Position | null = null;
  private ringed: Position | null = null;
  private rubber: Position[] = [];

  constructor(private readonly view: View) {
    this.root.append(this.way, this.thread, this.ring, this.knob);
    view.map.getCanvasContainer().after(this.root);
    view.map.on("move", () => this.draw());
    this.draw();
  }

  /** The point that is held (null: none), and what it hangs on until the way to it is known. */
  hold(at: Position | null, rubber: Position[] = []): void {
    this.held = at;
    this.rubber = rubber;
    this.drawPoints();
  }

  /** Marks what was chosen. */
  mark(at: Position | null): void {
    this.ringed = at;
    this.drawPoints();
  }

  /** Draws these legs, and no others, as the map does; what the map still shows in their place stands back. */
  show(before: readonly Feature[], { way, pieces }: { way: readonly Feature[]; pieces: readonly Feature[] }): void {
    const { theme } = this.view.look;
    const veils = before.map((feature) => stroke(feature, theme.line_halo, 1, null, "veil"));
    const halos = way.map((feature) => stroke(feature, theme.line_halo, feature.properties?.pattern === "solid" ? 4 : 2.5, null, `leg-${String(feature.id)}`));
    const plain = way.filter(({ properties }) => properties?.flat || properties?.pattern !== "solid");
    const lines = plain.map((feature) => stroke(feature, String(feature.properties?.colour), feature.properties?.flat ? 0 : -1, DASHES[feature.properties?.pattern as Pattern]));
    this.strokes = [...veils, ...halos, ...lines, ...pieces.map((feature) => stroke(feature, String(feature.properties?.colour), 0, null))];
    this.way.replaceChildren(...this.strokes.map(({ path }) => path));
    this.drawWay();
  }

  /** The map draws the legs itself again. */
  clear(): void {
    this.strokes = [];
    this.way.replaceChildren();
  }

  private draw(): void {
    this.drawWay();
    this.drawPoints();
  }

  private drawWay(): void {
    const scale = this.view.look.widthPx * share(this.view.map.getZoom());
    for (const { feature, path, more, dash } of this.strokes) {
      const width = scale * Number(feature.properties?.wide ?? 1) + more;
      path.setAttribute("d", linesOf(feature).map((line) => this.line(line)).join(""));
      path.setAttribute("stroke-width", width.toFixed(2));
      if (dash) path.setAttribute("stroke-dasharray", dash.map((part) => (part * width).toFixed(2)).join(" "));
    }
  }

  private drawPoints(): void {
    this.put(this.knob, this.held);
    this.put(this.ring, this.ringed);
    this.thread.setAttribute("d", this.line(this.rubber));
  }

  private put(circle: SVGElement, at: Position | null): void {
    circle.toggleAttribute("hidden", at === null);
    if (!at) return;
    const { x, y } = spots([[at]], this.view)[0] as Spot;
    circle.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  }

  private line(positions: Position[]): string {
    return spots([positions], this.view).map(({ x, y }, n) => {
      return `${n ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    }).join("");
  }
}

/** Where a line is on the screen: on the copy of the world on which its middle is nearest to that of the map. */
export function spots(lines: readonly Position[][], { map }: View): Spot[] {
  const line = inOne(lines);
  const middle = line[line.length >> 1] ?? [0, 0];
  const turn = near(middle, map.getCenter().lng)[0] - (middle[0] as number);
  return line.map(([lon = 0, lat = 0]) => map.project([lon + turn, lat]));
}

function make<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function stroke(feature: Feature, colour: string, more: number, dash: number[] | null, kind = "line"): Stroke {
  return { feature, path: make("path", { class: kind, stroke: colour }), more, dash };
}

function linesOf({ geometry }: Feature): Position[][] {
  if (geometry.type === "LineString") return [geometry.coordinates];
  return geometry.type === "MultiLineString" ? geometry.coordinates : [];
}

function share(zoom: number): number {
  const next = WIDTHS.findIndex(([at]) => at > zoom);
  if (next === 0) return WIDTHS[0]?.[1] ?? 1;
  const [[low, from], [high, to]] = [WIDTHS.at(next - 1) as [number, number], WIDTHS.at(next) as [number, number]];
  return next < 0 ? (WIDTHS.at(-1)?.[1] ?? 1) : from + ((zoom - low) / (high - low)) * (to - from);
}
