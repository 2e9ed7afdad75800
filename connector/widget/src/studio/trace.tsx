/** One trace: its map, which is corrected by hand, and the panels beside it. */
import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Position } from "geojson";
import { Lightbox } from "../lightbox";
import { look, paint } from "../look";
import { Playback } from "../playback";
import { Player } from "../player";
import { Reader } from "../reader";
import { theme, type Theme } from "../themes";
import type { Leg, Photo, Trace as Shown } from "../document";
import { fitControl, View } from "../view";
import { Problem, type TraceInfo } from "./api";
import { useDesk, type Desk } from "./desk";
import { Grab } from "./grab";
import { Making } from "./making";
import { Numbers } from "./numbers";
import { Sign } from "./parts";
import { Picture } from "./picture";
import { Places } from "./places";
import { Placing, type Place } from "./placing";
import { Sharing } from "./sharing";
import { Session } from "./session";
import { Styling } from "./styling";
import { Tray } from "./tray";

/** What the panels work with. */
export interface Work {
  session: Session;
  trace: Shown;
  reader: Reader;
  view: View | null;
  grab: Grab | null;
  chosen: Chosen;
  choose: (chosen: Chosen) => void;
  /** Moves a point or a photo by keys until it is saved. */
  place: (place: Place) => void;
  open: (photo: Photo) => void;
}

export type Chosen = { what: "leg"; index: number; at: Position | null } | { what: "stop"; index: number } | { what: "photo"; key: string } | null;

const PANELS = ["places", "photos", "look", "share", "picture", "numbers"] as const;
type Panel = (typeof PANELS)[number];

export function Trace({ id }: { id: string }): JSX.Element {
  const { api, say, tell } = useDesk();
  const [info, setInfo] = useState<TraceInfo | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** Whether it is being made anew because somebody asked for it here. */
  const [isAnew, setAnew] = useState(false);
  const failed = (error: unknown): void => {
    if (!(error instanceof Problem)) throw error;
    setProblem(error);
  };
  const found = (now: TraceInfo): void => {
    setInfo(now);
    setProblem(null);
  };
  const load = (): void => void api.get<TraceInfo>(`/traces/${id}`).then(found, failed);
  useEffect(load, [id]);
  if (problem) return <Unopened problem={problem} again={load} />;
  if (!info) return <main class="making" />;
  const isThere = info.version > 0 && info.photos !== null;
  if (info.state !== "done" && (!isThere || isAnew)) return <Making info={info} reload={load} />;
  const again = (): void => void api.post(`/traces/${id}/again`).then(() => { setAnew(true); load(); });
  return (
    <>
      <Bench id={id} failed={failed} refused={(texts, stale) => tell(stale ? say("stale") : texts.join(" "))} />
      {info.state === "failed" ? <NotRenewed message={info.message} again={again} /> : null}
    </>
  );
}

/** What was made before is there; why it could not be made anew is said beside it. */
function NotRenewed({ message, again }: { message: string | null; again: () => void }): JSX.Element | null {
  const { say, english } = useDesk();
  const [isRead, setRead] = useState(false);
  if (isRead) return null;
  return (
    <div class="notice" role="status">
      <p>{say("not_renewed")}{message ? <><br />{english(message)}</> : null}</p>
      <button type="button" class="quiet" onClick={again}>{say("try_again")}</button>
      <button type="button" class="quiet" onClick={() => setRead(true)}>{say("close")}</button>
    </div>
  );
}

/** How long after nobody answered it is asked again. */
const AGAIN_MS = 5000;

function Unopened({ problem, again }: { problem: Problem; again: () => void }): JSX.Element {
  const { say, go } = useDesk();
  useEffect(() => {
    document.documentElement.dataset.ready = "1";
    const timer = problem.unanswered ? window.setTimeout(again, AGAIN_MS) : 0;
    return () => clearTimeout(timer);
  }, [problem]);
  return (
    <main class="making">
      <h1>{problem.status === 404 ? say("no_such_trace") : problem.sentences().join(" ")}</h1>
      {problem.unanswered ? <button type="button" class="main" onClick={again}>{say("try_again")}</button> : null}
      <button type="button" class="quiet" onClick={() => go("/")}>{say("back_home")}</button>
    </main>
  );
}

interface Opened {
  id: string;
  /** It could not be opened. */
  failed: (error: unknown) => void;
  refused: Hooks["refused"];
}

