// An editor of CodeMirror with marks: a line of a deciding statement has a colour, a sign in the margin, and words below
// the editor. It stands in a shadow root, where its styles need no exception of the Content-Security-Policy.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration, EditorView, GutterMarker, drawSelection, gutter, highlightSpecialChars, keymap, lineNumbers, placeholder,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const SIGNS = { allows: "✓", denies: "✕", fails: "∅", differs: "≠", error: "!", "security-warning": "!", warning: "!",
  suggestion: "i" };
const LINT = ["error", "security-warning", "warning", "suggestion"];

const setMarks = StateEffect.define();

class Sign extends GutterMarker {
  constructor(kind, words) {
    super();
    Object.assign(this, { kind, words });
  }

  eq(other) {
    return this.kind === other.kind && this.words === other.words;
  }

  toDOM() {
    const sign = document.createElement("span");
    sign.className = `sign sign-${LINT.includes(this.kind) ? "lint" : this.kind}`;
    sign.textContent = SIGNS[this.kind] ?? "•";
    sign.title = this.words;
    return sign;
  }
}

function decorations(document, marks) {
  const ranges = [];
  for (const { kind, start, end } of marks) {
    const from = Math.min(start, document.length);
    const to = Math.min(Math.max(end, from), document.length);
    if (LINT.includes(kind)) {
      if (to > from) ranges.push(Decoration.mark({ class: "lint" }).range(from, to));
    } else {
      const last = document.lineAt(to).number;
      for (let line = document.lineAt(from).number; line <= last; line++) {
        ranges.push(Decoration.line({ class: `line-${kind}` }).range(document.line(line).from));
      }
    }
  }
  return Decoration.set(ranges, true);
}

function signs(document, marks) {
  const found = new Map();
  for (const { kind, start, words } of marks) {
    const line = document.lineAt(Math.min(start, document.length)).from;
    const before = found.get(line);
    found.set(line, before ? new Sign(before.kind, `${before.words}\n${words}`) : new Sign(kind, words));
  }
  return RangeSet.of([...found].map(([line, sign]) => sign.range(line)), true);
}

// Marks are those of the text that was read: a change of the text moves them until the next answer.
const marksField = StateField.define({
  create: () => ({ lines: Decoration.none, signs: RangeSet.empty }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) {
        const { doc } = transaction.state;
        return { lines: decorations(doc, effect.value), signs: signs(doc, effect.value) };
      }
    }
    if (!transaction.docChanged) return value;
    return { lines: value.lines.map(transaction.changes), signs: value.signs.map(transaction.changes) };
  },
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.lines),
    gutter({ class: "signs", markers: (view) => view.state.field(field).signs }),
  ],
});

// The page's style sheet does not reach into the shadow root; its custom properties do.
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--page)", fontSize: "13px", maxHeight: "24rem" },
  // The element around the editor shows the focus: the gutter would cover a part of it here.
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto", minHeight: "4.5rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--soft)", borderRight: "1px solid var(--line)",
    minHeight: "4.5rem" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent", outline: "1px solid var(--soft)",
  },
  ".cm-placeholder": { color: "var(--soft)" },
  ".cm-specialChar": { color: "var(--bad)" },
  ".signs": { minWidth: "1.2em", textAlign: "center", fontWeight: "700" },
  ".sign-allows": { color: "var(--good)" },
  ".sign-denies": { color: "var(--bad)" },
  ".sign-fails, .sign-lint, .sign-differs": { color: "var(--half)" },
  ".line-allows": { backgroundColor: "var(--good-bg)" },
  ".line-denies": { backgroundColor: "var(--bad-bg)" },
  ".line-fails, .line-differs": { backgroundColor: "var(--half-bg)" },
  ".lint": { textDecoration: "underline wavy var(--half) 1px", textUnderlineOffset: "3px" },
  ".tok-propertyName, .tok-keyword": { color: "var(--token-name)" },
  ".tok-string, .tok-literal": { color: "var(--token-text)" },
  ".tok-number, .tok-bool, .tok-atom": { color: "var(--token-value)" },
  ".tok-comment, .tok-meta": { color: "var(--soft)" },
});

// Where a browser replaces several lines itself, it writes inline styles, which the Content-Security-Policy forbids.
const replacement = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || event.data === null || view.composing) return false;
    if (view.state.selection.main.empty && !event.data.includes("\n")) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

export class Editor {
  #view;
  #language = new Compartment();
  #languageOf;
  #isSilent = false;

  /**
   * @param {HTMLElement} host the element that the editor stands in
   * @param {string} label the name of the editor
   * @param {"json"|"yaml"|"text"|"content"} language "content" decides by the first character, as the commands do
   * @param {string} hint what an empty editor shows
   * @param {() => void} onChange is called when the user has changed the text
   */
  constructor(host, label, language, hint, onChange) {
    const byContent = (text) => (/^\s*[{[]/.test(text) ? "json" : "yaml");
    this.#languageOf = language === "content" ? byContent : () => language;
    const root = host.attachShadow({ mode: "open" });
    this.#view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        extensions: [
          lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightSpecialChars(),
          syntaxHighlighting(classHighlighter), theme, marksField, replacement, EditorView.lineWrapping,
          placeholder(hint),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          this.#language.of(extensionOf("text")),
          EditorView.contentAttributes.of({
            "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off",
          }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            this.#chooseLanguage();
            if (!this.#isSilent) onChange();
          }),
        ],
      }),
    });
  }

  get text() {
    return this.#view.state.doc.toString();
  }

  /** Replaces the text without calling onChange. */
  set text(text) {
    this.#isSilent = true;
    const changes = { from: 0, to: this.#view.state.doc.length, insert: text };
    this.#view.dispatch({ changes, effects: setMarks.of([]) });
    this.#isSilent = false;
  }

  set marks(marks) {
    this.#view.dispatch({ effects: setMarks.of(marks) });
  }

  lineAt(offset) {
    const { doc } = this.#view.state;
    return doc.lineAt(Math.min(offset, doc.length)).number;
  }

  /** Puts the cursor at a line, and shows it. */
  goTo(line) {
    const { doc } = this.#view.state;
    const { from } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.#view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    this.#view.focus();
  }

  #name = "text";

  #chooseLanguage() {
    const name = this.#languageOf(this.text);
    if (name === this.#name) return;
    this.#name = name;
    queueMicrotask(() => this.#view.dispatch({ effects: this.#language.reconfigure(extensionOf(name)) }));
  }
}

function extensionOf(name) {
  return { json: json(), yaml: yaml() }[name] ?? [];
}
