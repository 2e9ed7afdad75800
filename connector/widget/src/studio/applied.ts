/** A trace after a correction. */
import { changed, type Changes, type Trace } from "../document";

/** The trace with what an edit or a preview changed, where it did not change too much (`rebuilt`). */
export function applied(trace: Trace, changes: Changes): Trace {
  const legs = trace.legs.map((leg) => {
    const row = changes.legs[String(leg.index)];
    return row ? changed(leg, row) : leg;
  });
  const stops = trace.stops.map((stop) => {
    const at = changes.stops[String(stop.index)];
    return at ? { ...stop, at: [at[1], at[0]] } : stop;
  });
  return { ...trace, legs, stops };
}
