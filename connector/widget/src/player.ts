/** Where playback is, and whether it runs. Knows no map and no elements. */
import { calm } from "./config";
import type { Timeline } from "./timeline";

export const SPEEDS = [1, 2, 4, 0.5];
/** Without motion the photos come up one after the other, each for this long. */
const CALM_STEP_S = 1.8;

export class Player {
  t = 0;
  playing = false;
  /** Whether anybody has played or scrubbed: before, the whole way is shown. */
  begun = false;
  speed = 1;
  private frame = 0;
  private last = 0;
  private readonly listeners: (() => void)[] = [];

  constructor(public times: Timeline) {}

  listen(listener: () => void): void {
    this.listeners.push(listener);
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (this.playing || this.times.seconds === 0) return;
    if (this.t >= this.times.seconds - 0.01) this.t = 0;
    this.playing = this.begun = true;
    this.last = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
    this.say();
  }

  pause(): void {
    cancelAnimationFrame(this.frame);
    this.playing = false;
    this.say();
  }

  seek(t: number): void {
    this.begun = true;
    this.t = Math.min(this.times.seconds, Math.max(0, t));
    this.say();
  }

  /** To the next photo (or the one before). */
  step(by: number): void {
    const { photos } = this.times;
    const next = Math.min(photos.length - 1, Math.max(0, this.times.up(this.t) + by));
    const found = photos[next];
    if (found) this.seek(found.t);
  }

  faster(): void {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length] as number;
    this.say();
  }

  /** Back to the whole way. */
  reset(): void {
    this.pause();
    this.begun = false;
    this.t = 0;
    this.say();
  }

  private tick(now: number): void {
    const gone = ((now - this.last) / 1000) * this.speed;
    if (!calm()) {
      this.t += Math.min(gone, 0.5);
      this.last = now;
    } else if (gone >= CALM_STEP_S) {
      this.last = now;
      this.t = this.times.photos[this.times.up(this.t) + 1]?.t ?? this.times.seconds;
    }
    if (this.t >= this.times.seconds) {
      this.t = this.times.seconds;
      this.playing = false;
    } else {
      this.frame = requestAnimationFrame((next) => this.tick(next));
    }
    this.say();
  }

  private say(): void {
    for (const listener of this.listeners) listener();
  }
}
