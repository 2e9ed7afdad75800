/** Statistics of the trace, and its heights where photos know them. */
import type { JSX } from "preact";
import type { Leg, Mode, Trace } from "../document";
import { useDesk } from "./desk";
import type { Work } from "./trace";

export function Numbers({ work }: { work: Work }): JSX.Element {
  const { say, words } = useDesk();
  const { trace } = work;
  const metres = sum(trace.legs, (leg) => leg.distanceM);
  const moving = sum(trace.legs, (leg) => leg.durationS);
  const facts: [string, string][] = [
    [say("distance"), words.distance(metres)],
    [say("moving"), words.duration(moving)],
    [say("places"), words.number(trace.stops.length)],
    [say("photos"), words.number(trace.photos.length)],
    [say("days"), words.number(daysOf(trace))],
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      <Modes trace={trace} metres={metres} />
      <Heights trace={trace} />
    </>
  );
}

function Modes({ trace, metres }: { trace: Trace; metres: number }): JSX.Element | null {
  const { say, words } = useDesk();
  const modes = [...new Set(trace.legs.map((leg) => leg.mode))];
  const rows = modes.map((mode): [Mode, number, number] => {
    const legs = trace.legs.filter((leg) => leg.mode === mode);
    return [mode, sum(legs, (leg) => leg.distanceM), sum(legs, (leg) => leg.durationS)];
  });
  if (!rows.length) return null;
  return (
    <section>
      <h2>{say("by_mode")}</h2>
      <ul class="bars">
        {rows.sort((a, b) => b[1] - a[1]).map(([mode, distance, duration]) => (
          <li key={mode}>
            <span>{say(`mode_${mode}`)}</span><span>{words.distance(distance)} · {words.duration(duration)}{duration > 0 ? ` · ${words.speed(distance / duration)}` : ""}</span>
            <meter min={0} max={Math.max(1, metres)} value={distance} aria-label={say(`mode_${mode}`)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const [WIDE, HIGH] = [340, 110];

/** Heights of the photos along the way; not of the ground between them, which nobody measured. */
function Heights({ trace }: { trace: Trace }): JSX.Element | null {
  const { say, words } = useDesk();
  const points = heights(trace);
  if (points.length < 3) return null;
  const low = Math.min(...points.map(([, m]) => m));
  const top = Math.max(...points.map(([, m]) => m));
  const far = points.at(-1)?.[0] || 1;
  const line = points.map(([d, m]) => `${((d / far) * WIDE).toFixed(1)} ${(HIGH - ((m - low) / Math.max(20, top - low)) * (HIGH - 14) - 4).toFixed(1)}`).join("L");
  const climbed = points.reduce((all, [, m], n) => all + Math.max(0, n ? m - (points[n - 1]?.[1] ?? m) : 0), 0);
  return (
    <section>
      <h2>{say("heights")}</h2>
      <svg class="heights" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label={say("heights_said", { low: words.height(low), top: words.height(top) })}>
        <path class="area" d={`M0 ${HIGH}L${line}L${WIDE} ${HIGH}Z`} />
        <path class="line" d={`M${line}`} vector-effect="non-scaling-stroke" />
      </svg>
      <p class="hint">{say("heights_said", { low: words.height(low), top: words.height(top) })} · {say("climbed", { height: words.height(climbed) })}</p>
    </section>
  );
}

/** Metres along the way and metres of height, of each stop whose photos know it (their median). */
function heights({ stops, legs, photos }: Trace): [number, number][] {
  let along = 0;
  return stops.flatMap((stop) => {
    const known = photos.slice(stop.first, stop.first + stop.photos).map((photo) => photo.altitude).filter((m) => m !== null).sort((a, b) => a - b);
    const at: [number, number][] = known.length ? [[along, known[known.length >> 1] as number]] : [];
    along += legs.find((leg) => leg.from === stop.index)?.distanceM ?? 0;
    return at;
  });
}

function daysOf({ photos }: Trace): number {
  const known = photos.filter((photo) => photo.time !== null);
  return new Set(known.map((photo) => Math.floor(((photo.time as number) + (photo.offsetMin ?? 0) * 60) / 86_400))).size;
}

function sum(legs: readonly Leg[], of: (leg: Leg) => number): number {
  return legs.reduce((all, leg) => all + of(leg), 0);
}
