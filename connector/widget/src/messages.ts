/**
 * What an embed and the page around it tell each other, by postMessage.
 *
 * Out: `image-tracer:ready` {title} · `:resize` {height} · `:select` {key, index} · `:state` {playing, share}.
 * In: `image-tracer:play` · `:pause` · `:fit` · `:seek` {share: 0..1} · `:select` {key or index}.
 * A message is believed by who sent it (`event.source`): in a sandbox every origin is "null".
 */

export type Inward =
  | { type: "image-tracer:play" | "image-tracer:pause" | "image-tracer:fit" }
  | { type: "image-tracer:seek"; share: number }
  | { type: "image-tracer:select"; key?: string; index?: number };

export const embedded = (): boolean => window.parent !== window;

export function tell(type: string, values: Record<string, unknown> = {}): void {
  if (embedded()) window.parent.postMessage({ type: `image-tracer:${type}`, ...values }, "*");
}

export function hear(listener: (message: Inward) => void): void {
  addEventListener("message", (event: MessageEvent<Inward>) => {
    if (!embedded() || event.source !== window.parent) return;
    if (typeof event.data?.type === "string" && event.data.type.startsWith("image-tracer:")) listener(event.data);
  });
}

const LEAST_PX = 340;
const MOST_PX = 680;

/** Tells the page around how high the embed would like to be, whenever its width changes. */
export function tellHeight(root: HTMLElement): void {
  let last = 0;
  new ResizeObserver(() => {
    const height = Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, root.clientWidth * 0.62)));
    if (height === last || !embedded()) return;
    last = height;
    tell("resize", { height });
    window.parent.postMessage({ sentinel: "amp", type: "embed-size", height }, "*");
  }).observe(root);
}
