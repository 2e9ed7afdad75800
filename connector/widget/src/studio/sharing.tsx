/** Links: what they would show, said before they are made; how to put the map into a page. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LANGUAGES } from "../texts";
import { THEMES } from "../themes";
import type { NewShare, ShareInfo, ShareWish } from "./api";
import { sentences, useDesk } from "./desk";
import { Copy, Field, Problems, Tick } from "./parts";
import type { Work } from "./trace";

const NOTHING: ShareWish = { path_only: false, hide_ends_m: 0, expires_at: null, frame_ancestors: null, password: null };

export function Sharing({ work }: { work: Work }): JSX.Element {
  const { api, lang, say } = useDesk();
  const path = `/traces/${work.session.id}/shares`;
  const [wish, setWish] = useState<ShareWish>(NOTHING);
  const [visible, setVisible] = useState<string[]>([]);
  const [made, setMade] = useState<NewShare | null>(null);
  const [shares, setShares] = useState<ShareInfo[]>([]);
  const [problems, setProblems] = useState<string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const load = (): void => void api.get<ShareInfo[]>(path).then(setShares);
  useEffect(load, []);
  useEffect(() => {
    let isLatest = true;
    const latest = (visible: string[], problems: string[]): void => {
      if (!isLatest) return;
      setVisible(visible);
      setProblems(problems);
    };
    api.post<{ visible: string[] }>(path, { ...wish, lang, dry_run: true }).then(
      (answer) => latest(answer.visible, []),
      (error: unknown) => latest([], sentences(error)),
    );
    return () => void (isLatest = false);
  }, [wish, lang, work.trace.wire.version]);
  const make = (): void => {
    setBusy(true);
    api.post<NewShare>(path, wish).then((answer) => { setMade(answer); load(); }, (error: unknown) => setProblems(sentences(error))).finally(() => setBusy(false));
  };
  return (
    <>
      <Wishes wish={wish} change={(part) => { setWish({ ...wish, ...part }); setMade(null); }} />
      <section class="visible" aria-live="polite">
        <h2>{say("will_be_visible")}</h2>
        <ul>{visible.map((each) => <li key={each}>{each}</li>)}</ul>
      </section>
      <Problems of={problems} />
      {made ? <Made share={made} title={work.reader.title()} /> : <button type="button" class="main" disabled={isBusy} onClick={make}>{say("make_link")}</button>}
      <Links shares={shares} changed={load} />
    </>
  );
}

function Wishes({ wish, change }: { wish: ShareWish; change: (part: Partial<ShareWish>) => void }): JSX.Element {
  const { say } = useDesk();
  const until = (days: string): void => change({ expires_at: days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : null });
  const hosts = (text: string): void => {
    const said = text.split(/[\s,]+/).filter(Boolean);
    change({ frame_ancestors: said.length ? said : null });
  };
  return (
    <>
      <Tick label={say("path_only")} checked={wish.path_only} onChange={(path_only) => change({ path_only })} />
      <Field label={say("hide_ends")} help={say("hide_ends_help")}>
        <select value={String(wish.hide_ends_m)} onChange={(event) => change({ hide_ends_m: Number(event.currentTarget.value) })}>
          {[0, 200, 500, 1000, 2000].map((m) => <option key={m} value={String(m)}>{m ? `${m} m` : say("nothing_hidden")}</option>)}
        </select>
      </Field>
      <Field label={say("expires")}>
        <select onChange={(event) => until(event.currentTarget.value)}>
          <option value="">{say("never")}</option>
          {[1, 7, 30, 365].map((days) => <option key={days} value={String(days)}>{say("in_days", { n: days })}</option>)}
        </select>
      </Field>
      <details>
        <summary>{say("more_options")}</summary>
        <form onSubmit={(event) => event.preventDefault()}><Field label={say("password")} help={say("password_help")}><input type="password" autocomplete="new-password" minLength={4} onChange={(event) => change({ password: event.currentTarget.value || null })} /></Field></form>
        <Field label={say("frame_hosts")} help={say("frame_hosts_help")}><input type="text" placeholder="https://blog.example" onChange={(event) => hosts(event.currentTarget.value)} /></Field>
      </details>
    </>
  );
}

interface Frame {
  height: number;
  theme: string;
  lang: string;
  title: boolean;
  player: boolean;
}

function Made({ share, title }: { share: NewShare; title: string }): JSX.Element {
  const { say } = useDesk();
  const [frame, setFrame] = useState<Frame>({ height: 420, theme: "", lang: "", title: true, player: true });
  const change = (part: Partial<Frame>): void => setFrame({ ...frame, ...part });
  const src = address(share.url, frame);
  const oembed = new URL("oembed", new URL(`${share.url}/..`.replace(/\/embed\/.*$/, "/"))).href;
  return (
    <section class="made">
      <h2>{say("link_made")}</h2>
      <p class="hint">{say("link_once")}</p>
      <Copy text={share.url} label={say("copy_link")} done={say("copied")} />
      <p class="row"><a href={share.url} target="_blank" rel="noopener">{say("open_link")}</a><a href={`${share.url}/album`} target="_blank" rel="noopener">{say("open_album")}</a></p>
      <h2>{say("into_a_page")}</h2>
      <div class="two">
        <Field label={say("theme")}>
          <select value={frame.theme} onChange={(event) => change({ theme: event.currentTarget.value })}>
            <option value="">{say("theme_auto")}</option>
            {THEMES.map(({ name }) => <option key={name} value={name}>{say(`theme_${name}`)}</option>)}
          </select>
        </Field>
        <Field label={say("language")}>
          <select value={frame.lang} onChange={(event) => change({ lang: event.currentTarget.value })}>
            <option value="">{say("lang_auto")}</option>
            {LANGUAGES.map((lang) => <option key={lang} value={lang}>{lang}</option>)}
          </select>
        </Field>
        <Field label={say("height")}><input type="number" min={240} max={1200} step={20} value={frame.height} onChange={(event) => change({ height: Number(event.currentTarget.value) || 420 })} /></Field>
        <div>
          <Tick label={say("show_title")} checked={frame.title} onChange={(on) => change({ title: on })} />
          <Tick label={say("show_player")} checked={frame.player} onChange={(on) => change({ player: on })} />
        </div>
      </div>
      <Copy text={snippet(src, title, frame.height)} label={say("copy_snippet")} done={say("copied")} />
      <iframe src={src} width="100%" height={String(Math.min(frame.height, 420))} title={title} loading="lazy" />
      <p class="hint">{say("oembed_hint")} <a href={`${oembed}?url=${encodeURIComponent(share.url)}&format=json`} target="_blank" rel="noopener">oEmbed</a></p>
    </section>
  );
}

function address(url: string, frame: Frame): string {
  const asked = new URLSearchParams();
  if (frame.theme) asked.set("theme", frame.theme);
  if (frame.lang) asked.set("lang", frame.lang);
  if (!frame.title) asked.set("title", "0");
  if (!frame.player) asked.set("player", "0");
  return asked.size ? `${url}?${asked.toString()}` : url;
}

function snippet(src: string, title: string, height: number): string {
  const frame = document.createElement("iframe");
  for (const [name, value] of Object.entries({ src, width: "100%", height: String(height), title })) frame.setAttribute(name, value);
  return frame.outerHTML;
}

function Links({ shares, changed }: { shares: ShareInfo[]; changed: () => void }): JSX.Element | null {
  const { api, say, words } = useDesk();
  if (!shares.length) return null;
  const day = (text: string): string => words.day(Date.parse(text) / 1000, -new Date().getTimezoneOffset());
  return (
    <section>
      <h2>{say("links")}</h2>
      <ul class="links">
        {shares.map((each) => (
          <li key={each.id}>
            <span><strong>{day(each.created_at)}</strong> <small>{[say(`share_${each.state}`), each.path_only ? say("path_only") : null, each.hide_ends_m ? say("ends_hidden", { m: each.hide_ends_m }) : null, each.expires_at ? say("until", { day: day(each.expires_at) }) : null].filter(Boolean).join(" · ")}</small></span>
            {each.state === "open" ? <button type="button" class="small" aria-label={say("revoke_link", { day: day(each.created_at) })} onClick={() => void api.remove(`/shares/${each.id}`).then(changed)}>{say("revoke")}</button> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
