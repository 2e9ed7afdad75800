/** Traces, libraries and their albums. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LANGUAGES } from "../texts";
import type { Album, Connection, KeptStyle, Kind, Offer, TraceInfo } from "./api";
import { Checks } from "./checks";
import { sentences, useDesk, type Desk } from "./desk";
import { Brand, Options, options } from "./entrance";
import { Paced } from "./paced";
import { Field, Problems, Sign } from "./parts";

interface Found {
  traces: TraceInfo[];
  /** Null: not known yet. */
  connections: Connection[] | null;
}

export function Home(): JSX.Element {
  const { api, say } = useDesk();
  const [{ traces, connections }, setFound] = useState<Found>({ traces: [], connections: null });
  const [adding, setAdding] = useState(false);
  // Shown together: traces that come later would push what is below them away from under a pointer.
  const load = (): void => {
    void Promise.all([api.get<TraceInfo[]>("/traces"), api.get<Connection[]>("/connections")]).then(([traces, connections]) => setFound({ traces, connections }));
  };
  useEffect(load, []);
  useEffect(() => {
    document.title = "image-tracer";
  }, []);
  const connected = (): void => {
    setAdding(false);
    load();
  };
  return (
    <div class="home">
      <Top />
      <main>
        {traces.length ? <Traces traces={traces} changed={load} /> : null}
        <section>
          <header class="row">
            <h2>{say("libraries")}</h2>
            {connections?.length && !adding ? <button type="button" class="quiet" onClick={() => setAdding(true)}>{say("connect_library")}</button> : null}
          </header>
          {adding || connections?.length === 0 ? <Connect done={connected} cancel={connections?.length ? () => setAdding(false) : null} /> : null}
          {connections?.map((each) => <Library key={each.id} connection={each} changed={load} />)}
        </section>
      </main>
    </div>
  );
}

function Top(): JSX.Element {
  const desk = useDesk();
  const { api, say, me } = desk;
  const [styles, setStyles] = useState<KeptStyle[]>([]);
  useEffect(() => void api.get<KeptStyle[]>("/styles").then(setStyles), []);
  const prefer = (preferences: Record<string, string | null>): void => void api.patch("/me", { preferences }).then(desk.again);
  return (
    <header class="top">
      <h1><Brand /></h1>
      <details class="menu">
        <summary>{me.name}</summary>
        <div>
          <Field label={say("language")}>
            <select value={desk.lang} onChange={(event) => prefer({ lang: event.currentTarget.value })}>
              {LANGUAGES.map((each) => <option key={each} value={each}>{NAMES[each]}</option>)}
            </select>
          </Field>
          <Field label={say("units")}>
            <select value={me.preferences.units} onChange={(event) => prefer({ units: event.currentTarget.value })}>
              <option value="metric">{say("metric")}</option>
              <option value="imperial">{say("imperial")}</option>
            </select>
          </Field>
          {styles.length ? (
            <Field label={say("style_of_new")}>
              <select value={me.preferences.style ?? ""} onChange={(event) => prefer({ style: event.currentTarget.value || null })}>
                <option value="">{say("style_usual")}</option>
                {styles.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
              </select>
            </Field>
          ) : null}
          <button type="button" class="quiet" onClick={() => void api.remove("/session").then(desk.again)}>{say("sign_out")}</button>
        </div>
      </details>
    </header>
  );
}

const NAMES = { en: "English", zh: "简体中文", de: "Deutsch" };

function Traces({ traces, changed }: { traces: TraceInfo[]; changed: () => void }): JSX.Element {
  const { say } = useDesk();
  return (
    <section>
      <h2>{say("traces")}</h2>
      <ul class="cards">
        {traces.map((trace) => <li key={trace.id}><TraceCard trace={trace} changed={changed} /></li>)}
      </ul>
    </section>
  );
}

function TraceCard({ trace, changed }: { trace: TraceInfo; changed: () => void }): JSX.Element {
  const { api, root, lang, say, words, go } = useDesk();
  const facts = [
    ...(trace.distance_m ? [words.distance(trace.distance_m)] : []),
    ...(trace.photos ? [say("count_photos", { n: trace.photos })] : []),
  ];
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(`/traces/${trace.id}`);
  };
  const remove = (): void => {
    if (confirm(say("remove_trace_sure", { title: trace.title }))) void api.remove(`/traces/${trace.id}`).then(changed);
  };
  const made = trace.version > 0 && trace.photos !== null;
  return (
    <article class="tile">
      <a href={`${root}/traces/${trace.id}`} onClick={open}>
        <span class="cover">{made ? <Paced src={`${api.base}/traces/${trace.id}/picture.png?shape=square&width=480&lang=${lang}`} /> : null}</span>
        <strong>{trace.title}</strong>
        <small>{facts.join(" · ") || say(`state_${trace.state}`)}</small>
      </a>
      {trace.moved.map((offer) => <Moved key={offer.new_album_id} trace={trace} offer={offer} changed={changed} />)}
      <button type="button" class="round" title={say("remove_trace", { title: trace.title })} aria-label={say("remove_trace", { title: trace.title })} onClick={remove}><Sign name="trash" /></button>
    </article>
  );
}

