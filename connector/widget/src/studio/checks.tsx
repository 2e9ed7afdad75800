/** A connection tried step by step: what works, what does not, and what to do. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Check } from "./api";
import { sentences, useDesk } from "./desk";
import { Problems } from "./parts";

/** A button, and what came of it. */
export function Checks({ connection }: { connection: string }): JSX.Element {
  const { api, say, english } = useDesk();
  const [steps, setSteps] = useState<Check[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<string[]>([]);
  const check = (): void => {
    setBusy(true);
    setProblems([]);
    api.get<Check[]>(`/connections/${connection}/checks`).then(setSteps, (error: unknown) => setProblems(sentences(error))).finally(() => setBusy(false));
  };
  return (
    <div class="checks" aria-live="polite">
      <button type="button" class="small" disabled={busy} onClick={check}>{busy ? say("connecting") : say("check")}</button>
      <Problems of={problems} />
      {steps ? <ul>{steps.map((step) => <li key={step.name + step.said} class={sign(step)}><strong>{english(step.name)}</strong> {english(step.said)}{step.advice ? <small>{english(step.advice)}</small> : null}</li>)}</ul> : null}
    </div>
  );
}

function sign({ ok, needed }: Check): string {
  if (ok) return "works";
  return needed ? "fails" : "lacks";
}
