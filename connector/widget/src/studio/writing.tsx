/** Positions for the library: the list of what would be written first, then the writing, then the way back. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Photo } from "../document";
import type { WriteBackLog, WriteBackPlan, Written } from "./api";
import { sentences, useDesk } from "./desk";
import { Paced } from "./paced";
import { Long, Problems } from "./parts";
import type { Work } from "./trace";
import { thumb } from "./tray";

/** Of the list, at once; all that are ticked are written. */
const SHOWN = 200;

export function Writing({ work }: { work: Work }): JSX.Element | null {
  const { api, say, english, tell } = useDesk();
  const path = `/traces/${work.session.id}/write-back`;
  const [plan, setPlan] = useState<WriteBackPlan | null>(null);
  const [log, setLog] = useState<WriteBackLog[]>([]);
  const [problems, setProblems] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const failed = (error: unknown): void => setProblems(sentences(error));
  const load = (): Promise<void> => api.get<WriteBackLog[]>(`${path}/log`).then(setLog);
  useEffect(() => void load().catch(failed), []);
  useEffect(() => setPlan(null), [work.trace.wire.version]);
  const run = async (asked: Promise<Written>, done: string): Promise<void> => {
    setBusy(true);
    setProblems([]);
    try {
      const { photos, problems: left } = await asked;
      tell(say(done, { n: photos }));
      setProblems(left.map(english));
      setPlan(null);
      await load();
    } catch (error) {
      failed(error);
    }
    setBusy(false);
  };
  const look = (): void => {
    setProblems([]);
    void api.get<WriteBackPlan>(path).then(setPlan, failed);
  };
  const write = (keys: string[]): void => {
    if (confirm(say("write_back_sure", { n: keys.length }))) void run(api.post<Written>(path, { keys }), "written_now");
  };
  if (!log.length && !mayGain(work)) return null;
  return (
    <section class="writing" aria-label={say("write_back")}>
      <h2>{say("write_back")}</h2>
      <p class="hint">{say("write_back_hint")}</p>
      {plan ? <Plan work={work} plan={plan} busy={busy} write={write} /> : <button type="button" class="quiet" onClick={look}>{say("write_back_look")}</button>}
      <Problems of={problems} />
      <Log log={log} busy={busy} takeBack={(id) => void run(api.post<Written>(`/write-back/${id}/undo`), "taken_back_now")} />
    </section>
  );
}

/** Whether a photo was placed that may have had no position. */
function mayGain({ trace }: Work): boolean {
  return trace.photos.some((photo) => photo.inferred) || trace.wire.log.undo !== null;
}

function Plan({ work, plan, busy, write }: { work: Work; plan: WriteBackPlan; busy: boolean; write: (keys: string[]) => void }): JSX.Element {
  const { api, say, english } = useDesk();
  const takable = plan.photos.filter((each) => each.refused === null).map((each) => each.key);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const wanted = plan.refused === null ? takable.filter((key) => !left.has(key)) : [];
  const tick = (key: string, on: boolean): void => setLeft(new Set(on ? [...left].filter((each) => each !== key) : [...left, key]));
  const photos = new Map(work.trace.photos.map((photo) => [photo.key, photo]));
  if (!plan.photos.length) return <p role="status">{say("write_back_none")}</p>;
  return (
    <>
      <p role="status">{say("write_back_some", { n: plan.refused === null ? takable.length : plan.photos.length })}</p>
      {plan.refused ? <Problems of={[english(plan.refused)]} /> : null}
      <Long class="tray" of={plan.photos} page={SHOWN} more={(n) => say("and_more_photos", { n })} row={(each) => <Row work={work} row={each} photo={photos.get(each.key)} ticked={wanted.includes(each.key)} mayTick={plan.refused === null} tick={(on) => tick(each.key, on)} />} />
      {plan.refused === null ? <button type="button" class="main" disabled={busy || !wanted.length} onClick={() => write(wanted)}>{say("write_back_do", { n: wanted.length })}</button> : null}
      <a href={`${api.base}/traces/${work.session.id}/write-back/sidecars.zip`} download>{say("sidecars")}</a>
    </>
  );
}

interface RowProps {
  work: Work;
  row: WriteBackPlan["photos"][number];
  photo: Photo | undefined;
  ticked: boolean;
  mayTick: boolean;
  tick: (on: boolean) => void;
}

function Row({ work, row, photo, ticked, mayTick, tick }: RowProps): JSX.Element {
  const { say, english, words } = useDesk();
  const label = photo ? work.reader.label(photo) : row.name;
  const how = row.seconds_to_fix === null ? say("write_back_yours") : say("away_from_next", { time: words.duration(row.seconds_to_fix) });
  return (
    <label class="loose">
      {photo ? <Paced src={thumb(work, photo)} /> : <i />}
      <span class="what"><strong>{row.name}</strong><small>{row.refused === null ? how : english(row.refused)}</small></span>
      {mayTick && row.refused === null ? <input type="checkbox" checked={ticked} aria-label={say("write_back_photo", { photo: label })} onChange={(event) => tick(event.currentTarget.checked)} /> : null}
    </label>
  );
}

function Log({ log, busy, takeBack }: { log: readonly WriteBackLog[]; busy: boolean; takeBack: (id: string) => void }): JSX.Element | null {
  const { say, words } = useDesk();
  const day = (text: string): string => words.day(Date.parse(text) / 1000, -new Date().getTimezoneOffset());
  if (!log.length) return null;
  return (
    <>
      <h3>{say("written_before")}</h3>
      <ul class="links">
        {log.map((each) => (
          <li key={each.id}>
            <span>{say("written_then", { day: day(each.created_at), n: each.photos })}{each.undone_at ? <small> · {say("taken_back")}</small> : null}</span>
            {each.undone_at ? null : <button type="button" class="small" disabled={busy} aria-label={say("take_back_of", { day: day(each.created_at) })} onClick={() => takeBack(each.id)}>{say("take_back")}</button>}
          </li>
        ))}
      </ul>
    </>
  );
}
