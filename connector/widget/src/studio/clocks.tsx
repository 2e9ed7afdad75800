/** A camera whose clock was wrong: its photos are shifted with a slider, and seen to move. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Feature, Position } from "geojson";
import type { GeoJSONSource } from "maplibre-gl";
import { photoFeatures } from "../drawing";
import type { Photo, Trace } from "../document";
import { along, inOne, lengths } from "../polyline";
import { useDesk } from "./desk";
import type { Work } from "./trace";

const MOST_MIN = 14 * 60;
/** Of the slider, on both sides of its middle. Near the middle it is finer: a minute is some pixels there. */
const STEPS = 1000;
const KEYS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -60, PageUp: 60, Home: -Infinity, End: Infinity };

export function Clocks({ work }: { work: Work }): JSX.Element | null {
  const { say } = useDesk();
  const cameras = [...new Set(work.trace.photos.map((photo) => photo.camera))];
  if (!work.trace.photos.some((photo) => photo.time !== null)) return null;
  return (
    <section>
      <h2>{say("clocks")}</h2>
      <p class="hint">{say("clocks_hint")}</p>
      {cameras.map((camera) => <Clock key={camera ?? ""} work={work} camera={camera} />)}
    </section>
  );
}

function Clock({ work, camera }: { work: Work; camera: string | null }): JSX.Element {
  const { say } = useDesk();
  const [minutes, setMinutes] = useState(0);
  const [step, setStep] = useState(0);
  const photos = work.trace.photos.filter((photo) => photo.camera === camera);
  const name = camera ?? say("no_camera");
  const frame = useRef(0);
  const show = (shown: readonly Photo[], seconds: number): void => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => showShifted(work, shown, seconds));
  };
  const shiftTo = (now: number, at: number): void => {
    setMinutes(now);
    setStep(at);
    work.session.held = true;
    show(photos, now * 60);
  };
  const slide = (at: number): void => shiftTo(minutesAt(at), at);
  const by = (more: number): void => {
    const now = Math.max(-MOST_MIN, Math.min(MOST_MIN, minutes + more));
    shiftTo(now, stepOf(now));
  };
  const key = (event: KeyboardEvent): void => {
    const more = KEYS[event.key];
    if (more === undefined) return;
    event.preventDefault();
    by(more);
  };
  const rest = (): void => {
    setMinutes(0);
    setStep(0);
  };
  const leave = (): void => {
    rest();
    work.session.held = false;
    show([], 0);
  };
  const away = useRef<() => void>(leave);
  away.current = () => minutes && leave();
  useEffect(() => () => away.current(), []);
  const save = async (): Promise<void> => {
    work.session.held = false;
    const done = await work.session.edit({ kind: "clock", camera, seconds: minutes * 60 });
    if (done) rest();
    else leave();
  };
  return (
    <div class="clock">
      <span><strong>{name}</strong> <small>{say("count_photos", { n: photos.length })}</small></span>
      <div class="row">
        <input type="range" min={-STEPS} max={STEPS} step={1} value={step} aria-label={say("clock_of", { camera: name })} aria-valuetext={shift(minutes, say)} onKeyDown={key} onInput={(event) => slide(Number(event.currentTarget.value))} />
        <output>{shift(minutes, say)}</output>
      </div>
      {minutes ? (
        <div class="row">
          <button type="button" class="small" aria-label={say("minute_less")} onClick={() => by(-1)}>−1</button>
          <button type="button" class="small" aria-label={say("minute_more")} onClick={() => by(1)}>+1</button>
          <button type="button" class="main" onClick={() => void save()}>{say("save")}</button>
          <button type="button" class="quiet" onClick={leave}>{say("cancel")}</button>
        </div>
      ) : null}
    </div>
  );
}

function minutesAt(step: number): number {
  return Math.sign(step) * Math.round(MOST_MIN * (step / STEPS) ** 2);
}

function stepOf(minutes: number): number {
  return Math.sign(minutes) * Math.round(STEPS * Math.sqrt(Math.abs(minutes) / MOST_MIN));
}

function shift(minutes: number, say: (key: string, values?: Record<string, string>) => string): string {
  const sign = minutes < 0 ? "−" : "+";
  const size = Math.abs(minutes);
  return say("clock_shift", { time: `${sign}${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}` });
}

/** The photos where they would be by their time, on the way that is there now. The saved answer is the server's. */
function showShifted({ view, trace }: Work, photos: readonly Photo[], seconds: number): void {
  const source = view?.map.getSource<GeoJSONSource>("photos");
  if (!view || !source) return;
  const drawn = photoFeatures(trace, view.look);
  const moved = new Map(photos.filter((photo) => photo.inferred && photo.time !== null).map((photo) => [photo.index, placeAt(trace, (photo.time as number) + seconds)]));
  const features = drawn.features.map((feature): Feature => {
    const at = moved.get(feature.id as number);
    return at ? { ...feature, geometry: { type: "Point", coordinates: at } } : feature;
  });
  source.setData({ ...drawn, features });
}

/** Where the trace is at that instant; null before and after it. */
function placeAt({ stops, legs }: Trace, time: number): Position | null {
  const here = stops.find((stop) => stop.start <= time && time <= stop.start + stop.lasts);
  if (here) return here.at;
  const leg = legs.find((each) => leaves(stops, each.from) < time && time < (stops[each.to]?.start ?? -Infinity));
  if (!leg) return null;
  const left = leaves(stops, leg.from);
  const reached = stops[leg.to]?.start ?? left;
  const line = inOne(leg.lines);
  return along(line, lengths(line), (time - left) / (reached - left));
}

function leaves(stops: Trace["stops"], index: number): number {
  const stop = stops[index];
  return stop ? stop.start + stop.lasts : Infinity;
}
