/** How the trace looks, and its title. Every change is saved at once. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Pattern, Style, Trace } from "../document";
import { kindOf, patternBy } from "../drawing";
import { THEMES, type Theme } from "../themes";
import type { KeptStyle } from "./api";
import { useDesk } from "./desk";
import { Choice, Field, Line, Tick } from "./parts";
import type { Work } from "./trace";

const COLOURS = ["photos", "time", "speed", "mode", "plain"] as const;
const SIZES = ["none", "small", "medium", "large"] as const;

export function Styling({ work }: { work: Work }): JSX.Element {
  const { say } = useDesk();
  const { wire } = work.trace;
  const { style } = wire;
  const change = (part: Partial<Style>): void => work.session.restyle(part);
  const describe = (part: Record<string, unknown>): void => void work.session.describe(part);
  return (
    <>
      <Field label={say("title")}><Line label={say("title")} value={wire.title} onSave={(title) => title && describe({ title })} /></Field>
      <Field label={say("subtitle")}><Line label={say("subtitle")} value={wire.subtitle ?? ""} onSave={(subtitle) => describe({ subtitle: subtitle || null })} /></Field>
      <Themes value={style.theme} choose={(theme) => change({ theme })} />
      <Choice label={say("colour_by")} value={style.colour_by as (typeof COLOURS)[number]} options={COLOURS.map((each) => [each, say(`colour_${each}`)] as const)} onChange={(colour_by) => change({ colour_by })} />
      <Field label={say("width")}><input type="range" min={2} max={12} step={0.5} value={style.width_px} onInput={(event) => change({ width_px: Number(event.currentTarget.value) })} /></Field>
      <Kinds trace={work.trace} style={style} change={change} />
      <Choice label={say("photo_size")} value={style.photo_size as (typeof SIZES)[number]} options={SIZES.map((each) => [each, say(`size_${each}`)] as const)} onChange={(photo_size) => change({ photo_size })} />
      <Tick label={say("labels")} checked={style.labels} onChange={(labels) => change({ labels })} />
      <Choice label={say("units")} value={style.units as "metric" | "imperial"} options={[["metric", say("metric")], ["imperial", say("imperial")]]} onChange={(units) => change({ units })} />
      {style.featured.length ? <button type="button" class="quiet" onClick={() => change({ featured: [] })}>{say("unpin_all", { n: style.featured.length })}</button> : null}
      <Kept style={style} use={(kept) => change({ ...kept, emoji: style.emoji, featured: style.featured })} adopt={(found) => describe({ style: { ...style, ...found } })} />
    </>
  );
}

const PATTERNS: Pattern[] = ["solid", "dashed", "dotted"];
const WIDTHS = [0.5, 0.75, 1, 1.5, 2];

/** Pattern and width of each kind of leg there is. */
function Kinds({ trace, style, change }: { trace: Trace; style: Style; change: (part: Partial<Style>) => void }): JSX.Element | null {
  const { say, words } = useDesk();
  const kinds = [...new Set(trace.legs.map(kindOf))];
  if (!kinds.length) return null;
  const name = (kind: string): string => say(kind === "direct" ? "kind_direct" : `mode_${kind}`);
  return (
    <fieldset class="kinds-of-way">
      <legend>{say("kinds_of_way")}</legend>
      {kinds.map((kind) => (
        <div class="row" key={kind}>
          <span>{name(kind)}</span>
          <select aria-label={say("pattern_of", { kind: name(kind) })} value={patternBy(kind, style)} onChange={(event) => change({ patterns: { ...style.patterns, [kind]: event.currentTarget.value as Pattern } })}>
            {PATTERNS.map((each) => <option key={each} value={each}>{say(`pattern_${each}`)}</option>)}
          </select>
          <select aria-label={say("width_of", { kind: name(kind) })} value={String(style.widths[kind] ?? 1)} onChange={(event) => change({ widths: { ...style.widths, [kind]: Number(event.currentTarget.value) } })}>
            {WIDTHS.map((each) => <option key={each} value={String(each)}>{words.number(each)}×</option>)}
          </select>
        </div>
      ))}
    </fieldset>
  );
}

