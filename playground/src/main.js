// The page: its fields and editors are the state, which is asked about 300 ms after the last change, and kept in the
// fragment of the URL.

import { Answers, Failed, Stopped } from "./answers.js";
import { Editor } from "./editor.js";
import { ADDED, EDITORS, FIELDS, TABS, complete, questionOf, shortened } from "./fields.js";
import { FragmentError, LONGEST_LINK, fragmentOf, stateOf, stateOfText } from "./fragment.js";
import { AnswerView, showWords } from "./answer_view.js";

const PAUSE = 300;
const LABELS = {
  api: "API file or template",
  identity: "Identity policy of the caller",
  boundary: "Permissions boundary of the caller",
  scp: "Service control policy (SCP) of the caller's account",
  resource: "Resource policy",
  authorizer: "Answer of the Lambda authorizer",
  context: "Context: condition keys of the call",
  claims: "Claims of the token",
  before: "Old version",
  invariants: "Invariants, one on a line",
};
const LANGUAGES = { authorizer: "json", claims: "json", context: "json", invariants: "text" };
const HINTS = {
  api: "JSON or YAML: an API file, OpenAPI, a template of CloudFormation or SAM, a plan of Terraform",
  identity: "JSON or YAML; may be empty",
  boundary: "JSON or YAML: the caller can do nothing that it does not allow",
  scp: "JSON or YAML: the account can do nothing that it does not allow",
  resource: "JSON or YAML; may be empty",
  authorizer: "JSON that the function returns, or Unauthorized; may be empty",
  context: '{"aws:SourceIp": "203.0.113.7"}',
  claims: '{"sub": "ann"}',
  before: "The text to compare with",
  invariants: "nobody may call DELETE /orders/**",
};
// Where each editor stands, and the mode or the tab that it belongs to.
const PLACES = {
  api: ["editors", "of-api"],
  resource: ["editors", "of-policies"],
  identity: ["editors", ""],
  boundary: ["editors", ""],
  scp: ["editors", ""],
  authorizer: ["editors", "of-api"],
  context: ["editors", ""],
  claims: ["more-editors", ""],
  before: ["panel-editors", "of-diff"],
  invariants: ["panel-editors", "of-prove"],
};
const INPUTS = FIELDS.filter((name) => name !== "mode");

const byId = (id) => document.getElementById(id);
const editors = {};
let examples = [];
let tab = "check";
let version = 0;
let pause = 0;
let ownFragment = "";

function makeEditors() {
  for (const [name, [place, part]] of Object.entries(PLACES)) {
    const section = document.createElement("section");
    section.className = `editor ${part}`.trim();
    section.id = `editor-${name}`;
    const title = document.createElement("h3");
    title.textContent = LABELS[name];
    const host = document.createElement("div");
    const marks = document.createElement("ul");
    marks.className = "marks";
    section.append(title, host, marks);
    byId(place).append(section);
    if (ADDED.includes(name)) {
      title.after(removing(name));
      byId(place).append(byId("add-policies"));
    }
    editors[name] = new Editor(host, LABELS[name], LANGUAGES[name] ?? "content", HINTS[name], changed);
  }
}

// The first screen has the editors that most questions need.
function removing(name) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "place remove", textContent: "Remove" });
  button.setAttribute("aria-label", `Remove: ${LABELS[name]}`);
  button.addEventListener("click", () => {
    editors[name].text = "";
    showAdded(name, false);
    byId(`add-${name}`).focus();
    refresh();
  });
  return button;
}

function showAdded(name, isShown) {
  byId(`editor-${name}`).hidden = !isShown;
  byId(`add-${name}`).hidden = isShown;
  byId("add-policies").hidden = ADDED.every((each) => byId(`add-${each}`).hidden);
}

function state() {
  const found = { mode: document.querySelector("[name=mode]:checked").value, tab };
  for (const name of INPUTS) found[name] = byId(name).value;
  for (const name of EDITORS) found[name] = editors[name].text;
  return found;
}

function setState(given) {
  const found = complete(given);
  for (const radio of document.querySelectorAll("[name=mode]")) radio.checked = radio.value === found.mode;
  for (const name of INPUTS) byId(name).value = found[name];
  for (const name of EDITORS) if (editors[name].text !== found[name]) editors[name].text = found[name];
  for (const name of ADDED) showAdded(name, found[name] !== "");
  byId("more").open = ["stage", "name", "claims"].some((name) => found[name]);
  chooseTab(found.tab);
}

function changed() {
  clearTimeout(pause);
  pause = setTimeout(refresh, PAUSE);
}

function chooseTab(name) {
  tab = name;
  for (const each of TABS) {
    byId(`tab-${each}`).setAttribute("aria-selected", String(each === name));
    byId(`tab-${each}`).tabIndex = each === name ? 0 : -1;
  }
  byId("panel").setAttribute("aria-labelledby", `tab-${name}`);
  document.body.dataset.tab = name;
  document.body.dataset.mode = document.querySelector("[name=mode]:checked").value;
  view.showTab(name);
}

const view = new AnswerView(editors, () => tab);
const answers = new Answers((isLoading) => view.showLoading(isLoading));

// The outcome comes first, then the findings, which mark lines too, then what the tab shows.
async function refresh() {
  clearTimeout(pause);
  const mine = ++version;
  const found = state();
  document.body.dataset.mode = found.mode;
  keepInUrl(found);
  view.begin();
  const isStale = () => mine !== version;
  for (const asked of new Set(["check", "lint", found.tab])) {
    view.wait(asked);
    try {
      const answer = await answers.ask(asked, questionOf(found), isStale);
      if (isStale()) return;
      view.show(asked, answer);
    } catch (error) {
      if (!(error instanceof Stopped || error instanceof Failed)) throw error;
      if (isStale()) return;
      view.fail(asked, error instanceof Stopped ? "stopped" : "failed", error.message);
    }
  }
  view.end();
  if (performance.getEntriesByName("answered").length === 0) performance.mark("answered");
}

