/** A trace that is being corrected: what is shown, which version that is, and edits one after the other. */
import { read, type Changes, type Log, type Style, type Trace } from "../document";
import { applied } from "./applied";
import { Problem, type Api, type Edit, type Edited } from "./api";

/** How long after the last edit of a leg everything is read again: photos placed by time have moved along. */
const SETTLE_MS = 1500;

/** How long after the last change of the looks they are saved. */
const RESTYLE_MS = 350;

/** How long after looks could not be saved, for nobody answered, they are sent again. */
const AGAIN_MS = 5000;

export interface Watcher {
  /** Another document: stops, photos, anything. */
  reread: (trace: Trace) => void;
  /** Only these legs and stops. */
  corrected: (trace: Trace, changes: Changes) => void;
  /** Other looks, nothing else. */
  restyled: (trace: Trace) => void;
  /** An edit was refused; `stale`: another window changed the trace meanwhile, and that is shown now. */
  refused: (sentences: string[], stale: boolean) => void;
}

export class Session {
  /** True while somebody drags: nothing is read again meanwhile. */
  held = false;
  /** Writes that were asked for and are not answered yet. */
  writing = 0;
  private tail: Promise<unknown> = Promise.resolve();
  private settle = 0;
  /** Looks that were chosen and are not saved yet. */
  private wanted: Style | null = null;
  private restyling = 0;
  private isOpen = true;

  /** The windows of this browser that show the same trace: they tell each other the version they have come to. */
  private readonly windows: BroadcastChannel;

