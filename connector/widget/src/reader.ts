/** What is said of photos, stops and legs, in the reader's language: shared by list, strip and lightbox. */
import type { Day } from "./days";
import type { Leg, Photo, Stop, Trace } from "./document";
import type { Say } from "./texts";
import type { Words } from "./words";

export class Reader {
  constructor(public trace: Trace, readonly say: Say, readonly words: Words) {}

  title(): string {
    return this.trace.wire.title || this.say("trip");
  }

  /** "12.4 km · 7 places · 33 photos"; what is not known is left out. */
  facts(): string[] {
    const { trace, say, words } = this;
    const metres = trace.legs.reduce((sum, leg) => sum + leg.distanceM, 0);
    const { places, photos } = trace.wire.summary;
    return [
      ...(metres > 0 ? [words.distance(metres)] : []),
      ...(places > 1 ? [say("count_places", { n: places })] : []),
      ...(photos ? [say("count_photos", { n: photos })] : []),
    ];
  }

  /** From the first to the last day. */
  days(): string | null {
    const { from, to, offset } = this.trace.wire.summary;
    return from === null || to === null ? null : this.words.days(from, to, offset);
  }

  /** "Photo 3, Vaduz, 11 July 2026, 09:40". */
  label(photo: Photo): string {
    const name = this.say(photo.video ? "video" : "photo", { n: photo.index + 1 });
    return [name, this.where(photo), this.when(photo)].filter(Boolean).join(", ");
  }

  where(photo: Photo): string | null {
    return photo.stop === null ? null : (this.trace.stops[photo.stop]?.name ?? null);
  }

  when({ time, offsetMin }: Photo): string | null {
    return time === null ? null : `${this.words.day(time, offsetMin)}, ${this.words.clock(time, offsetMin)}`;
  }

  stop(stop: Stop): string {
    return stop.name ?? this.say("place", { n: stop.index + 1 });
  }

  /** "On foot 6.4 km", the farthest first. */
  byMode(): string[] {
    const metres = new Map<string, number>();
    for (const leg of this.trace.legs) metres.set(leg.mode, (metres.get(leg.mode) ?? 0) + leg.distanceM);
    return [...metres].sort(([, a], [, b]) => b - a).map(([mode, m]) => `${this.say(`mode_${mode}`)} ${this.words.distance(m)}`);
  }

  day(day: Day): string {
    return this.words.day(day.time, day.offsetMin);
  }

  /** "12.4 km · 7 places · 33 photos" of one day. */
  dayFacts({ distanceM, places, photos }: Day): string {
    const { say, words } = this;
    return [words.distance(distanceM), say("count_places", { n: places.length }), say("count_photos", { n: photos })].join(" · ");
  }

  /** "On foot, 1.2 km, 25 min". */
  leg(leg: Leg): string {
    const { say, words } = this;
    const crow = leg.how === "direct" && leg.mode !== "flight" ? [say("how_direct")] : [];
    return [say(`mode_${leg.mode}`), words.distance(leg.distanceM), words.duration(leg.durationS), ...crow].join(" · ");
  }
}
