/** Statistics of the trace, and its heights where they are known. */
import type { JSX } from "preact";
import { daysOf, type Day } from "../days";
import type { Leg, Mode, Trace } from "../document";
import { outlines } from "../heights";
import { useDesk } from "./desk";
import { byDistance } from "./heights";
import type { Work } from "./trace";

export function Numbers({ work }: { work: Work }): JSX.Element {
  const { say, words } = useDesk();
  const { trace } = work;
  const metres = sum(trace.legs, (leg) => leg.distanceM);
  const days = daysOf(trace);
  const moving = sum(trace.legs, (leg) => leg.durationS);
  const facts: [string, string][] = [
    [say("distance"), words.distance(metres)],
    [say("moving"), words.duration(moving)],
    [say("places"), words.number(trace.wire.summary.places)],
    [say("photos"), words.number(trace.photos.length)],
    ...(days.length ? [[say("days"), words.number(days.length)] as [string, string]] : []),
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      <Modes trace={trace} metres={metres} />
      <Heights trace={trace} />
      <Days work={work} days={days} />
    </>
  );
}

/** Slower than this on the whole, the time was spent elsewhere than on the way. */
const SLOWEST_MPS = 0.15;

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
            <span>{say(`mode_${mode}`)}</span><span>{words.distance(distance)} · {words.duration(duration)}{distance > SLOWEST_MPS * duration ? ` · ${words.speed(distance / duration)}` : ""}</span>
            <meter min={0} max={Math.max(1, metres)} value={distance} aria-label={say(`mode_${mode}`)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const [WIDE, HIGH] = [340, 110];

/** Heights along the way, where photos or a recording measured them. */
function Heights({ trace }: { trace: Trace }): JSX.Element | null {
  const { say, words } = useDesk();
  const profile = byDistance(trace);
  if (!profile) return null;
  const { line, area } = outlines(profile, WIDE, HIGH);
  const said = say("heights_said", { low: words.height(profile.low), top: words.height(profile.top) });
  return (
    <section>
      <h2>{say("heights")}</h2>
      <svg class="heights" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label={said}>
        <path class="area" d={area} />
        <path class="line" d={line} vector-effect="non-scaling-stroke" />
      </svg>
      <p class="hint">{said} · {say("climbed", { height: words.height(profile.climbed) })}</p>
    </section>
  );
}

/** Day by day, where there are several. */
function Days({ work, days }: { work: Work; days: readonly Day[] }): JSX.Element | null {
  const { say } = useDesk();
  if (days.length < 2) return null;
  return (
    <section>
      <h2>{say("days")}</h2>
      <ol class="days">
        {days.map((day) => <li key={day.time}><strong>{work.reader.day(day)}</strong><small>{work.reader.dayFacts(day)}</small></li>)}
      </ol>
    </section>
  );
}

function sum(legs: readonly Leg[], of: (leg: Leg) => number): number {
  return legs.reduce((all, leg) => all + of(leg), 0);
}
