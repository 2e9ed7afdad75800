/** A trace that is being made: how far it is. The stream begins anew by itself, also after a reload. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Progress } from "./api";
import { useDesk } from "./desk";

const STEPS = ["listing", "reading", "routing"] as const;

export function Making({ id, title, done }: { id: string; title: string; done: () => void }): JSX.Element {
  const { api, say, english, go } = useDesk();
  const [now, setNow] = useState<Progress | null>(null);
  useEffect(() => {
    const stream = new EventSource(`${api.base}/traces/${id}/progress`);
    stream.addEventListener("progress", (event) => {
      const said = JSON.parse((event as MessageEvent<string>).data) as Progress;
      setNow(said);
      if (said.state !== "done" && said.state !== "failed") return;
      stream.close();
      if (said.state === "done") done();
    });
    return () => stream.close();
  }, [id]);
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
          <p role="status">{sentence(now, say)}{now?.message ? <><br />{english(now.message)}</> : null}</p>
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
