/** Places and ways as a list: what the map shows, for those who read. */
import "./list.css";
import { button, element } from "./dom";
import { daysOf } from "./days";
import type { Stop } from "./document";
import type { Reader } from "./reader";

const MANY = 400;

export function list(reader: Reader, choose: (stop: Stop) => void, close: () => void): HTMLElement {
  const { trace, say, words } = reader;
  const days = daysOf(trace);
  const opening = new Map(days.length > 1 ? days.map((day) => [day.stops[0]?.index, day]) : []);
  const rows = trace.stops.slice(0, MANY).flatMap((stop) => {
    const day = opening.get(stop.index);
    const offset = trace.photos[stop.first]?.offsetMin ?? null;
    const facts = stop.photos ? [words.clock(stop.start, offset), say("count_photos", { n: stop.photos })].join(" · ") : "";
    const place = element(
      "li", { className: "place" },
      element("button", { type: "button", onclick: () => choose(stop) },
        element("span", { className: "sign" }, stop.emoji ?? ""),
        element("strong", {}, reader.stop(stop)),
        element("span", { className: "fact" }, facts)),
    );
    const leg = trace.legs.find((each) => each.from === stop.index);
    const way = leg && element("li", { className: `way ${leg.how}` }, reader.leg(leg));
    return [day && element("li", { className: "day" }, element("strong", {}, reader.day(day)), element("span", { className: "fact" }, reader.dayFacts(day))), place, way].filter((row) => !!row);
  });
  const rest = trace.stops.length - MANY;
  if (rest > 0) rows.push(element("li", { className: "way" }, say("and_more", { n: rest })));
  const missing = trace.photos.length - trace.placed.length;
  return element(
    "section", { className: "list", aria: { label: say("list") } },
    element("header", {}, element("h2", {}, say("list")), button("close", say("list_close"), close)),
    trace.legs.length > 0 && element("p", { className: "fact modes" }, reader.byMode().join(" · ")),
    element("ol", {}, ...rows),
    missing > 0 && element("p", { className: "fact" }, say("unplaced", { n: missing })),
  );
}