async function keepInUrl(found) {
  const fragment = await fragmentOf(found);
  const isShort = linkOf(fragment).length <= LONGEST_LINK;
  ownFragment = isShort ? `#${fragment}` : "";
  if (location.hash !== ownFragment) history.replaceState(null, "", ownFragment || location.pathname + location.search);
}

function linkOf(fragment) {
  return `${location.origin}${location.pathname}${location.search}#${fragment}`;
}

async function copyLink() {
  const link = linkOf(await fragmentOf(state()));
  if (link.length > LONGEST_LINK) {
    showWords(`The link would have ${link.length.toLocaleString("en")} characters, more than many programs pass on. ` +
      "Save a file instead: “Open file” reads it.");
    byId("save").focus();
    return;
  }
  try {
    await navigator.clipboard.writeText(link);
    showWords("The link is copied. The policies are in it: who has the link can read them.");
  } catch {
    showWords("The browser does not allow to copy: take the link from the address bar. The policies are in it.");
  }
}

function save() {
  const text = JSON.stringify(shortened(state()), null, 1);
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  anchor.download = "execpolicy-playground.json";
  anchor.click();
  URL.revokeObjectURL(anchor.href);
  showWords("The file holds the policies: who has it can read them.");
}

async function openFile(file) {
  byId("file").value = "";
  if (file) await load(async () => stateOfText(await file.text(), `${file.name} is no file of this page`));
}

async function load(read) {
  view.busy();
  try {
    setState(await read());
    describe(null);
    showWords("");
  } catch (error) {
    if (!(error instanceof FragmentError)) throw error;
    showWords(error.message);
    view.end();
    return false;
  }
  refresh();
  return true;
}

function describe(example) {
  byId("example").value = example ? example.name : "";
  byId("example-words").textContent = example
    ? `${example.words} (${example.rules.join(", ")})` : "The state is that of a link or of a file.";
  byId("mend-part").hidden = !example;
  byId("example").options[0].hidden = Boolean(example);
  if (!example) return;
  const { editor, find, replace } = example.edit;
  const what = replace ? `write ${replace.trim()} in place of ${find.trim()}` : `remove ${find.replace(/^[,\s]+/, "")}`;
  byId("mend-words").textContent = `In “${LABELS[editor]}”, ${what}.`;
}

function choose(example) {
  setState({ ...example.question, tab });
  describe(example);
  showWords("");
  refresh();
}

function mend() {
  const example = examples.find(({ name }) => name === byId("example").value);
  const { editor, find, replace } = example.edit;
  const text = editors[editor].text;
  if (!text.includes(find)) {
    byId("mend-words").textContent = "The text was changed already: choose the example again.";
    return;
  }
  editors[editor].text = text.replace(find, () => replace);
  byId("mend-words").textContent = `Done: ${byId("mend-words").textContent}`;
  refresh();
}

function moveInTabs(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const last = { Home: 0, End: TABS.length - 1 }[event.key];
  if (step === undefined && last === undefined) return;
  event.preventDefault();
  const next = TABS[last ?? (TABS.indexOf(tab) + step + TABS.length) % TABS.length];
  chooseTab(next);
  byId(`tab-${next}`).focus();
  refresh();
}

function listen() {
  for (const name of INPUTS) byId(name).addEventListener("input", changed);
  for (const radio of document.querySelectorAll("[name=mode]")) radio.addEventListener("change", refresh);
  for (const name of TABS) {
    byId(`tab-${name}`).addEventListener("click", () => {
      chooseTab(name);
      refresh();
    });
  }
  document.querySelector("[role=tablist]").addEventListener("keydown", moveInTabs);
  byId("example").addEventListener("change", () => choose(examples.find(({ name }) => name === byId("example").value)));
  byId("mend").addEventListener("click", mend);
  for (const name of ADDED) {
    byId(`add-${name}`).addEventListener("click", () => {
      showAdded(name, true);
      editors[name].goTo(1);
    });
  }
  byId("copy-link").addEventListener("click", copyLink);
  byId("save").addEventListener("click", save);
  byId("open").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => openFile(byId("file").files[0]));
  byId("keep").addEventListener("click", () => {
    const compared = byId("compared").value || (state().mode === "api" ? "api" : "resource");
    editors.before.text = editors[compared].text;
    refresh();
  });
  addEventListener("hashchange", () => {
    if (location.hash !== ownFragment && location.hash.length > 1) load(() => stateOf(location.hash.slice(1)));
  });
}

async function start() {
  makeEditors();
  listen();
  const fragment = location.hash.slice(1);
  [examples] = await Promise.all([fetchJson("examples.json"), showLicences()]);
  byId("example").append(new Option("(none)", ""), ...examples.map(({ name, title }) => new Option(title, name)));
  if (fragment && (await load(() => stateOf(fragment)))) return;
  const words = byId("message").textContent;
  choose(examples[0]);
  showWords(words);
}

async function showLicences() {
  const { parts } = await fetchJson("manifest.json");
  for (const { name, version: of, licence } of parts) {
    const row = byId("licences").tBodies[0].insertRow();
    for (const text of [name, of, licence]) row.insertCell().textContent = text;
  }
}

async function fetchJson(file) {
  return (await fetch(new URL(file, import.meta.url))).json();
}

start();
