/** Who is there: the first set-up, or signing in with the library one has. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Say } from "../texts";
import type { Api, Kind } from "./api";
import { sentences } from "./desk";
import { Field, Problems } from "./parts";
import type { Said } from "./sentences";

type Way = "library" | "token" | "setup";

/** `isSetUp`: somebody has taken the installation over; until then that is what is offered first. */
export function Entrance({ api, say, english, isSetUp, done }: { api: Api; say: Say; english: Said; isSetUp: boolean; done: () => void }): JSX.Element {
  const [way, setWay] = useState<Way>(isSetUp ? "library" : "setup");
  const [kinds, setKinds] = useState<Kind[]>([]);
  const [problems, setProblems] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => void api.get<Kind[]>("/kinds").then(setKinds), []);
  const send = (path: string, body: unknown): void => {
    setBusy(true);
    setProblems([]);
    api.post(path, body).then(done, (error: unknown) => setProblems(sentences(error))).finally(() => setBusy(false));
  };
  const ways: [Way, string][] = [["library", say("with_library")], ["token", say("with_token")]];
  if (!isSetUp) ways.unshift(["setup", say("first_start")]);
  return (
    <main class="entrance">
      <Brand />
      <h1>{say("welcome")}</h1>
      <p class="lead">{say("welcome_lead")}</p>
      <div class="tabs" role="tablist" aria-label={say("sign_in")}>
        {ways.map(([each, text]) => (
          <button key={each} type="button" role="tab" id={`tab-${each}`} aria-selected={way === each} aria-controls="way" onClick={() => { setWay(each); setProblems([]); }}>{text}</button>
        ))}
      </div>
      <div id="way" role="tabpanel" aria-labelledby={`tab-${way}`}>
        {way === "library" ? <ByLibrary kinds={kinds.filter((kind) => kind.options.some((option) => option.secret))} say={say} english={english} busy={busy} send={send} /> : null}
        {way === "token" ? <ByToken say={say} busy={busy} send={send} /> : null}
        {way === "setup" ? <SetUp say={say} busy={busy} send={send} /> : null}
        <Problems of={problems} />
      </div>
    </main>
  );
}

export function Brand(): JSX.Element {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
        <path d="M6 26c8-2 2-12 10-13s3-8 10-8" />
        <circle cx="6" cy="26" r="3.500" /><circle cx="26" cy="5" r="3.500" />
      </svg>
      image-tracer
    </span>
  );
}

interface Part {
  say: Say;
  busy: boolean;
  send: (path: string, body: unknown) => void;
}

function ByLibrary({ kinds, say, english, busy, send }: Part & { kinds: Kind[]; english: Said }): JSX.Element {
  const [name, setName] = useState<string | null>(null);
  const kind = kinds.find((each) => each.name === name) ?? kinds[0];
  const submit = (event: Event): void => {
    event.preventDefault();
    send("/session", { kind: kind?.name, options: options(event.currentTarget as HTMLFormElement) });
  };
  if (!kind) return <p>{say("no_kinds")}</p>;
  return (
    <form onSubmit={submit}>
      <Field label={say("kind")}>
        <select value={kind.name} onChange={(event) => setName(event.currentTarget.value)}>
          {kinds.map((each) => <option key={each.name} value={each.name}>{english(each.title)}</option>)}
        </select>
      </Field>
      <Options kind={kind} english={english} />
      <button type="submit" class="main" disabled={busy}>{say("sign_in")}</button>
    </form>
  );
}

/** The form a kind of library asks for. */
export function Options({ kind, english }: { kind: Kind; english: Said }): JSX.Element {
  return (
    <>
      {kind.options.map((option) => (
        <Field key={`${kind.name}.${option.name}`} label={english(option.title)} help={english(option.help)}>
          {option.secret ? <input name={option.name} type="password" required={option.required} autocomplete="off" /> : <input name={option.name} type="text" required={option.required} spellcheck={false} />}
        </Field>
      ))}
    </>
  );
}

/** What was filled in; what was left empty is not sent. */
export function options(form: HTMLFormElement): Record<string, string> {
  const filled = [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "");
  return Object.fromEntries(filled.filter(([name]) => name !== "name:" && name !== "kind:"));
}

function ByToken({ say, busy, send }: Part): JSX.Element {
  const submit = (event: Event): void => {
    event.preventDefault();
    send("/session", { token: String(new FormData(event.currentTarget as HTMLFormElement).get("token")) });
  };
  return (
    <form onSubmit={submit}>
      <Field label={say("token")} help={say("token_help")}><input name="token" type="password" required autocomplete="off" /></Field>
      <button type="submit" class="main" disabled={busy}>{say("sign_in")}</button>
    </form>
  );
}

function SetUp({ say, busy, send }: Part): JSX.Element {
  const submit = (event: Event): void => {
    event.preventDefault();
    const said = new FormData(event.currentTarget as HTMLFormElement);
    send("/setup", { code: String(said.get("code")).trim(), name: String(said.get("name")).trim() });
  };
  return (
    <form onSubmit={submit}>
      <Field label={say("code")} help={say("code_help")}><input name="code" required autocomplete="off" spellcheck={false} /></Field>
      <Field label={say("your_name")}><input name="name" required autocomplete="name" /></Field>
      <button type="submit" class="main" disabled={busy}>{say("set_up")}</button>
    </form>
  );
}
