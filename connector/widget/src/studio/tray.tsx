/** Photos without a place, those placed by their time, one chosen photo, and the clocks of the cameras. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Position } from "geojson";
import { calm, photoUrl } from "../config";
import type { Photo, Suggestion } from "../document";
import { Carried } from "./carried";
import { useDesk } from "./desk";
import { Clocks } from "./clocks";
import { Paced } from "./paced";
import { Long } from "./parts";
import type { Work } from "./trace";
import { Writing } from "./writing";

/** Photos of one edit, at most. */
const AT_ONCE = 3000;
/** Photos of a list that are drawn at once. */
const PAGE = 200;

export function Tray({ work }: { work: Work }): JSX.Element {
  const { say } = useDesk();
  const { trace, chosen } = work;
  const out = trace.wire.left_out ?? {};
  const unplaced = trace.photos.filter((photo) => photo.at === null && !(photo.key in out));
  const left = trace.photos.filter((photo) => photo.key in out);
  const guessed = trace.photos.filter((photo) => photo.inferred);
  const photo = chosen?.what === "photo" ? trace.photos.find((each) => each.key === chosen.key) : undefined;
  const long = (of: readonly Photo[], row: (each: Photo) => JSX.Element): JSX.Element => <Long class="tray" of={of} page={PAGE} more={(n) => say("and_more_photos", { n })} row={row} />;
  const accept = (): void => void work.session.edit({ kind: "moves", moves: guessed.slice(0, AT_ONCE).map(where) });
  return (
    <>
      {photo ? <OnePhoto work={work} photo={photo} /> : <p class="hint">{say("photos_hint")}</p>}
      <Suggestions work={work} of={trace.wire.suggestions ?? []} />
      {unplaced.length ? (
        <section>
          <h2>{say("without_place", { n: unplaced.length })}</h2>
          <p class="hint">{say("tray_hint")}</p>
          {long(unplaced, (each) => <Loose work={work} photo={each} />)}
        </section>
      ) : null}
      {guessed.length ? (
        <section>
          <header class="row"><h2>{say("placed_by_time", { n: guessed.length })}</h2><button type="button" class="quiet" onClick={accept}>{say("accept_all")}</button></header>
          {long(guessed, (each) => <Guessed work={work} photo={each} />)}
        </section>
      ) : null}
      {left.length ? (
        <section>
          <h2>{say("left_out", { n: left.length })}</h2>
          {long(left, (each) => <LeftOut work={work} photo={each} seq={out[each.key] as number} />)}
        </section>
      ) : null}
      <Clocks work={work} />
      <Writing work={work} />
    </>
  );
}

export function thumb(work: Work, photo: Photo, edge: 64 | 256 = 256): string {
  return photoUrl(`${work.session.api.base}/traces/${work.session.id}/photos/`, photo.key, edge);
}

function where(photo: Photo): { asset: string; lat: number; lon: number } {
  const [lon = 0, lat = 0] = photo.at ?? [];
  return { asset: photo.key, lat, lon };
}

/** A photo that takes no part, until it is brought back. */
function LeftOut({ work, photo, seq }: { work: Work; photo: Photo; seq: number }): JSX.Element {
  const { say } = useDesk();
  const label = work.reader.label(photo);
  return (
    <div class="loose">
      <button type="button" class="bare" title={say("show_large")} aria-label={say("show_large_photo", { photo: label })} onClick={() => work.open(photo)}><Paced src={thumb(work, photo)} /></button>
      <span class="what"><strong>{photo.name ?? label}</strong><small>{work.reader.when(photo) ?? say("no_time")}</small></span>
      <button type="button" class="small" aria-label={say("bring_back_photo", { photo: label })} onClick={() => void work.session.edit({ kind: "revert", seq, own_step: true })}>{say("bring_back")}</button>
    </div>
  );
}

function byKeys(work: Work, photo: Photo, title: string): void {
  const from = photo.at ?? work.view?.map.getCenter().toArray() ?? [0, 0];
  const { grab } = work;
  if (grab) work.place({ title, from, photo, edit: (at) => grab.move(photo, at) });
}

/** Dragged onto the map by mouse or finger; placed by keys with its button. */
function Loose({ work, photo }: { work: Work; photo: Photo }): JSX.Element {
  const { say, english } = useDesk();
  const label = work.reader.label(photo);
  const name = photo.name ?? label;
  return (
    <div class="loose">
      <DragImage work={work} photo={photo} />
      <span class="what"><strong>{name}</strong><small>{photo.reason === null ? "" : english(photo.reason)}</small></span>
      <button type="button" class="small" aria-label={say("put_photo", { photo: label })} disabled={!work.grab} onClick={() => byKeys(work, photo, say("put_photo", { photo: label }))}>{say("put")}</button>
    </div>
  );
}

