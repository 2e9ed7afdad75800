/** The studio: sign in, connect a library, trace albums, correct and share them. */
import "./studio.css";
import { render, type JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { config, host } from "../config";
import { language, texts, type Language, type Say } from "../texts";
import { words } from "../words";
import { Api, Problem, type Me } from "./api";
import { DeskContext, type Desk } from "./desk";
import { Home } from "./home";
import { Entrance } from "./entrance";
import { sentences, type Catalogue, type Said } from "./sentences";
import { Trace } from "./trace";

const STUDIO = {
  en: () => import("../texts/studio.en.json"),
  zh: () => import("../texts/studio.zh.json"),
  de: () => import("../texts/studio.de.json"),
};

const said = config(host()) as ReturnType<typeof config> & { root?: string; signed_in?: boolean; set_up?: boolean };
const root = said.root ?? said.api.replace(/\/api\/v1$/, "");
const api = new Api(said.api);

function useTexts(lang: Language): { say: Say; english: Said } | null {
  const [found, setFound] = useState<{ say: Say; english: Said } | null>(null);
  useEffect(() => {
    document.documentElement.lang = lang;
    void Promise.all([texts(lang, STUDIO), lang === "en" ? {} : api.get<Catalogue>(`/words/${lang}`)]).then(([say, catalogue]) => {
      api.said = sentences(lang, catalogue);
      setFound({ say, english: api.said });
    });
  }, [lang]);
  return found;
}

/** Undefined: not asked yet; null: nobody is signed in (any more). */
function useMe(): [Me | null | undefined, () => void] {
  const [me, setMe] = useState<Me | null | undefined>(undefined);
  const ask = (): void => void api.get<Me>("/me").then(setMe);
  useEffect(() => {
    api.signedOut = () => setMe(null);
    if (said.signed_in === false) setMe(null);
    else ask();
  }, []);
  return [me, ask];
}

function usePath(): [string, (path: string) => void] {
  const now = (): string => location.pathname.slice(root.length) || "/";
  const [path, setPath] = useState(now());
  useEffect(() => {
    const back = (): void => setPath(now());
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const go = (to: string): void => {
    history.pushState(null, "", root + to);
    setPath(to);
    scrollTo(0, 0);
  };
  return [path, go];
}

/** What is refused and nobody else says is said at the foot of the page; who is signed out sees the entrance. */
function useRefusals(tell: (text: string) => void): void {
  useEffect(() => {
    const refused = (event: PromiseRejectionEvent): void => {
      if (!(event.reason instanceof Problem)) return;
      event.preventDefault();
      if (event.reason.status !== 401) tell(event.reason.sentences().join(" "));
    };
    addEventListener("unhandledrejection", refused);
    return () => removeEventListener("unhandledrejection", refused);
  }, []);
}

function App(): JSX.Element | null {
  const [me, again] = useMe();
  const [path, go] = usePath();
  const [told, tell] = useState("");
  useRefusals(tell);
  const lang = language([new URLSearchParams(location.search).get("lang"), me?.preferences.lang, said.lang, ...navigator.languages]);
  const texted = useTexts(lang);
  const units = me?.preferences.units ?? "metric";
  const worded = useMemo(() => words(lang, units), [lang, units]);
  useEffect(() => {
    if (me !== undefined && texted && !/^\/traces\//.test(path)) document.documentElement.dataset.ready = "1";
  }, [me, texted, path]);
  useEffect(() => {
    const timer = told ? window.setTimeout(() => tell(""), 7000) : 0;
    return () => clearTimeout(timer);
  }, [told]);
  const toast = <p class="toast" role="status" hidden={!told}>{told}</p>;
  if (me === undefined || !texted) return toast;
  if (me === null) return <><Entrance api={api} {...texted} isSetUp={said.set_up !== false} done={again} />{toast}</>;
  const desk: Desk = { api, root, lang, ...texted, words: worded, me, go, again, tell };
  const trace = /^\/traces\/([^/]+)/.exec(path)?.[1];
  return (
    <DeskContext.Provider value={desk}>
      {trace ? <Trace key={trace} id={trace} /> : <Home />}
      {toast}
    </DeskContext.Provider>
  );
}

host().replaceChildren();
host().classList.add("studio");
render(<App />, host());
