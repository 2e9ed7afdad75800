/** The one picture to share, as the server draws it, and the files to keep. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { config, host } from "../config";
import { THEMES } from "../themes";
import { sentences, useDesk } from "./desk";
import { Choice, Field, Problems } from "./parts";
import type { Work } from "./trace";

const SHAPES = ["portrait", "square", "story", "landscape", "a4"] as const;
const FILES = ["gpx", "geojson", "kml", "kmz", "zip"] as const;
const PREVIEW_PX = 720;

export function Picture({ work }: { work: Work }): JSX.Element {
  const { api, lang, say } = useDesk();
  const [shape, setShape] = useState<(typeof SHAPES)[number]>("portrait");
  const [theme, setTheme] = useState(work.trace.wire.style.theme);
  const base = `${api.base}/traces/${work.session.id}`;
  const asked = `shape=${shape}&lang=${lang}&theme=${encodeURIComponent(theme)}`;
  const missing = useUnwritable(`/traces/${work.session.id}`, work.trace.wire.version);
  const drawn = useDrawn(`${base}/picture.png?${asked}&width=${PREVIEW_PX}`, work.trace.wire.version);
  return (
    <>
      <Choice label={say("shape")} value={shape} options={SHAPES.map((each) => [each, say(`shape_${each}`)] as const)} onChange={setShape} />
      <Field label={say("theme")}>
        <select value={theme} onChange={(event) => setTheme(event.currentTarget.value)}>
          {THEMES.map(({ name }) => <option key={name} value={name}>{say(`theme_${name}`)}</option>)}
        </select>
      </Field>
      <figure class={`picture ${drawn.state}`} aria-busy={drawn.state === "drawing"}>
        {drawn.src ? <img src={drawn.src} alt={say("picture", { title: work.reader.title() })} /> : null}
        {drawn.state === "drawing" ? <figcaption>{say("picture_drawing")}</figcaption> : null}
        <Problems of={drawn.problems} />
      </figure>
      {missing.length ? <p class="hint" role="status">{say("unwritable", { characters: missing.join(" ") })}</p> : null}
      <div class="row">
        <a class="main" href={`${base}/picture.png?${asked}&width=2160`} download={`${shape}.png`}>{say("save_png")}</a>
        <a class="quiet" href={`${base}/picture.svg?${asked}`} download={`${shape}.svg`}>SVG</a>
        {config(host()).pdf ? <a class="quiet" href={`${base}/picture.pdf?${asked}`} download={`${shape}.pdf`}>PDF</a> : null}
      </div>
      <section>
        <h2>{say("files")}</h2>
        <ul class="files">
          {FILES.map((each) => <li key={each}><a href={`${base}/files/${each}`} download><strong>{each.toUpperCase()}</strong><small>{say(`file_${each}`)}</small></a></li>)}
        </ul>
      </section>
    </>
  );
}

/** Characters of the trace's texts that no font of the server has. */
function useUnwritable(base: string, version: string): string[] {
  const { api } = useDesk();
  const [found, setFound] = useState<string[]>([]);
  useEffect(() => void api.get<{ characters: string[] }>(`${base}/unwritable`).then(({ characters }) => setFound(characters)), [base, version]);
  return found;
}

interface Drawn {
  state: "drawing" | "drawn" | "failed";
  src: string | null;
  problems: string[];
}

/** The picture as it is now: asked for again when the trace has another version, the last one shown meanwhile. */
function useDrawn(address: string, version: string): Drawn {
  const { api } = useDesk();
  const [drawn, setDrawn] = useState<Drawn>({ state: "drawing", src: null, problems: [] });
  useEffect(() => {
    const stop = new AbortController();
    setDrawn((before) => ({ ...before, state: "drawing", problems: [] }));
    api.picture(address, stop.signal).then(
      (src) => setDrawn({ state: "drawn", src, problems: [] }),
      (error: unknown) => { if (!stop.signal.aborted) setDrawn({ state: "failed", src: null, problems: sentences(error) }); },
    );
    return () => stop.abort();
  }, [address, version]);
  useEffect(() => () => void (drawn.src && URL.revokeObjectURL(drawn.src)), [drawn.src]);
  return drawn;
}