function Bench({ id, failed, refused }: Opened): JSX.Element {
  const desk = useDesk();
  const { say } = desk;
  const stage = useRef<HTMLElement>(null);
  const inside = useRef<HTMLDivElement>(null);
  const [panel, setPanel] = useState<Panel>("places");
  const [chosen, setChosen] = useState<Chosen>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const choose = (next: Chosen): void => {
    setChosen(next);
    if (next) setPanel(next.what === "photo" ? "photos" : "places");
  };
  const bench = useBench(id, stage, failed, { choose, refused });
  useUndoKeys(bench?.session ?? null);
  useEffect(() => mark(bench, chosen), [chosen, bench?.trace]);
  useLayoutEffect(() => inside.current?.scrollTo(0, 0), [panel]);
  const work: Work | null = bench && { ...bench, chosen, choose, place: setPlace };
  return (
    <div class="bench">
      <main class="tracer stage" ref={stage}>
        {work && place ? <Placing work={work} place={place} done={() => setPlace(null)} /> : null}
      </main>
      <aside class="side">
        {work ? <Head work={work} /> : <p role="status" class="loading">{say("opening")}</p>}
        <div class="tabs" role="tablist" aria-label={say("panels")} onKeyDown={arrows}>
          {PANELS.map((each) => (
            <button key={each} type="button" role="tab" id={`tab-${each}`} aria-selected={panel === each} aria-controls="panel" tabIndex={panel === each ? 0 : -1} onClick={() => setPanel(each)}>{say(`panel_${each}`)}</button>
          ))}
        </div>
        <div class="panel" id="panel" ref={inside} role="tabpanel" aria-labelledby={`tab-${panel}`} tabIndex={-1}>
          {work ? <Inside panel={panel} work={work} /> : null}
        </div>
      </aside>
    </div>
  );
}

function Inside({ panel, work }: { panel: Panel; work: Work }): JSX.Element {
  if (panel === "places") return <Places work={work} />;
  if (panel === "photos") return <Tray work={work} />;
  if (panel === "look") return <Styling work={work} />;
  if (panel === "share") return <Sharing work={work} />;
  if (panel === "picture") return <Picture work={work} />;
  return <Numbers work={work} />;
}

function Head({ work }: { work: Work }): JSX.Element {
  const { say, go, root } = useDesk();
  const { session, reader } = work;
  const home = (event: MouseEvent): void => {
    event.preventDefault();
    go("/");
  };
  return (
    <header class="head-row">
      <a class="round" href={`${root}/`} onClick={home} title={say("back_home")} aria-label={say("back_home")}><Sign name="back" /></a>
      <div class="name">
        <h1>{reader.title()}</h1>
        <p>{reader.facts().join(" · ")}</p>
      </div>
      <button type="button" class="round" disabled={session.log.undo === null} title={say("undo")} aria-label={say("undo")} onClick={() => void session.undo()}><Sign name="undo" /></button>
      <button type="button" class="round" disabled={session.log.redo === null} title={say("redo")} aria-label={say("redo")} onClick={() => void session.redo()}><Sign name="redo" /></button>
    </header>
  );
}

function arrows(event: KeyboardEvent): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const tabs = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>("[role=tab]")];
  const next = tabs[(tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true") + by + tabs.length) % tabs.length];
  next?.click();
  next?.focus();
}

function useUndoKeys(session: Session | null): void {
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea") !== null;
      if (!session || typing || !(event.ctrlKey || event.metaKey)) return;
      const name = event.key.toLowerCase();
      if (name !== "z" && name !== "y") return;
      event.preventDefault();
      void (name === "y" || event.shiftKey ? session.redo() : session.undo());
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [session]);
}

/** Shows on the map what is chosen. */
function mark(bench: Made | null, chosen: Chosen): void {
  if (!bench?.grab) return;
  const { stops, photos } = bench.trace;
  const at = chosen?.what === "stop" ? stops[chosen.index]?.at : chosen?.what === "photo" ? photos.find((photo) => photo.key === chosen.key)?.at : null;
  bench.grab.mark(chosen?.what === "leg" ? chosen.index : null, at ?? null);
}

type Made = Pick<Work, "session" | "trace" | "reader" | "view" | "grab" | "open">;

/** Opens the trace and its map once; what changes comes back through here. */
function useBench(id: string, stage: RefObject<HTMLElement | null>, failed: (error: unknown) => void, hooks: Hooks): Made | null {
  const desk = useDesk();
  const [made, setMade] = useState<Made | null>(null);
  const latest = useRef(hooks);
  latest.current = hooks;
  useEffect(() => {
    let gone = false;
    let close = (): void => undefined;
    const opened = (bed: Bed): void => {
      if (gone) bed.close();
      else close = () => bed.close();
    };
    void Bed.open(id, desk, stage.current as HTMLElement, setMade, {
      choose: (chosen) => latest.current.choose(chosen),
      refused: (texts, stale) => latest.current.refused(texts, stale),
    }).then(opened, failed);
    return () => {
      gone = true;
      close();
    };
  }, [id]);
  return made;
}

interface Hooks {
  choose: (chosen: Chosen) => void;
  refused: (texts: string[], stale: boolean) => void;
}

/** The map of a trace with everything on it, kept in step with the session. */
class Bed {
  private view: View | null = null;
  private grab: Grab | null = null;
  private player: Player | null = null;
  private playback: Playback | null = null;
  private lightbox: Lightbox | null = null;
  private session!: Session;
  private drawn = "";
  private first = "";
  private picked = false;

