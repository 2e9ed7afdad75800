/** The service's API, as the studio uses it. Errors are the server's own sentences, in the reader's language. */
import type { Changes, Log, Style, Wire } from "../document";
import type { Said } from "./sentences";

export interface ProblemBody {
  title: string;
  status: number;
  detail?: string | null;
  errors?: { field?: string | null; message: string }[] | null;
}

/** What the server would not do, and why, for people. */
export class Problem extends Error {
  constructor(readonly status: number, readonly body: ProblemBody, private readonly said: Said) {
    super(body.detail ?? body.title);
  }

  /** True where nothing answered, or something else on the way to the service: later it may. */
  get unanswered(): boolean {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }

  /** Whether the same may be taken later: when somebody signed in, waited, or mended the service. */
  get passes(): boolean {
    return this.status === 0 || this.status === 401 || this.status === 429 || this.status >= 500;
  }

  /** Every sentence, the most telling ones. */
  sentences(): string[] {
    const each = this.body.errors?.map((wrong) => (wrong.field ? `${wrong.field}: ${this.word(wrong.message)}` : this.word(wrong.message)));
    return each?.length ? each : [this.word(this.message)];
  }

  /** What is not known in the reader's language is said with what it is about. */
  private word(english: string): string {
    const [said, title] = [this.said(english), this.said(this.body.title)];
    return said === english && title !== this.body.title ? `${title}: ${english}` : said;
  }
}

export interface Me {
  id: string;
  name: string;
  is_admin: boolean;
  preferences: { lang: string | null; units: string; style: string | null };
}

export interface KindOption {
  name: string;
  title: string;
  help: string;
  required: boolean;
  secret: boolean;
}

export interface Kind {
  name: string;
  title: string;
  options: KindOption[];
  login_flow: boolean;
}

export interface Connection {
  id: string;
  name: string;
  kind: string;
  title: string;
  state: string;
  problem: string | null;
}

/** One step of trying a connection; one that is not `needed` only takes something away. */
export interface Check {
  name: string;
  ok: boolean;
  said: string;
  advice: string | null;
  needed: boolean;
}

export interface Album {
  id: string;
  title: string;
  count: number | null;
  located?: number | null;
  start: string | null;
  end: string | null;
  description: string | null;
  has_cover: boolean;
  trace_id: string | null;
}

export interface TraceInfo {
  id: string;
  title: string;
  subtitle: string | null;
  state: string;
  message: string | null;
  version: number;
  photos: number | null;
  stops: number | null;
  distance_m: number | null;
  start: string | null;
  end: string | null;
  album_titles: string[];
  /** Albums of it that are gone, and others that hold their photos. */
  moved: Offer[];
}

export interface Offer {
  album_id: string;
  title: string;
  new_album_id: string;
  new_title: string;
  kept: number;
  of: number;
}

export interface Progress {
  state: "waiting" | "listing" | "reading" | "routing" | "done" | "failed";
  done: number;
  total: number | null;
  found: number | null;
  read: number;
  legs: number | null;
  legs_done: number;
  message: string | null;
}

export interface Edited {
  version: number;
  changed: Changes;
  log: Log;
}

export interface ShareWish {
  path_only: boolean;
  hide_ends_m: number;
  expires_at: string | null;
  frame_ancestors: string[] | null;
  password: string | null;
}

export interface NewShare {
  id: string;
  token: string;
  url: string;
  embed_html: string;
  visible: string[];
}

export interface ShareInfo {
  id: string;
  path_only: boolean;
  hide_ends_m: number;
  expires_at: string | null;
  has_password: boolean;
  state: string;
  created_at: string;
}

export interface KeptStyle {
  id: string;
  name: string;
  style: Partial<Style>;
}

/** Positions that would be written into the library; `refused`: why it would take nothing, or not that photo. */
export interface WriteBackPlan {
  refused: string | null;
  photos: { key: string; name: string; seconds_to_fix: number | null; refused: string | null }[];
}