function Themes({ value, choose }: { value: string; choose: (name: string) => void }): JSX.Element {
  const { say } = useDesk();
  return (
    <fieldset class="themes">
      <legend>{say("theme")}</legend>
      <div>
        {THEMES.map((each) => (
          <label key={each.name}>
            <input type="radio" name="theme" checked={each.name === value} onChange={() => choose(each.name)} />
            <Swatch theme={each} />
            <span>{say(`theme_${each.name}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A little map in the colours of the theme. */
function Swatch({ theme }: { theme: Theme }): JSX.Element {
  const { palette } = theme;
  return (
    <svg viewBox="0 0 72 48" aria-hidden="true">
      <rect width="72" height="48" fill={palette.land} />
      <path d="M0 30c14-6 20 4 34 0s18-14 38-10v28H0z" fill={palette.green} />
      <path d="M44 0c-2 14 10 18 28 16V0z" fill={palette.sea} />
      <path d="M-2 14l76 24" stroke={palette.major} stroke-width="3" fill="none" />
      <path d="M10 40c8-20 20-2 28-14s8-14 22-14" stroke={theme.line_halo} stroke-width="7" fill="none" stroke-linecap="round" />
      <path d="M10 40c8-20 20-2 28-14s8-14 22-14" stroke={theme.line} stroke-width="4" fill="none" stroke-linecap="round" />
    </svg>
  );
}

interface Choosing {
  style: Style;
  /** One that was kept: it can be shown at once. */
  use: (style: Partial<Style>) => void;
  /** One from a file, which may hold anything: it is shown when the server has taken it. */
  adopt: (style: Partial<Style>) => void;
}

function Kept({ style, use, adopt }: Choosing): JSX.Element {
  const { api, say, tell } = useDesk();
  const [kept, setKept] = useState<KeptStyle[]>([]);
  const load = (): void => void api.get<KeptStyle[]>("/styles").then(setKept);
  useEffect(load, []);
  const keep = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = String(new FormData(form).get("style-name")).trim();
    void api.post("/styles", { name, style }).then(() => { form.reset(); load(); });
  };
  const take = async (file: File | undefined): Promise<void> => {
    const said: unknown = await file?.text().then(JSON.parse).catch(() => null);
    if (said && typeof said === "object" && !Array.isArray(said)) adopt(known(said as Record<string, unknown>));
    else if (file) tell(say("not_a_style", { name: file.name }));
  };
  return (
    <section>
      <h2>{say("kept_styles")}</h2>
      <ul class="kept">
        {kept.map((each) => (
          <li key={each.id}>
            <button type="button" class="quiet" onClick={() => use(each.style)}>{each.name}</button>
            <button type="button" class="small" aria-label={say("remove_style", { name: each.name })} onClick={() => void api.remove(`/styles/${each.id}`).then(load)}>{say("remove")}</button>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={keep}>
        <input name="style-name" required maxLength={200} placeholder={say("style_name")} aria-label={say("style_name")} />
        <button type="submit" class="quiet">{say("keep_style")}</button>
      </form>
      <div class="row">
        <button type="button" class="quiet" onClick={() => download(style)}>{say("export_style")}</button>
        <label class="quiet file">{say("import_style")}<input type="file" accept="application/json,.json" onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} /></label>
      </div>
    </section>
  );
}

const FIELDS = ["theme", "colour_by", "width_px", "patterns", "widths", "labels", "photo_size", "units"] as const;

/** Of a file, what a style has; photos and stickers belong to one trace. */
function known(said: Record<string, unknown>): Partial<Style> {
  return Object.fromEntries(FIELDS.filter((name) => name in said).map((name) => [name, said[name]]));
}

function download(style: Style): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(known({ ...style }), null, 2)}\n`], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: url, download: "style.json" }).click();
  URL.revokeObjectURL(url);
}