  private constructor(private readonly desk: Desk, private readonly stage: HTMLElement, private readonly show: (made: Made) => void, private readonly hooks: Hooks) {}

  static async open(id: string, desk: Desk, stage: HTMLElement, show: (made: Made) => void, hooks: Hooks): Promise<Bed> {
    const bed = new Bed(desk, stage, show, hooks);
    bed.session = await Session.open(desk.api, id, {
      reread: (trace) => bed.reread(trace),
      corrected: (trace, changes) => {
        if (bed.grab) bed.grab.corrected(changes, () => bed.tell(trace));
        else bed.tell(trace);
      },
      restyled: (trace) => bed.restyled(trace),
      refused: hooks.refused,
    });
    await bed.draw();
    return bed;
  }

  close(): void {
    this.session.close();
    this.playback?.remove();
    this.view?.map.remove();
  }

  private get photos(): string {
    return `${this.desk.api.base}/traces/${this.session.id}/photos/`;
  }

  private async draw(): Promise<void> {
    const { trace } = this.session;
    this.first = trace.wire.style.theme;
    const used = this.theme(trace);
    paint(used);
    const { say, lang, api } = this.desk;
    const container = document.createElement("div");
    container.className = "map";
    this.stage.prepend(container);
    try {
      this.view = new View({
        container, trace, look: look(trace, used), lang, say, tiles: `${api.base}/tiles/`, photos: this.photos, cooperative: false,
        fullscreen: null, padding: () => [{ top: 70, right: 60, bottom: 120, left: 50 }],
      });
      this.view.map.addControl(fitControl(this.view, say), "top-right");
      this.grab = new Grab(this.view, this.session, this.chooser());
    } catch (error) {
      console.info("no map:", error instanceof Error ? error.message : error); // no WebGL: lists and panels still work
      container.textContent = say("no_map");
    }
    this.equip(trace);
    this.tell(trace);
    await this.view?.settled();
    this.session.warm();
    document.documentElement.dataset.ready = "1";
  }

  /** As readers see it on such a device; once a theme was picked here, exactly that. */
  private theme(trace: Shown): Theme {
    const name = trace.wire.style.theme;
    return theme(name, this.picked ? name : null, matchMedia("(prefers-color-scheme: dark)").matches);
  }

  private chooser(): ConstructorParameters<typeof Grab>[2] {
    const { choose } = this.hooks;
    return {
      leg: (leg: Leg, at: Position) => choose({ what: "leg", index: leg.index, at }),
      photo: (photo) => choose({ what: "photo", key: photo.key }),
      stop: (index) => choose({ what: "stop", index }),
      nothing: () => choose(null),
    };
  }

  private reread(trace: Shown): void {
    void this.view?.show(trace);
    this.grab?.reread();
    this.equip(trace);
    this.restyled(trace);
  }

  private restyled(trace: Shown): void {
    this.picked ||= trace.wire.style.theme !== this.first;
    const used = this.theme(trace);
    paint(used);
    void this.view?.setLook(look(trace, used));
    this.tell(trace);
  }

  /** Bar and lightbox again, when photos, their order or what they are called are others. */
  private equip(trace: Shown): void {
    const now = trace.photos.map(({ key, leg, stop, time }) => [key, leg, stop, time, stop === null ? "" : trace.stops[stop]?.name].join()).join(" ");
    if (now === this.drawn) {
      this.keep(trace);
      return;
    }
    this.drawn = now;
    this.playback?.remove();
    this.lightbox?.root.remove();
    const reader = this.reader(trace);
    const open = (photo: Photo): void => this.lightbox?.open(photo);
    this.lightbox = new Lightbox(trace.photos, this.photos, reader, (photo) => (this.session.trace.wire.photos.linked ? `${this.photos}${photo.key}/open` : null), () => undefined);
    this.stage.append(this.lightbox.root);
    const times = this.view?.times;
    if (!times?.photos.length) return;
    this.player = new Player(times);
    this.playback = new Playback(this.view, this.player, { root: this.stage, prefix: this.photos, reader, open });
    this.stage.append(this.playback.bar);
    this.stage.style.setProperty("--bar", `${this.playback.bar.offsetHeight + 14}px`);
  }

  /** The same photos in the same order, read anew: bar and lightbox share their reader. */
  private keep(trace: Shown): void {
    if (this.player && this.view) this.player.times = this.view.times;
    if (!this.lightbox) return;
    this.lightbox.photos = trace.photos;
    this.lightbox.reader.trace = trace;
  }

  private reader(trace: Shown): Reader {
    return new Reader(trace, this.desk.say, this.desk.words);
  }

  private tell(trace: Shown): void {
    document.title = this.reader(trace).title();
    this.show({ session: this.session, trace, reader: this.reader(trace), view: this.view, grab: this.grab, open: (photo) => this.lightbox?.open(photo) });
  }
}
