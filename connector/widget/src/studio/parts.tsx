/** Pieces of the studio's panels. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { icon, type Icon } from "../dom";

export function Sign({ name }: { name: Icon }): JSX.Element {
  const at = useRef<HTMLSpanElement>(null);
  useEffect(() => at.current?.replaceChildren(icon(name)), [name]);
  return <span class="sign" ref={at} />;
}

export function Field({ label, help, children }: { label: string; help?: string | undefined; children: ComponentChildren }): JSX.Element {
  return (
    <div class="field">
      <label>
        <span>{label}</span>
        {children}
      </label>
      {help ? <small>{help}</small> : null}
    </div>
  );
}

interface Row {
  key: string;
}

/** A list of which as many are drawn as a `page` says, and more when they are asked for. */
export function Long<T extends Row>(props: { of: readonly T[]; page: number; class: string; more: (left: number) => string; row: (each: T, n: number) => JSX.Element }): JSX.Element {
  const [shown, setShown] = useState(props.page);
  const left = props.of.length - shown;
  return (
    <>
      <ul class={props.class}>{props.of.slice(0, shown).map((each, n) => <li key={each.key}>{props.row(each, n)}</li>)}</ul>
      {left > 0 ? <button type="button" class="quiet" onClick={() => setShown(shown + props.page)}>{props.more(left)}</button> : null}
    </>
  );
}

/** One of a few, as radio buttons that look like one control. */
export function Choice<T extends string>(props: { label: string; value: T; options: readonly [T, string][]; onChange: (value: T) => void }): JSX.Element {
  return (
    <fieldset class="choice">
      <legend>{props.label}</legend>
      <div>
        {props.options.map(([value, text]) => (
          <label key={value}>
            <input type="radio" name={props.label} checked={value === props.value} onChange={() => props.onChange(value)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function Tick(props: { label: string; checked: boolean; onChange: (on: boolean) => void }): JSX.Element {
  return (
    <label class="tick">
      <input type="checkbox" checked={props.checked} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      <span>{props.label}</span>
    </label>
  );
}

export function Problems({ of }: { of: readonly string[] }): JSX.Element | null {
  if (!of.length) return null;
  return (
    <div class="problems" role="alert">
      {of.map((each) => (
        <p key={each}>{each}</p>
      ))}
    </div>
  );
}

/** A text that is saved when it is left, or by Enter. */
export function Line(props: { label: string; value: string; placeholder?: string; onSave: (value: string) => void }): JSX.Element {
  const [{ text, of }, set] = useState({ text: props.value, of: props.value });
  if (of !== props.value) set({ text: props.value, of: props.value }); // not an effect: that would undo what is written before it
  const save = (written: string): void => {
    if (written.trim() !== props.value) props.onSave(written.trim());
  };
  return (
    <input
      type="text" value={text} placeholder={props.placeholder ?? props.label} aria-label={props.label} maxLength={300}
      onInput={(event) => set({ text: event.currentTarget.value, of })}
      onBlur={(event) => save(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

export function Copy({ text, label, done }: { text: string; label: string; done: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const at = useRef<HTMLTextAreaElement>(null);
  const copy = (): void => {
    at.current?.select();
    void navigator.clipboard?.writeText(text).then(() => setCopied(true), () => undefined); // refused: it is selected
  };
  return (
    <div class="copy">
      <textarea ref={at} readOnly rows={2} value={text} aria-label={label} onFocus={(event) => event.currentTarget.select()} />
      <button type="button" class="quiet" onClick={copy}>{copied ? done : label}</button>
    </div>
  );
}
