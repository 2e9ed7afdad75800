/** Places and ways as a list: what the map shows, for those who read. */
import { button, element } from "./dom";
import type { Stop } from "./document";
import type { Reader } from "./reader";

const MANY = 400;

export function list(reader: Reader, choose: (stop: Stop) => void, close: () => void): HTMLElement {
  const { trace, say, words } = reader;
  const rows = trace.stops.slice(0, MANY).flatMap((stop) => {
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
    return leg ? [place, element("li", { className: `way ${leg.how}` }, reader.leg(leg))] : [place];
  });
  const rest = trace.stops.length - MANY;
  if (rest > 0) rows.push(element("li", { className: "way" }, say("and_more", { n: rest })));
  const missing = trace.photos.length - trace.placed.length;
  return element(
    "section", { className: "list", aria: { label: say("list") } },
    element("header", {}, element("h2", {}, say("list")), button("close", say("list_close"), close)),
    element("ol", {}, ...rows),
    missing > 0 && element("p", { className: "fact" }, say("unplaced", { n: missing })),
  );
}
