/** Moving a point by keys: arrows move it, Enter saves, Escape leaves everything as it was. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Position } from "geojson";
import type { Edit } from "./api";
import { useDesk } from "./desk";
import type { Work } from "./trace";

export interface Place {
  title: string;
  from: Position;
  edit: (at: Position) => Edit;
  /** Whether the way is shown as it would be; a photo that moves changes too much for that. */
  previews: boolean;
}

const STEP_PX = 12;
const FAR_PX = 60;

export function Placing({ work, place, done }: { work: Work; place: Place; done: () => void }): JSX.Element {
  const { say } = useDesk();
  const [at, setAt] = useState(place.from);
  const box = useRef<HTMLDivElement>(null);
  const map = work.view?.map;
  useEffect(() => {
    box.current?.focus();
    work.grab?.mark(place.from);
    map?.easeTo({ center: place.from as [number, number], duration: 0 });
  }, [place]);
  const leave = (): void => {
    work.grab?.drop();
    done();
  };
  const save = (): void => {
    void work.grab?.save(place.edit(at));
    done();
  };
  const key = (event: KeyboardEvent): void => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && event.target === box.current) save();
    else if (way && map) {
      const step = event.shiftKey ? FAR_PX : STEP_PX;
      const spot = map.project(at as [number, number]);
      const next = map.unproject([spot.x + (way[0] ?? 0) * step, spot.y + (way[1] ?? 0) * step]).toArray();
      setAt(next);
      work.grab?.mark(next);
      if (place.previews) work.grab?.try(place.edit(next));
      map.easeTo({ center: next, duration: 0 });
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
