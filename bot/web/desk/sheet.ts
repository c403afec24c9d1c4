import { add, clear, fill, h } from "../common/dom";
import { MAX_RUNES } from "../common/frame";
import type { DeskWords } from "./words";

export interface Pick { value: string; label: string; off?: boolean }

// Field is one answer that a sheet asks for: a text, a longer one, one of a few that
// all can be seen, or one of many in groups; none says that one is to be picked.
export type Field = { name: string; label: string; value?: string; needed?: boolean } & (
  | { kind: "line" | "lines" }
  | { kind: "few"; picks: Pick[] }
  | { kind: "many"; none: string; groups: { label: string; picks: Pick[] }[] }
);

export interface Question {
  title: string;
  hint?: string;
  fields?: Field[];
  yes: string;
  done(values: Record<string, string>): void;
}

// Sheet asks before something is done that cannot be undone. It stands above the
// composer, not over the page: the transcript stays readable while one thinks.
export class Sheet {
  readonly node = h("div", { class: "sheet", hidden: true });
  private back: HTMLElement | null = null;

  constructor(private readonly say: DeskWords) {}

  ask(q: Question): void {
    if (this.node.hidden) this.back = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const fields = (q.fields || []).map(draw);
    const yes = h("button", { type: "submit", class: "primary" }, q.yes);
    const form: HTMLFormElement = h("form", { "aria-label": q.title, keydown: composes, submit: (e: Event) => {
      e.preventDefault();
      const values = answers(form);
      if ((q.fields || []).some((f) => f.needed && !values[f.name])) return;
      this.hide();
      q.done(values);
    } }, h("p", { class: "ask" }, q.title), q.hint && h("p", { class: "soft" }, q.hint), ...fields,
      h("div", { class: "row" }, yes, h("button", { type: "button", class: "plain-button", click: () => this.hide() }, this.say.say("cancel"))));
    fill(this.node, form);
    this.node.hidden = false;
    (form.querySelector<HTMLElement>("input:checked, input:not([type=radio]), select, textarea") || yes).focus();
  }

  // hide reports whether there was something to hide.
  hide(): boolean {
    if (this.node.hidden) return false;
    this.node.hidden = true;
    clear(this.node);
    if (this.back && this.back.isConnected) this.back.focus();
    return true;
  }
}

// An Enter that ends a word of an input method sends nothing.
function composes(e: KeyboardEvent): void {
  if (e.key === "Enter" && (e.isComposing || e.keyCode === 229)) e.preventDefault();
}

function answers(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  new FormData(form).forEach((value, name) => { values[name] = String(value).trim(); });
  return values;
}

function draw(f: Field): HTMLElement {
  const id = "sheet-" + f.name;
  const attrs = { id, name: f.name, required: !!f.needed, autocomplete: "off" };
  switch (f.kind) {
    case "line": return h("label", { for: id }, f.label, h("input", { ...attrs, type: "text", maxlength: MAX_RUNES, value: f.value || null }));
    case "lines": return h("label", { for: id }, f.label, h("textarea", { ...attrs, rows: 3, maxlength: MAX_RUNES }, f.value));
    case "few": return few(f.name, f.label, f.picks, f.value);
    case "many": {
      const select = h("select", attrs, h("option", { value: "", selected: !f.value }, f.none));
      f.groups.filter((g) => g.picks.length).forEach((g) => add(select, h("optgroup", { label: g.label },
        ...g.picks.map((p) => h("option", { value: p.value, disabled: !!p.off, selected: p.value === f.value }, p.label)))));
      return h("label", { for: id }, f.label, select);
    }
  }
}

function few(name: string, label: string, picks: Pick[], value = ""): HTMLElement {
  return h("fieldset", { class: "few" }, h("legend", {}, label), ...picks.map((p) =>
    h("label", {}, h("input", { type: "radio", name, value: p.value, checked: p.value === value, disabled: !!p.off }), h("span", {}, p.label))));
}