/** An album of the trace is gone, and another one holds its photos: nobody but a person can say whether it is the same. */
function Moved({ trace, offer, changed }: { trace: TraceInfo; offer: Offer; changed: () => void }): JSX.Element {
  const { api, say } = useDesk();
  const answer = (same: boolean): void => {
    void api.post(`/traces/${trace.id}/moved`, { album_id: offer.album_id, new_album_id: offer.new_album_id, same }).then(changed);
  };
  return (
    <div class="offer" role="group" aria-label={say("album_moved")}>
      <p>{say("album_moved_to", { title: offer.title, other: offer.new_title, kept: offer.kept, of: offer.of })}</p>
      <div class="row">
        <button type="button" class="main" onClick={() => answer(true)}>{say("album_is_same")}</button>
        <button type="button" class="quiet" onClick={() => answer(false)}>{say("album_is_other")}</button>
      </div>
    </div>
  );
}

function Connect({ done, cancel }: { done: () => void; cancel: (() => void) | null }): JSX.Element {
  const { api, say, english } = useDesk();
  const [kinds, setKinds] = useState<Kind[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [problems, setProblems] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => void api.get<Kind[]>("/kinds").then(setKinds), []);
  const kind = kinds.find((each) => each.name === chosen) ?? kinds[0];
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    setBusy(true);
    setProblems([]);
    const body = { name: String(new FormData(form).get("name:")) || kind?.title, kind: kind?.name, options: options(form) };
    api.post("/connections", body).then(done, (error: unknown) => setProblems(sentences(error))).finally(() => setBusy(false));
  };
  if (!kind) return <p>{say("no_kinds")}</p>;
  return (
    <div class="panel connect">
      <p class="lead">{say("connect_lead")}</p>
      <div class="kinds" role="group" aria-label={say("kind")}>
        {kinds.map((each) => (
          <button key={each.name} type="button" aria-pressed={each === kind} onClick={() => { setChosen(each.name); setProblems([]); }}>{english(each.title)}</button>
        ))}
      </div>
      {kind.login_flow ? <LoginFlow key={kind.name} kind={kind} done={done} /> : null}
      <form onSubmit={submit}>
        <Options kind={kind} english={english} />
        <Field label={say("connection_name")}><input name="name:" placeholder={english(kind.title)} /></Field>
        <Problems of={problems} />
        <div class="row">
          <button type="submit" class="main" disabled={busy}>{busy ? say("connecting") : say("connect")}</button>
          {cancel ? <button type="button" class="quiet" onClick={cancel}>{say("cancel")}</button> : null}
        </div>
      </form>
    </div>
  );
}

const LOOK_EVERY_MS = 2000;

