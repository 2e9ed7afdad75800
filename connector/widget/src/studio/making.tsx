/** A trace that is being made: how far it is. The stream begins anew by itself, also after a reload. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Progress, TraceInfo } from "./api";
import { useDesk } from "./desk";

const STEPS = ["listing", "reading", "routing"] as const;

/** A stream ends now and then and begins anew; how long it may take until that is worth a word. */
const LOST_AFTER_MS = 4000;

/** What was heard last, and whether nothing is heard any more. A stream that was refused is `reload`ed after a while. */
function useProgress(info: TraceInfo, reload: () => void): [Progress | null, boolean] {
  const { api } = useDesk();
  const [now, setNow] = useState<Progress | null>(null);
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    const stream = new EventSource(`${api.base}/traces/${info.id}/progress`);
    let timer = 0;
    const heard = (): void => {
      clearTimeout(timer);
      timer = 0;
      setLost(false);
    };
    const missed = (): void => {
      const isRefused = stream.readyState === EventSource.CLOSED;
      if (timer && !isRefused) return;
      clearTimeout(timer);
      timer = window.setTimeout(isRefused ? reload : () => setLost(true), LOST_AFTER_MS);
    };
    stream.addEventListener("open", heard);
    stream.addEventListener("error", missed);
    stream.addEventListener("progress", (event) => {
      const said = JSON.parse((event as MessageEvent<string>).data) as Progress;
      setNow(said);
      if (said.state !== "done" && said.state !== "failed") return;
      stream.close();
      if (said.state === "done") reload();
    });
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [info]);
  return [now, isLost];
}

export function Making({ info, reload }: { info: TraceInfo; reload: () => void }): JSX.Element {
  const { api, say, english, go } = useDesk();
  const { id, title } = info;
  const [now, isLost] = useProgress(info, reload);
  useEffect(() => {
    document.documentElement.dataset.ready = "1";
  }, []);
  const again = (): void => void api.post(`/traces/${id}/again`).then(() => location.reload());
  const stop = (): void => void api.post(`/traces/${id}/stop`).then(() => go("/"));
  const at = STEPS.findIndex((step) => step === now?.state);
  return (
    <main class="making">
      <h1>{title}</h1>
      {now?.state === "failed" ? (
        <>
          <p role="alert">{now.message ? english(now.message) : say("failed_making")}</p>
          <button type="button" class="main" onClick={again}>{say("try_again")}</button>
        </>
      ) : (
        <>
          <ol class="steps">
            {STEPS.map((step, n) => <li key={step} class={n < at ? "past" : n === at ? "now" : ""} aria-current={n === at ? "step" : undefined}>{say(`step_${step}`)}</li>)}
          </ol>
          <progress value={share(now)} max={1} aria-label={say("progress")} />
          <p role="status">{isLost ? say("connection_lost") : sentence(now, say)}{now?.message ? <><br />{english(now.message)}</> : null}</p>
          <button type="button" class="quiet" onClick={stop}>{say("stop_making")}</button>
        </>
      )}
      <button type="button" class="quiet" onClick={() => go("/")}>{say("back_home")}</button>
    </main>
  );
}

function share(now: Progress | null): number | undefined {
  if (!now?.total) return undefined;
  return now.done / now.total;
}

/** "Found 812 photos, read 640, routed 55 of 71 ways": what is known by now. */
function sentence(now: Progress | null, say: (key: string, values?: Record<string, number>) => string): string {
  if (!now) return say("step_waiting");
  const parts = [
    ...(now.found === null ? [] : [say("found_photos", { n: now.found })]),
    ...(now.read > 0 ? [say("read_photos", { n: now.read })] : []),
    ...(now.legs === null ? [] : [say("routed_legs", { n: now.legs_done, all: now.legs })]),
  ];
  return parts.length ? parts.join(" · ") : say(`step_${now.state}`);
}
