/** A sticker for a stop: suggestions by its name, or any by search. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "./desk";

interface Sticker {
  emoji: string;
  words: string;
}

const AT_FIRST = 48;

export function EmojiPicker(props: { value: string | null; about: string; index: number; onPick: (emoji: string) => void }): JSX.Element {
  const { say } = useDesk();
  const [open, setOpen] = useState(false);
  const [all, setAll] = useState<Sticker[]>([]);
  const [search, setSearch] = useState("");
  useEffect(() => {
    if (all.length || !(open || props.about)) return;
    void import("./stickers.json").then((found) => setAll(found.default.map(([emoji = "", words = ""]) => ({ emoji, words }))));
  }, [open, props.about]);
  const pick = (emoji: string): void => {
    props.onPick(emoji);
    setOpen(false);
    setSearch("");
  };
  const suggested = suggestions(all, props.about, props.index);
  const found = search ? all.filter(({ words }) => words.includes(search.toLowerCase())) : all.slice(0, AT_FIRST);
  return (
    <div class="emoji">
      <div class="row">
        <button type="button" class="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>{props.value ? `${props.value} ${say("change_sticker")}` : say("add_sticker")}</button>
        {!props.value ? suggested.map((each) => <button key={each} type="button" class="sticker" aria-label={say("use_sticker", { emoji: each })} onClick={() => pick(each)}>{each}</button>) : <button type="button" class="quiet" onClick={() => pick("")}>{say("remove")}</button>}
      </div>
      {open ? (
        <div class="picker">
          <input type="search" value={search} placeholder={say("search_sticker")} aria-label={say("search_sticker")} onInput={(event) => setSearch(event.currentTarget.value)} />
          <div class="grid" role="group" aria-label={say("stickers")}>
            {found.slice(0, 120).map(({ emoji, words }) => <button key={emoji} type="button" class="sticker" title={words.split(" ")[0]} aria-label={words.split(" ")[0]} onClick={() => pick(emoji)}>{emoji}</button>)}
          </div>
          {found.length ? null : <p role="status">{say("no_sticker")}</p>}
        </div>
      ) : null}
    </div>
  );
}

/** Stickers whose words are in the stop's name, and the stop's number. */
function suggestions(all: readonly Sticker[], about: string, index: number): string[] {
  const said = about.toLowerCase();
  const fitting = all.filter(({ words }) => words.split(" ").some((word) => word.length > 1 && said.includes(word)));
  const numbers = index < 10 ? [`${(index + 1) % 10}\uFE0F\u20E3`] : [];
  return [...fitting.slice(0, 4).map(({ emoji }) => emoji), ...(index < 9 ? numbers : index === 9 ? ["🔟"] : [])];
}
