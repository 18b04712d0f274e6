// What the page contains. All values are texts. EDITORS and FIELDS are those of answers.py; "tab" is the page's own.

/** The editors that are hidden until somebody adds them. */
export const ADDED = ["boundary", "scp"];
export const EDITORS = ["api", "identity", ...ADDED, "resource", "authorizer", "claims", "context", "before", "invariants"];
export const FIELDS = ["mode", "caller", "on", "call", "headers", "stage", "name", "compared", "reached"];
export const TABS = ["check", "lint", "diff", "who", "prove"];

const VALUES = {
  mode: ["api", "policies"],
  compared: ["", "identity", ...ADDED, "resource", "api"],
  tab: TABS,
};
const LARGEST = 2_000_000;

/** The state with empty texts for all that is not given. */
export function complete(given) {
  const state = Object.fromEntries([...EDITORS, ...FIELDS].map((name) => [name, ""]));
  return { ...state, mode: "api", tab: "check", ...given };
}

/** The state without what is empty. */
export function shortened(state) {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== ""));
}

/** The first version of links that have all that a state has. */
export function versionOf(state) {
  return ADDED.some((name) => state[name] || state.compared === name) ? 2 : 1;
}

/** Why a value is not a state of this page; "" if it is one. */
export function faultOf(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return "it is not an object";
  for (const [name, text] of Object.entries(value)) {
    if (![...EDITORS, ...FIELDS, "tab"].includes(name)) return `it has an unknown field`;
    if (typeof text !== "string") return `the field ${name} is not a text`;
    if (text.length > LARGEST) return `the field ${name} is too long`;
    if (VALUES[name] && !VALUES[name].includes(text)) return `the field ${name} has an unknown value`;
  }
  return "";
}

/** What the worker gets: everything but what only the page needs. */
export function questionOf(state) {
  const { tab, ...question } = shortened(state);
  return question;
}
