/** A trace that is being corrected: what is shown, which version that is, and edits one after the other. */
import { read, type Changes, type Log, type Style, type Trace } from "../document";
import { applied } from "./applied";
import { Problem, type Api, type Edit, type Edited, type TraceInfo } from "./api";

/** How long after the last edit of a leg everything is read again: photos placed by time have moved along. */
const SETTLE_MS = 1500;

/** Looks that follow each other (a slider on its way) are saved this long after the last. */
const RESTYLE_MS = 350;

/** How long after something was not answered it is asked for again. */
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
  describe(changes: Record<string, unknown>): Promise<void> {
    return this.queued(() => this.patch(changes));
  }

  private async patch(changes: Record<string, unknown>): Promise<void> {
    const { version } = await this.api.patch<TraceInfo>(`/traces/${this.id}`, changes);
    if (version === this.version + 1) this.trace = numbered(this.trace, version); // else another window wrote as well
    this.tell();
    this.later(0);
  }

  /** Saved and shown at once; what follows while that is being saved, a moment after the last. What is read meanwhile does not undo it. */
  restyle(part: Partial<Style>): void {
    const style = { ...this.trace.wire.style, ...part };
    const isFirst = !this.wanted;
    this.wanted = style;
    if (isFirst) void this.saveStyle();
    else this.saveIn(RESTYLE_MS);
    this.trace = styled(this.trace, style);
    this.watcher.restyled(this.trace);
  }

  private async reread(): Promise<void> {
    clearTimeout(this.settle);
    this.take(read(await this.api.document(this.id)));
  }

  /** As it is by now, unless a hand is at work or something newer is being written: then a while later. */
  private async freshen(): Promise<void> {
    const fresh = this.busy() ? null : read(await this.api.document(this.id));
    if (fresh && !this.busy()) this.take(fresh);
    else this.later(SETTLE_MS);
  }

  private busy(): boolean {
    return this.held || this.writing > 0;
  }

  /** What was asked for before the last write is not taken back to. */
  private take(fresh: Trace): void {
    if (!this.isOpen || Number(fresh.wire.version) < this.version) return;
    this.trace = this.wanted ? styled(fresh, this.wanted) : fresh;
    this.watcher.reread(this.trace);
  }

  close(): void {
    clearTimeout(this.settle);
    clearTimeout(this.restyling);
    removeEventListener("pagehide", this.leave);
    this.isOpen = false;
    this.windows.onmessage = null;
    void this.saveStyle().finally(() => this.windows.close());
  }

  /** Nobody is there to be told, or to wait for what is being written. */
  private readonly leave = (): void => {
    if (this.wanted) void this.api.patch(`/traces/${this.id}`, { style: this.wanted }).catch(() => undefined);
  };

  private tell(): void {
    this.windows.postMessage(this.version);
  }

  private saveIn(ms: number): void {
    clearTimeout(this.restyling);
    if (this.isOpen) this.restyling = window.setTimeout(() => void this.saveStyle(), ms);
  }

  private saveStyle(): Promise<void> {
    return this.queued(async () => {
      const style = this.wanted;
      if (!style) return;
      try {
        await this.patch({ style });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        this.watcher.refused(error.sentences(), false);
        if (error.passes) {
          this.saveIn(AGAIN_MS);
          return;
        }
        this.later(0);
      }
      if (this.wanted === style) this.wanted = null; // else it was chosen anew meanwhile: that is saved next
    });
  }

  private write(ask: () => Promise<Edited>, show: (done: Edited) => Promise<void>): Promise<boolean> {
    return this.queued(() => this.answered(ask, show));
  }

  /** One after the other, so that each names the version that the one before it made. */
  private async queued<T>(work: () => Promise<T>): Promise<T> {
    this.writing += 1;
    const done = this.tail.then(work).finally(() => (this.writing -= 1));
    this.tail = done.catch(() => undefined);
    return await done; // in a promise of its own: where nobody catches what it rejects with, that is told
  }

  private async answered(ask: () => Promise<Edited>, show: (done: Edited) => Promise<void>): Promise<boolean> {
    try {
      const done = await ask();
      this.trace = numbered(this.trace, done.version, done.log);
      this.tell();
      await show(done);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await this.refused(error);
      return false;
    }
  }

  /** Another window changed the trace, or the answer was lost and it may have been taken: what is there is shown. */
  private async refused(problem: Problem): Promise<void> {
    const stale = problem.status === 412;
    if (stale) await this.reread().catch((error: unknown) => this.unread(error));
    else if (problem.passes) this.later(AGAIN_MS);
    this.watcher.refused(problem.sentences(), stale);
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
    if (this.isOpen) this.settle = window.setTimeout(() => void this.freshen().catch((error: unknown) => this.unread(error)), ms);
  }

  private unread(error: unknown): void {
    if (!(error instanceof Problem) || !error.passes) throw error;
    this.later(AGAIN_MS);
  }
}

function numbered(trace: Trace, version: number, log = trace.wire.log): Trace {
  return { ...trace, wire: { ...trace.wire, version: String(version), log } };
}

function styled(trace: Trace, style: Style): Trace {
  return { ...trace, wire: { ...trace.wire, style } };
}

/** What moves photos or stops even where no leg changes. */
const MOVES_PHOTOS = new Set<Edit["kind"]>(["move", "moves", "exclude", "clock", "stop", "recording", "revert"]);
