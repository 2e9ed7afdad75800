/** Pictures that come a few at a time: drawing or fetching them takes the server a while, and what somebody does meanwhile is not to wait behind them. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Browsers ask a server six things at once over HTTP/1.1: three are left for everything else. */
const AT_ONCE = 3;
const AHEAD = "300px";

const waiting = new Set<() => void>();
let loading = 0;

function next(): void {
  for (const begin of waiting) {
    if (loading >= AT_ONCE) return;
    waiting.delete(begin);
    loading += 1;
    begin();
  }
}

/** Loads the picture when it is in sight and its turn has come; `gone` is called where there is none. Returns how to give it up. */
function pace(image: HTMLImageElement, src: string, gone: () => void): () => void {
  let holds = false;
  const begin = (): void => {
    holds = true;
    inSight.disconnect();
    image.src = src;
  };
  const release = (): void => {
    if (!holds) return;
    holds = false;
    loading -= 1;
    next();
  };
  const inSight = new IntersectionObserver((entries) => {
    if (entries.at(-1)?.isIntersecting) waiting.add(begin);
    else waiting.delete(begin);
    next();
  }, { rootMargin: AHEAD });
  inSight.observe(image);
  image.onload = release;
  image.onerror = (): void => {
    release();
    gone();
  };
  return () => {
    inSight.disconnect();
    waiting.delete(begin);
    release();
  };
}

/** A picture that says nothing the text beside it does not. `gone`: told when there is none. */
export function Paced({ src, gone }: { src: string; gone?: () => void }): JSX.Element {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => pace(image.current as HTMLImageElement, src, () => gone?.()), [src]);
  return <img ref={image} alt="" />;
}
