// Shows answers: the outcome, the text with places that lead to the editors, and the marks. All texts stay text.

const WORDS = {
  allowed: "✓ allowed",
  denied: "✕ denied",
  indeterminate: "? not known",
  incomplete: "… not complete",
  "unusable input": "! the input cannot be used",
  "internal error": "! an internal error",
  equal: "= equal",
  stricter: "− stricter: less is allowed than before",
  laxer: "+ laxer: more is allowed than before",
  both: "± something more is allowed, and something less",
  unknown: "? not known",
  "not known": "? not known",
  different: "≠ different",
  proven: "✓ proven",
  refuted: "✕ refuted",
  "no warnings": "✓ no warnings",
  findings: "! there are warnings",
  found: "✓ found",
  stopped: "■ stopped",
  failed: "! failed",
};
const CLASSES = { allowed: "good", denied: "bad", refuted: "bad", proven: "good", "no warnings": "good", equal: "good",
  found: "good" };
const LOADING = "… Python is loaded: 6 MB at the first visit";
const PLACE = /\b(api|identity|boundary|scp|resource|authorizer|claims|context|before|invariants)\.(?:json|yaml|txt):(\d+)(?::\d+)?/g;

const byId = (id) => document.getElementById(id);

/** A message above the page; "" removes it. */
export function showWords(words) {
  byId("message").textContent = words;
  byId("message").hidden = !words;
}

export class AnswerView {
  #editors;
  #tab;
  #answers = {};
  #isLoading = true;

  /** @param {() => string} tab gives the chosen tab */
  constructor(editors, tab) {
    this.#editors = editors;
    this.#tab = tab;
  }

  showLoading(isLoading) {
    this.#isLoading = isLoading;
    if (isLoading) this.#setOutcome({ outcome: "loading" });
  }

  /** Something is read or computed. */
  busy() {
    byId("answer").setAttribute("aria-busy", "true");
  }

  /** What was answered before is no answer to the present input. */
  begin() {
    this.busy();
    delete this.#answers.diff;
    delete this.#answers.who;
    delete this.#answers.prove;
  }

  /** Everything is answered. */
  end() {
    byId("answer").setAttribute("aria-busy", "false");
  }

  wait(asked) {
    if (asked === "check" && this.#isLoading) this.#setOutcome({ outcome: "loading" });
  }

  show(asked, answer) {
    this.#answers[asked] = answer;
    if (asked === "check") {
      this.#setOutcome(answer);
      // The findings of the text before are no findings of this one.
      delete this.#answers.lint;
      byId("tab-lint").textContent = "Findings";
    }
    if (asked === "lint" && answer.marks.length) byId("tab-lint").textContent = `Findings (${answer.marks.length})`;
    this.#showMarks();
    if (asked === this.#tab()) this.showTab(asked);
  }

  fail(asked, outcome, text) {
    this.show(asked, { outcome, text, notes: "", command: "", marks: [] });
  }

  showTab(name) {
    const answer = this.#answers[name] ?? { outcome: "", text: "", notes: "", command: "" };
    byId("state").textContent = name === "check" ? "" : WORDS[answer.outcome] ?? answer.outcome;
    byId("state").className = CLASSES[answer.outcome] ?? "";
    byId("text").replaceChildren(...this.#withPlaces(answer.text));
    byId("text").hidden = !answer.text;
    byId("notes").textContent = answer.notes;
    byId("notes").hidden = !answer.notes;
    byId("command").textContent = answer.command;
    byId("command-part").hidden = !answer.command;
  }

  #setOutcome({ outcome }) {
    byId("outcome").textContent = outcome === "loading" ? LOADING : WORDS[outcome] ?? outcome;
    byId("outcome").className = CLASSES[outcome] ?? "half";
  }

  #withPlaces(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(PLACE)) {
      parts.push(text.slice(end, match.index));
      const place = document.createElement("button");
      place.type = "button";
      place.className = "place";
      place.textContent = match[0];
      place.addEventListener("click", () => this.#editors[match[1]].goTo(Number(match[2])));
      parts.push(place);
      end = match.index + match[0].length;
    }
    return [...parts, text.slice(end)].filter((part) => part !== "");
  }

  #showMarks() {
    const marks = ["check", "lint", "diff"].flatMap((name) => this.#answers[name]?.marks ?? []);
    for (const [name, editor] of Object.entries(this.#editors)) {
      const own = marks.filter((mark) => mark.editor === name);
      editor.marks = own;
      const list = byId(`editor-${name}`).querySelector(".marks");
      list.replaceChildren(...own.map((mark) => this.#item(editor, mark)));
    }
  }

  #item(editor, { kind, start, words }) {
    const line = editor.lineAt(start);
    const item = document.createElement("li");
    item.className = `mark-${kind}`;
    item.dataset.line = String(line);
    const place = document.createElement("button");
    place.type = "button";
    place.className = "place";
    place.textContent = `line ${line}`;
    place.addEventListener("click", () => editor.goTo(line));
    item.append(place, ` ${words}`);
    return item;
  }
}
