/** Stops and legs as a list: everything that can be done to them by hand can be done here by keys. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { calm, photoUrl } from "../config";
import type { Leg, Mode, Photo, Stop, Trace } from "../document";
import { along, inOne, lengths } from "../polyline";
import type { Edit } from "./api";
import { useDesk } from "./desk";
import { EmojiPicker } from "./emoji";
import { Paced } from "./paced";
import { Field, Line, Long, Tick } from "./parts";
import type { Work } from "./trace";

const MODES: Mode[] = ["walk", "bicycle", "car", "train", "ferry", "flight"];
/** Rows that are drawn at once; more come as the list is scrolled. */
const PAGE = 120;
/** Photos of a stop that are drawn at once. */
const TILES = 60;

export function Places({ work }: { work: Work }): JSX.Element {
  const { say, words } = useDesk();
  const [shown, setShown] = useState(PAGE);
  const { trace, chosen } = work;
  const at = chosen?.what === "stop" ? chosen.index : chosen?.what === "leg" ? (trace.legs[chosen.index]?.from ?? 0) : 0;
  const count = Math.max(shown, at + 20);
  const rows = trace.stops.slice(0, count);
  const dayOf = (stop: Stop): string => words.day(stop.start, trace.photos[stop.first]?.offsetMin ?? null);
  return (
    <>
      <p class="hint">{say("places_hint")}</p>
      {trace.wire.not_applying?.length ? <p class="hint">{say("not_applying", { n: trace.wire.not_applying.length })}</p> : null}
      <ol class="places">
        {rows.map((stop, n) => {
          const leg = trace.legs[stop.index]?.from === stop.index ? trace.legs[stop.index] : trace.legs.find((each) => each.from === stop.index);
          const day = dayOf(stop);
          return (
            <>
              {day && day !== (rows[n - 1] && dayOf(rows[n - 1] as Stop)) ? <li key={`d${stop.index}`} class="day"><h2>{day}</h2></li> : null}
              <StopRow key={`s${stop.index}`} work={work} stop={stop} />
              {leg ? <LegRow key={`l${leg.index}`} work={work} leg={leg} /> : null}
            </>
          );
        })}
      </ol>
      {trace.stops.length > count ? <button type="button" class="quiet" onClick={() => setShown(count + PAGE)}>{say("and_more", { n: trace.stops.length - count })}</button> : null}
    </>
  );
}

/** Scrolls to the row that was chosen on the map. */
function useInSight(chosen: boolean): { current: HTMLLIElement | null } {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return row;
}

function StopRow({ work, stop }: { work: Work; stop: Stop }): JSX.Element {
  const { words, say } = useDesk();
  const open = work.chosen?.what === "stop" && work.chosen.index === stop.index;
  const row = useInSight(open);
  const first = work.trace.photos[stop.first];
  const toggle = (): void => {
    work.choose(open ? null : { what: "stop", index: stop.index });
    if (!open) work.view?.map.easeTo({ center: stop.at as [number, number], ...(calm() ? { animate: false } : { duration: 300 }) });
  };
  return (
    <li class={`place ${open ? "open" : ""}`} ref={row}>
      <button type="button" class="row-button" aria-expanded={open} onClick={toggle}>
        {first ? <Paced src={photoUrl(`${work.session.api.base}/traces/${work.session.id}/photos/`, first.key, 64)} /> : <i />}
        <span class="what">
          <strong>{[stop.emoji, work.reader.stop(stop)].filter(Boolean).join(" ")}</strong>
          <small>{words.clock(stop.start, first?.offsetMin ?? null)} · {say("count_photos", { n: stop.photos })}</small>
        </span>
      </button>
      {open ? <StopTools work={work} stop={stop} /> : null}
    </li>
  );
}

function StopTools({ work, stop }: { work: Work; stop: Stop }): JSX.Element {
  const { say } = useDesk();
  const { session, trace } = work;
  const photos = trace.photos.slice(stop.first, stop.first + stop.photos);
  const anchor = photos[0]?.key ?? "";
  const edit = (change: { name?: string; emoji?: string }): void => void session.edit({ kind: "stop", anchor_asset: anchor, ...change });
  const merge = async (): Promise<void> => {
    const done = await session.edit({ kind: "stop", anchor_asset: anchor, merge: true });
    if (done) work.choose({ what: "stop", index: stop.index - 1 }); // another stop has its number now
  };
  return (
    <div class="tools">
      <Field label={say("stop_name")}><Line label={say("stop_name")} value={stop.name ?? ""} placeholder={work.reader.stop(stop)} onSave={(name) => edit({ name })} /></Field>
      <EmojiPicker value={stop.emoji} about={`${stop.name ?? ""}`} index={stop.index} onPick={(emoji) => edit({ emoji })} />
      {stop.index > 0 ? <button type="button" class="quiet" onClick={() => void merge()}>{say("merge")}</button> : null}
      <Long class="photos" of={photos} page={TILES} more={(n) => say("and_more_photos", { n })} row={(photo, n) => <PhotoTile work={work} photo={photo} split={n > 0} />} />
    </div>
  );
}