  private constructor(readonly api: Api, readonly id: string, public trace: Trace, private readonly watcher: Watcher) {
    this.windows = new BroadcastChannel(`${api.base}/traces/${id}`);
    this.windows.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (Number(data) >= this.version) this.later(0);
    };
    addEventListener("pagehide", this.leave);
  }

  static async open(api: Api, id: string, watcher: Watcher): Promise<Session> {
    return new Session(api, id, read(await api.document(id)), watcher);
  }

  get version(): number {
    return Number(this.trace.wire.version);
  }

  get log(): Log {
    return this.trace.wire.log;
  }

  /** Resolves to false when it was refused; nothing has changed then. */
  edit(edit: Edit): Promise<boolean> {
    return this.write(() => this.post(edit), (done) => this.shown(done, this.movesPhotos(edit)));
  }

  undo(): Promise<boolean> {
    return this.log.undo === null ? Promise.resolve(false) : this.step("undo");
  }

  redo(): Promise<boolean> {
    return this.log.redo === null ? Promise.resolve(false) : this.step("redo");
  }

  private step(way: "undo" | "redo"): Promise<boolean> {
    return this.write(() => this.api.post<Edited>(`/traces/${this.id}/${way}`, {}, this.version), (done) => this.shown(done, true));
  }

  private post(edit: Edit): Promise<Edited> {
    return this.api.post(`/traces/${this.id}/edits`, { edit }, this.version);
  }

  private movesPhotos(edit: Edit): boolean {
    const isVia = edit.kind === "revert" && this.trace.legs.some((leg) => leg.vias.some((via) => via.seq === edit.seq));
    return MOVES_PHOTOS.has(edit.kind) && !isVia;
  }

  /** Has the server ready for corrections before the first one: asks what an edit would change that says nothing. */
  warm(): void {
    const anchor = this.trace.photos[0]?.key;
    if (anchor) void this.preview({ kind: "stop", anchor_asset: anchor }).catch(() => undefined); // the first edit says what is wrong
  }

  preview(edit: Edit): Promise<Changes> {
    return this.api.post(`/traces/${this.id}/preview`, { edit });
  }

  /** Title, subtitle, looks from a file: shown when the server has taken them, and not part of the log. */
  async describe(changes: Record<string, unknown>): Promise<void> {
    await this.api.patch(`/traces/${this.id}`, changes);
    await this.reread();
    this.tell();
  }

  /** Shown at once, saved a moment after the last change; what is read meanwhile does not undo it. */
  restyle(part: Partial<Style>): void {
    const style = { ...this.trace.wire.style, ...part };
    this.wanted = style;
    this.trace = styled(this.trace, style);
    this.watcher.restyled(this.trace);
    this.saveIn(RESTYLE_MS);
  }

  async reread(): Promise<void> {
    clearTimeout(this.settle);
    this.take(read(await this.api.document(this.id)));
  }

  /** As it is by now, unless a hand is at work or something newer is being written: then a while later. */
  private async freshen(): Promise<void> {
    const fresh = this.busy() ? null : read(await this.api.document(this.id));
    if (fresh && !this.busy() && Number(fresh.wire.version) >= this.version) this.take(fresh);
    else this.later(SETTLE_MS);
  }

  private busy(): boolean {
    return this.held || this.writing > 0;
  }

  private take(fresh: Trace): void {
    if (!this.isOpen) return;
    this.trace = this.wanted ? styled(fresh, this.wanted) : fresh;
    this.watcher.reread(this.trace);
  }

  close(): void {
    clearTimeout(this.settle);
    clearTimeout(this.restyling);
    removeEventListener("pagehide", this.leave);
    this.isOpen = false;
    this.windows.onmessage = null;
    void Promise.allSettled([this.tail, this.leave()]).then(() => this.windows.close());
  }

  private readonly leave = (): Promise<void> => (this.wanted ? this.saveStyle() : Promise.resolve());

  private tell(): void {
    this.windows.postMessage(this.version);
  }

  private saveIn(ms: number): void {
    clearTimeout(this.restyling);
    if (this.isOpen) this.restyling = window.setTimeout(() => void this.saveStyle(), ms);
  }

  private async saveStyle(): Promise<void> {
    const style = this.wanted;
    try {
      await this.api.patch(`/traces/${this.id}`, { style });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.watcher.refused(error.sentences(), false);
      if (error.unanswered) {
        this.saveIn(AGAIN_MS);
        return;
      }
    }
    if (this.wanted !== style) return; // chosen anew meanwhile: that is saved next
    this.wanted = null;
    await this.reread();
    this.tell();
  }

  private write(ask: () => Promise<Edited>, show: (done: Edited) => Promise<void>): Promise<boolean> {
    clearTimeout(this.settle);
    this.writing += 1;
    const done = this.tail.then(() => this.answered(ask, show)).finally(() => (this.writing -= 1));
    this.tail = done.catch(() => undefined);
    return done;
  }

  private async answered(ask: () => Promise<Edited>, show: (done: Edited) => Promise<void>): Promise<boolean> {
    try {
      const done = await ask();
      this.trace = { ...this.trace, wire: { ...this.trace.wire, version: String(done.version), log: done.log } };
      this.tell();
      await show(done);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const stale = error.status === 412;
      if (stale) await this.reread();
      this.watcher.refused(error.sentences(), stale);
      return false;
    }
  }

  private async shown({ changed }: Edited, whole: boolean): Promise<void> {
    if (!this.isOpen) return;
    if (changed.rebuilt) {
      await this.reread();
      return;
    }
    this.trace = applied(this.trace, changed);
    this.watcher.corrected(this.trace, changed);
    this.later(whole ? 0 : SETTLE_MS);
  }

  private later(ms: number): void {
    clearTimeout(this.settle);
    this.settle = window.setTimeout(() => void this.freshen().catch(() => undefined), ms); // the next edit says what is wrong
  }
}

function styled(trace: Trace, style: Style): Trace {
  return { ...trace, wire: { ...trace.wire, style } };
}

/** What moves photos or stops even where no leg changes. */
const MOVES_PHOTOS = new Set<Edit["kind"]>(["move", "moves", "exclude", "clock", "stop", "recording", "revert"]);