/** Signing in at the library's own page, in another window. */
function LoginFlow({ kind, done }: { kind: Kind; done: () => void }): JSX.Element {
  const { api, say, english } = useDesk();
  const [login, setLogin] = useState<{ id: string; login_url: string } | null>(null);
  const [problems, setProblems] = useState<string[]>([]);
  useEffect(() => {
    if (!login) return undefined;
    const timer = setInterval(() => {
      void api.get<{ state: string; problem?: string | null }>(`/connections/login-flow/${login.id}`).then(({ state, problem }) => {
        if (state === "done") done();
        if (state === "failed") setProblems([problem ? english(problem) : say("login_failed")]);
        if (state !== "waiting") setLogin(null);
      });
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [login]);
  const begin = (event: Event): void => {
    event.preventDefault();
    const url = String(new FormData(event.currentTarget as HTMLFormElement).get("url"));
    setProblems([]);
    api.post<{ id: string; login_url: string }>("/connections/login-flow", { kind: kind.name, url, name: kind.title }).then(setLogin, (error: unknown) => setProblems(sentences(error)));
  };
  if (login) {
    return <p class="waiting"><a class="main" href={login.login_url} target="_blank" rel="noopener">{say("login_open", { kind: kind.title })}</a><span role="status">{say("login_waiting")}</span></p>;
  }
  return (
    <form class="flow" onSubmit={begin}>
      <Field label={say("login_address", { kind: kind.title })}><input name="url" type="url" required placeholder="https://" /></Field>
      <button type="submit" class="main">{say("login_flow")}</button>
      <Problems of={problems} />
      <p class="or">{say("or_by_hand")}</p>
    </form>
  );
}

function Library({ connection, changed }: { connection: Connection; changed: () => void }): JSX.Element {
  const desk = useDesk();
  const { api, say, english } = desk;
  const [albums, setAlbums] = useState<Album[] | null>(null);
  const [problems, setProblems] = useState<string[]>([]);
  const [picked, setPicked] = useState<string[]>([]);
  const [search, setSearch] = useState("");
  useEffect(() => void api.get<Album[]>(`/connections/${connection.id}/albums`).then(setAlbums, (error: unknown) => setProblems(sentences(error))), [connection.id]);
  const disconnect = (): void => {
    if (confirm(say("disconnect_sure", { name: connection.name }))) void api.remove(`/connections/${connection.id}`).then(changed);
  };
  const shown = albums?.filter((album) => album.title.toLowerCase().includes(search.toLowerCase())) ?? [];
  return (
    <section class="library">
      <header class="row">
        <h3>{connection.name} <small>{english(connection.title)}</small></h3>
        {(albums?.length ?? 0) > 8 ? <input type="search" value={search} placeholder={say("search_albums")} aria-label={say("search_albums")} onInput={(event) => setSearch(event.currentTarget.value)} /> : null}
        {picked.length > 1 ? <button type="button" class="main" onClick={() => void begin(desk, connection.id, picked)}>{say("trace_together", { n: picked.length })}</button> : null}
        <button type="button" class="quiet" onClick={disconnect}>{say("disconnect")}</button>
      </header>
      <Problems of={connection.problem ? [english(connection.problem), ...problems] : problems} />
      <Checks connection={connection.id} />
      {albums?.length === 0 ? <p>{say("no_albums")}</p> : null}
      {!albums && !problems.length ? <p role="status">{say("listing_albums")}</p> : null}
      <ul class="cards albums">
        {shown.map((album) => (
          <li key={album.id}>
            <AlbumCard album={album} connection={connection} picked={picked.includes(album.id)} pick={(on) => setPicked(on ? [...picked, album.id] : picked.filter((each) => each !== album.id))} />
          </li>
        ))}
      </ul>
    </section>
  );
}

async function begin({ api, go }: Desk, connection: string, albums: string[]): Promise<void> {
  const { id } = await api.post<{ id: string }>("/traces", { connection_id: connection, albums });
  go(`/traces/${id}`);
}

interface Pickable {
  album: Album;
  connection: Connection;
  picked: boolean;
  pick: (on: boolean) => void;
}

function AlbumCard({ album, connection, picked, pick }: Pickable): JSX.Element {
  const desk = useDesk();
  const { api, say, go } = desk;
  const facts = [album.count === null ? null : say("count_photos", { n: album.count }), located(album, desk), when(album, desk)];
  const cover = `${api.base}/connections/${connection.id}/cover?album=${encodeURIComponent(album.id)}`;
  return (
    <article class="tile album">
      <span class="cover">
        <Cover src={album.has_cover ? cover : null} title={album.title} />
        <label class="pick" title={say("pick_album", { title: album.title })}><input type="checkbox" checked={picked} aria-label={say("pick_album", { title: album.title })} onChange={(event) => pick(event.currentTarget.checked)} /></label>
      </span>
      <strong>{album.title}</strong>
      <small>{facts.filter(Boolean).join(" · ")}</small>
      <div class="row">
        {album.trace_id ? <button type="button" class="quiet" onClick={() => go(`/traces/${album.trace_id as string}`)}>{say("open_trace")}</button> : null}
        <button type="button" class={album.trace_id ? "quiet" : "main"} aria-label={say("trace_album", { title: album.title })} onClick={() => void begin(desk, connection.id, [album.id])}>{say("trace")}</button>
      </div>
    </article>
  );
}

function Cover({ src, title }: { src: string | null; title: string }): JSX.Element {
  const [gone, setGone] = useState(false);
  if (!src || gone) return <span class="letter" aria-hidden="true">{[...title][0] ?? ""}</span>;
  return <Paced src={src} gone={() => setGone(true)} />;
}

function located(album: Album, { say }: Desk): string | null {
  return album.located != null && album.count ? say("share_located", { share: `${Math.round((100 * album.located) / album.count)} %` }) : null;
}

function when({ start, end }: Album, { words }: Desk): string | null {
  const [from, to] = [start ?? end, end ?? start].map((text) => (text ? Date.parse(text) / 1000 : null));
  return from == null || to == null ? null : words.days(from, to, 0);
}
