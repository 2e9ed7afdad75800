/** The one picture to share, as the server draws it, and the files to keep. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { THEMES } from "../themes";
import { useDesk } from "./desk";
import { Choice, Field } from "./parts";
import type { Work } from "./trace";

const SHAPES = ["portrait", "square", "story", "landscape", "a4"] as const;
const FILES = ["gpx", "geojson", "kml", "kmz", "zip"] as const;
const PREVIEW_PX = 720;

export function Picture({ work }: { work: Work }): JSX.Element {
  const { api, say } = useDesk();
  const [shape, setShape] = useState<(typeof SHAPES)[number]>("portrait");
  const [theme, setTheme] = useState(work.trace.wire.style.theme);
  const [state, setState] = useState<"drawing" | "drawn" | "failed">("drawing");
  const base = `${api.base}/traces/${work.session.id}`;
  const asked = `shape=${shape}&theme=${encodeURIComponent(theme)}&v=${work.trace.wire.version}`;
  const src = `${base}/picture.png?${asked}&width=${PREVIEW_PX}`;
  useEffect(() => setState("drawing"), [src]);
  return (
    <>
      <Choice label={say("shape")} value={shape} options={SHAPES.map((each) => [each, say(`shape_${each}`)] as const)} onChange={setShape} />
      <Field label={say("theme")}>
        <select value={theme} onChange={(event) => setTheme(event.currentTarget.value)}>
          {Object.keys(THEMES).map((name) => <option key={name} value={name}>{say(`theme_${name}`)}</option>)}
        </select>
      </Field>
      <figure class={`picture ${shape} ${state}`}>
        <img key={src} src={src} alt={say("picture", { title: work.reader.title() })} onLoad={() => setState("drawn")} onError={() => setState("failed")} />
        {state === "drawn" ? null : <figcaption aria-live="polite">{say(state === "failed" ? "picture_failed" : "picture_drawing")}</figcaption>}
      </figure>
      <div class="row">
        <a class="main" href={`${base}/picture.png?${asked}&width=2160`} download={`${shape}.png`}>{say("save_png")}</a>
        <a class="quiet" href={`${base}/picture.svg?${asked}`} download={`${shape}.svg`}>SVG</a>
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
