/** Moving a point by keys or by pointing where it goes: arrows move it, Enter saves, Escape leaves everything as it was. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Position } from "geojson";
import type { Photo } from "../document";
import type { Edit } from "./api";
import { useDesk } from "./desk";
import type { Work } from "./trace";

export interface Place {
  title: string;
  from: Position;
  edit: (at: Position) => Edit;
  /** The photo that is moved; null: a point of the way, which is shown as it would be. */
  photo: Photo | null;
}

const STEP_PX = 12;
const FAR_PX = 60;

export function Placing({ work, place, done }: { work: Work; place: Place; done: () => void }): JSX.Element {
  const { say } = useDesk();
  const at = useRef(place.from);
  const box = useRef<HTMLDivElement>(null);
  const { grab } = work;
  const map = work.view?.map;
  const put = (next: Position): void => {
    at.current = next;
    if (place.photo) grab?.tryPhoto(place.photo, next);
    else grab?.try(place.edit(next), next);
  };
  useEffect(() => {
    if (!map || !grab) return undefined;
    const point = map.on("click", (event) => {
      put(event.lngLat.toArray());
      box.current?.focus(); // the keys go on from there
    });
    grab.placing = true;
    box.current?.focus();
    put(place.from);
    map.jumpTo({ center: place.from as [number, number] });
    return () => {
      grab.placing = false;
      point.unsubscribe();
    };
  }, [place]);
  const leave = (): void => {
    grab?.drop();
    done();
  };
  const save = (): void => {
    void grab?.save(place.edit(at.current));
    done();
  };
  const key = (event: KeyboardEvent): void => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && event.target === box.current) save();
    else if (way && map) {
      const step = event.shiftKey ? FAR_PX : STEP_PX;
      const spot = map.project(at.current as [number, number]);
      const next = map.unproject([spot.x + (way[0] ?? 0) * step, spot.y + (way[1] ?? 0) * step]).toArray();
      put(next);
      map.jumpTo({ center: next });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="placing" role="group" aria-label={place.title} tabIndex={0} ref={box} onKeyDown={key}>
      <strong>{place.title}</strong>
      <span>{say("placing_keys")}</span>
      <button type="button" class="main" onClick={save}>{say("save")}</button>
      <button type="button" class="quiet" onClick={leave}>{say("cancel")}</button>
    </div>
  );
}
