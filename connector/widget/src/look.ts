/** The look of a trace in a theme, and of the page around it. */
import type { Trace } from "./document";
import type { Look } from "./drawing";
import type { Theme } from "./themes";

const BY_THEMSELVES = 5;

export function look(trace: Trace, used: Theme): Look {
  const { style } = trace.wire;
  return { theme: used, colourBy: style.colour_by, widthPx: style.width_px, labels: style.labels, patterns: style.patterns, widths: style.widths, photoSize: style.photo_size, featured: featured(trace), handMpp: null };
}

/** Those that were pinned; else a few well spread over the way. */
function featured(trace: Trace): ReadonlySet<string> {
  const { featured: pinned } = trace.wire.style;
  if (pinned.length) return new Set(pinned);
  const { placed } = trace;
  if (placed.length < 3 * BY_THEMSELVES) return new Set();
  const at = Array.from({ length: BY_THEMSELVES }, (_, n) => Math.floor(((n + 0.5) * placed.length) / BY_THEMSELVES));
  return new Set(at.map((index) => placed[index]?.key ?? ""));
}

/** The page's own colours follow the theme, whatever the device prefers. */
export function paint(used: Theme): void {
  const { dataset, style } = document.documentElement;
  dataset.scheme = used.scheme;
  style.setProperty("--accent", used.line);
  style.setProperty("--sea", used.palette.sea);
}