function DragImage({ work, photo }: { work: Work; photo: Photo }): JSX.Element {
  const down = (event: PointerEvent): void => {
    const { grab } = work;
    if (event.button !== 0 || !grab) return;
    event.preventDefault();
    const carried = new Carried(thumb(work, photo));
    const stop = new AbortController();
    let at: Position | null = null;
    const move = (now: PointerEvent): void => {
      at = grab.spot(now.clientX, now.clientY);
      carried.to(now.clientX, now.clientY);
      grab.tryPhoto(photo, at);
    };
    const end = (): void => {
      stop.abort();
      carried.drop();
      grab.drop();
    };
    const drop = (): void => {
      end();
      if (at) void grab.save(grab.move(photo, at));
    };
    addEventListener("pointermove", move, { signal: stop.signal });
    addEventListener("pointerup", drop, { signal: stop.signal });
    addEventListener("pointercancel", end, { signal: stop.signal });
    addEventListener("keydown", (key) => key.key === "Escape" && end(), { signal: stop.signal });
  };
  return <img class="draggable" src={thumb(work, photo)} alt="" draggable={false} onPointerDown={down} />;
}

function Guessed({ work, photo }: { work: Work; photo: Photo }): JSX.Element {
  const { say, words } = useDesk();
  const label = work.reader.label(photo);
  const seconds = work.trace.wire.inferred.seconds[photo.index - firstGuess(work)] ?? 0;
  const show = (): void => {
    work.view?.map.easeTo({ center: photo.at as [number, number], zoom: Math.max(work.view.map.getZoom(), 14), ...(calm() ? { animate: false } : { duration: 300 }) });
  };
  return (
    <div class="loose">
      <button type="button" class="bare" title={say("show_on_map")} aria-label={say("show_photo", { photo: label })} onClick={show}><Paced src={thumb(work, photo)} /></button>
      <span class="what"><strong>{photo.name ?? label}</strong><small>{say("away_from_next", { time: words.duration(seconds) })}</small></span>
      <span class="pair">
        <button type="button" class="small" aria-label={say("accept_photo", { photo: label })} onClick={() => void work.session.edit({ kind: "move", ...where(photo) })}>{say("accept")}</button>
        <button type="button" class="small" aria-label={say("move_photo", { photo: label })} disabled={!work.grab} onClick={() => byKeys(work, photo, say("move_photo", { photo: label }))}>{say("move")}</button>
      </span>
    </div>
  );
}

function firstGuess({ trace }: Work): number {
  return trace.photos.findIndex((photo) => photo.inferred);
}

function Suggestions({ work, of }: { work: Work; of: Suggestion[] }): JSX.Element | null {
  const { say, english } = useDesk();
  if (!of.length) return null;
  return (
    <section aria-label={say("suggestions")}>
      <h2>{say("suggestions")}</h2>
      <ul class="suggestions">
        {of.map((each) => (
          <li key={each.text}>
            <p>{english(each.text)}</p>
            {each.kind === "clock" && each.seconds !== null ? <button type="button" class="quiet" onClick={() => void work.session.edit({ kind: "clock", camera: each.camera, seconds: each.seconds ?? 0 })}>{say("accept")}</button> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function OnePhoto({ work, photo }: { work: Work; photo: Photo }): JSX.Element {
  const { say } = useDesk();
  const { session, trace } = work;
  const label = work.reader.label(photo);
  const top = useRef<HTMLElement>(null);
  const { style } = trace.wire;
  const pinned = style.featured.includes(photo.key);
  useEffect(() => top.current?.scrollIntoView({ block: "nearest" }), [photo.key]);
  const pin = (): void => {
    const featured = pinned ? style.featured.filter((key) => key !== photo.key) : [...style.featured, photo.key];
    session.restyle({ featured });
  };
  return (
    <section class="one" ref={top} aria-label={label}>
      <button type="button" class="bare" title={say("show_large")} aria-label={say("show_large")} onClick={() => work.open(photo)}><img src={thumb(work, photo)} alt="" /></button>
      <div>
        <strong>{photo.name ?? label}</strong>
        <small>{work.reader.when(photo) ?? say("no_time")}</small>
        <div class="buttons">
          <button type="button" class="quiet" aria-pressed={pinned} onClick={pin}>{pinned ? say("unpin") : say("pin")}</button>
          <button type="button" class="quiet" disabled={!work.grab} onClick={() => byKeys(work, photo, say("move_photo", { photo: label }))}>{say("move")}</button>
          <button type="button" class="quiet" onClick={() => void session.edit({ kind: "exclude", asset: photo.key })}>{say("exclude")}</button>
          <button type="button" class="quiet" onClick={() => work.choose(null)}>{say("done")}</button>
        </div>
      </div>
    </section>
  );
}