export interface Written {
  id: string;
  photos: number;
  problems: string[];
}

export interface WriteBackLog {
  id: string;
  created_at: string;
  undone_at: string | null;
  photos: number;
}

/** An edit of the log, with photos named by their keys in the document. */
export type Edit =
  | { kind: "via"; after_asset: string; before_asset: string; lat: number; lon: number; after_via: number | null; replaces: number | null }
  | { kind: "mode"; after_asset: string; before_asset: string; mode: string | null }
  | { kind: "roads"; after_asset: string; before_asset: string; follow: boolean }
  | { kind: "exclude"; asset: string }
  | { kind: "move"; asset: string; lat: number; lon: number }
  | { kind: "moves"; moves: { asset: string; lat: number; lon: number }[] }
  | { kind: "clock"; camera: string | null; seconds: number }
  | { kind: "stop"; anchor_asset: string; name?: string; emoji?: string; merge?: boolean; split?: boolean }
  | { kind: "recording"; recording: string; match: boolean }
  | { kind: "revert"; seq: number; own_step?: boolean };

type Method = "GET" | "POST" | "PATCH" | "DELETE";

export class Api {
  /** How problems are worded. */
  said: Said = (english) => english;

  /** Called when nobody is signed in (any more). */
  signedOut = (): void => undefined;

  constructor(readonly base: string) {}

  get<T>(path: string): Promise<T> {
    return this.ask("GET", path);
  }

  post<T>(path: string, body: unknown = {}, seen?: number): Promise<T> {
    return this.ask("POST", path, body, seen);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.ask("PATCH", path, body);
  }

  remove(path: string): Promise<void> {
    return this.ask("DELETE", path);
  }

  document(trace: string): Promise<Wire> {
    return this.get(`/traces/${trace}/document`);
  }

  /** An address of the page at which the picture is; whoever asks revokes it. */
  async picture(address: string, signal: AbortSignal): Promise<string> {
    const answer = await this.answer(address, { signal, cache: "no-cache" });
    return URL.createObjectURL(await answer.blob());
  }

  /** `seen`: the version an edit was made on. */
  private async ask<T>(method: Method, path: string, body?: unknown, seen?: number): Promise<T> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (seen !== undefined) headers["If-Match"] = `"${seen}"`;
    // shown through the proxy of the server that runs us, which passes no PATCH on
    const hidden = method === "PATCH" && this.base.includes("/proxy/");
    if (hidden) headers["X-HTTP-Method-Override"] = method;
    const said = body === undefined ? undefined : JSON.stringify(body);
    // what was asked for is done, even if the page is left meanwhile
    const keepalive = method !== "GET" && (said?.length ?? 0) < KEPT_ALIVE;
    const init: RequestInit = { method: hidden ? "POST" : method, headers, keepalive, ...(said === undefined ? {} : { body: said }) };
    const answer = await this.answer(this.base + path, init);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** Rejects with a `Problem` where it is refused or nobody answers, or as `fetch` does where it is not asked any more. */
  private async answer(address: string, init: RequestInit): Promise<Response> {
    const isWrite = (init.method ?? "GET") !== "GET";
    const answer = await fetch(address, init).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw new Problem(0, unanswered(0, isWrite), this.said);
    });
    if (answer.ok) return answer;
    if (answer.status === 401) this.signedOut();
    const body: unknown = await answer.json().catch(() => null);
    throw new Problem(answer.status, (body as ProblemBody | null) ?? unanswered(answer.status, isWrite), this.said);
  }
}

/** Browsers send at most 64 KiB for pages that were left, of all requests together, in bytes. */
const KEPT_ALIVE = 10_000;

function unanswered(status: number, isWrite: boolean): ProblemBody {
  const title = `The service does not answer${status ? ` (HTTP ${status})` : ""}`;
  return { title, status, detail: [title, ...(isWrite ? ["this may not be saved"] : []), "try again in a while"].join("; ") };
}