function PhotoTile({ work, photo, split }: { work: Work; photo: Photo; split: boolean }): JSX.Element {
  const { say } = useDesk();
  const label = work.reader.label(photo);
  return (
    <>
      <button type="button" title={label} aria-label={label} onClick={() => work.open(photo)}>
        <Paced src={photoUrl(`${work.session.api.base}/traces/${work.session.id}/photos/`, photo.key, 256)} />
      </button>
      <span>
        {split ? <button type="button" class="small" aria-label={say("split_here_at", { photo: label })} onClick={() => void work.session.edit({ kind: "stop", anchor_asset: photo.key, split: true })}>{say("split_here")}</button> : null}
        <button type="button" class="small" aria-label={say("more_about", { photo: label })} onClick={() => work.choose({ what: "photo", key: photo.key })}>{say("more")}</button>
      </span>
    </>
  );
}

function LegRow({ work, leg }: { work: Work; leg: Leg }): JSX.Element {
  const open = work.chosen?.what === "leg" && work.chosen.index === leg.index;
  const row = useInSight(open);
  const toggle = (): void => {
    work.choose(open ? null : { what: "leg", index: leg.index, at: null });
    if (!open) work.grab?.look(leg);
  };
  return (
    <li class={`way ${leg.how} ${open ? "open" : ""}`} ref={row}>
      <button type="button" class="row-button" aria-expanded={open} onClick={toggle}>{work.reader.leg(leg)}</button>
      {open ? <LegTools work={work} leg={leg} /> : null}
    </li>
  );
}

/** The photos by which an edit names a leg. */
export function ends(trace: Trace, leg: Leg): { after_asset: string; before_asset: string } {
  const from = trace.stops[leg.from];
  const to = trace.stops[leg.to];
  return { after_asset: trace.photos[(from?.first ?? 0) + (from?.photos ?? 1) - 1]?.key ?? "", before_asset: trace.photos[to?.first ?? 0]?.key ?? "" };
}

function LegTools({ work, leg }: { work: Work; leg: Leg }): JSX.Element {
  const { say, english } = useDesk();
  const { session, trace, grab } = work;
  const edit = (change: { kind: "mode"; mode: Mode | null } | { kind: "roads"; follow: boolean }): void => void session.edit({ ...ends(trace, leg), ...change } as Edit);
  const { recordings = {}, on_roads: onRoads = [] } = trace.wire;
  const recording = recordings[String(leg.index)];
  const line = inOne(leg.lines);
  const add = (): void => {
    const from = work.chosen?.what === "leg" && work.chosen.at ? work.chosen.at : along(line, lengths(line), 0.5);
    work.place({ title: say("new_point"), from, photo: null, edit: (at) => (grab ? grab.via(leg, at, null, from) : ({} as Edit)) });
  };
  return (
    <div class="tools">
      {leg.reason ? <p class="hint">{english(leg.reason)}</p> : null}
      <div class="modes" role="group" aria-label={say("mode")}>
        {MODES.map((mode) => (
          <button key={mode} type="button" aria-pressed={leg.mode === mode} title={say(`mode_${mode}`)} onClick={() => edit({ kind: "mode", mode })}><span aria-hidden="true">{SIGNS[mode]}</span><span>{say(`short_${mode}`)}</span></button>
        ))}
      </div>
      {leg.chosen ? <button type="button" class="quiet" onClick={() => edit({ kind: "mode", mode: null })}>{say("mode_by_photos")}</button> : null}
      <Tick label={say("straight")} checked={leg.how === "direct"} onChange={(on) => edit({ kind: "roads", follow: !on })} />
      {recording ? <Tick label={say("on_roads", { recording })} checked={onRoads.includes(recording)} onChange={(match) => void session.edit({ kind: "recording", recording, match })} /> : null}
      <button type="button" class="quiet" disabled={!grab} onClick={add}>{say("add_point")}</button>
      {leg.vias.length ? (
        <ul class="vias" aria-label={say("points")}>
          {leg.vias.map((via, n) => (
            <li key={via.seq}>
              <span>{say("point", { n: n + 1 })}</span>
              <button type="button" class="small" onClick={() => work.place({ title: say("point", { n: n + 1 }), from: via.at, photo: null, edit: (at) => (grab ? grab.via(leg, at, via) : ({} as Edit)) })}>{say("move")}</button>
              <button type="button" class="small" aria-label={say("remove_point", { n: n + 1 })} disabled={!grab} onClick={() => grab?.removeVia(via)}>{say("remove")}</button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

const SIGNS: Record<Mode, string> = { walk: "🚶", bicycle: "🚲", car: "🚗", train: "🚆", ferry: "⛴️", flight: "✈️", unknown: "•" };
