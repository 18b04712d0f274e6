"use strict";
(() => {
  document.documentElement.classList.add("js");
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key in made && key !== "for") made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  };

  // Tables that sort by their heads, and filter by a text.
  const sortBy = (table, column, head) => {
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const order = new Intl.Collator("en", { numeric: true });
    const rows = [...table.tBodies[0].rows];
    rows.sort((one, other) => order.compare(one.cells[column].textContent, other.cells[column].textContent));
    table.tBodies[0].append(...(descending ? rows.reverse() : rows));
  };

  const filterBox = (label, onInput) => {
    const input = element("input", { type: "search", autocomplete: "off" });
    input.addEventListener("input", () => onInput(input.value.trim().toLowerCase()));
    return element("label", {}, label, input);
  };

  for (const table of document.querySelectorAll("table.sorts")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = element("button", { type: "button" }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener("click", () => sortBy(table, column, head));
    });
    if (table.tBodies[0].rows.length > 3) {
      const box = filterBox(`Filter ${table.caption.textContent.toLowerCase()}`, (text) => {
        for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(text);
      });
      table.parentNode.before(element("div", { className: "tools" }, box));
    }
  }
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });

  if (!data.calls.length || !data.callers.length) return;

  // Cells: a negative number repeats the one before it.
  const rowOf = (runs) => {
    const found = [];
    for (const each of runs) {
      if (each >= 0) found.push(each);
      else for (let left = -each; left; left--) found.push(found[found.length - 1]);
    }
    return found;
  };
  const cells = data.cells.map((contexts) => contexts.map(rowOf));
  const [ofCall, ofCaller] = data.holes;

  // The text of an explanation, whose holes have values of the call, of the caller and of its own.
  const filled = (text, own, call, caller) =>
    text.replace(/[\u0002-\u0017]/g, (hole) => {
      const code = hole.charCodeAt(0);
      if (code === 2) return filled(data.values[own.shift()], own, call, caller);
      return code >= ofCaller ? data.callerValues[caller][code - ofCaller] : data.callValues[call][code - ofCall];
    });
  const explained = (call, context, caller) => {
    const [number, ...own] = data.explanations[cells[call][context][caller]];
    const [state, label, reason, gates, lines] = data.frames[number];
    return {
      state: data.states[state][1],
      label,
      reason: filled(reason, own, call, caller),
      gates: data.gates[gates],
      lines: lines.map((each) => {
        const [depth, style, text, excerpt] = data.lines[each];
        const shown = filled(text, own, call, caller);
        return { depth, style: data.styles[style], text: shown, excerpt: excerpt < 0 ? "" : data.excerpts[excerpt] };
      }),
    };
  };

  // The diagram: what each gate said, and where the call ends.
  const showGates = (gates) => {
    const last = gates.length ? gates[gates.length - 1] : null;
    const unclear = !gates.length || gates.some((gate) => gate[2] === null);
    const end = last && last[2] === false ? last[0][0] : "e";
    let reached = true;
    for (const [name] of data.gateNames) {
      const here = gates.filter((gate) => gate[0][0] === name);
      const words = here.map((gate) => gate[1]).join(", ");
      let [look, text] = ["passed-over", "nothing to check"];
      if (name === "e") [look, text] = end !== "e" && reached === false ? ["after", "not reached"]
        : unclear ? ["unclear", "? not known"] : ["reached", "✓ the call ends here"];
      else if (!reached) [look, text] = ["after", "not reached"];
      else if (here.some((gate) => gate[2] === null)) [look, text] = ["unclear", `? not known: ${words}`];
      else if (name === end) [look, text] = ["ends", `✕ ends here: ${last[1]}`];
      else if (here.length) [look, text] = ["passed", `✓ passed: ${words}`];
      if (name === end) reached = false;
      const box = byId(`gate-${name}`);
      box.setAttribute("class", `gate ${look}`);
      box.querySelector(".result").textContent = text;
    }
    const gate = data.gateNames.find(([name]) => name === end)[1];
    byId("gates-title").textContent = unclear
      ? "The gates in their order: it is not known where the call ends"
      : `The gates in their order: the call ends at ${gate}`;
  };

  const chosen = { call: 0, caller: 0, context: 0 };
  const showCall = () => {
    const { call, caller, context } = chosen;
    const [words, route, values, stage] = data.calls[call];
    const [who, principal, given] = data.callers[caller];
    const [name, keys] = data.contexts[context];
    const found = explained(call, context, caller);
    byId("call").hidden = false;
    byId("call-title").textContent = `${words} by ${who}${name ? ` in ${name}` : ""}`;
    byId("call-state").replaceChildren(
      element("span", { className: found.state }, found.label), found.reason ? ` ${found.reason}` : "");
    const facts = [["Route", route], ["Sample values", values], ["Stage", stage], ["Caller", principal],
      ["Policies", given ? "" : "◌ not given"], ["Context", keys]];
    byId("call-facts").replaceChildren(...facts.filter(([, text]) => text).flatMap(
      ([title, text]) => [element("dt", {}, title), element("dd", {}, text)]));
    showGates(found.gates);
    byId("explanation").replaceChildren(...found.lines.flatMap((line) => [
      element("div", { className: `line p${line.depth} s-${line.style}` }, line.text),
      ...(line.excerpt ? [element("pre", { tabIndex: 0 }, element("code", {}, line.excerpt))] : []),
    ]));
    for (const key of ["call", "caller", "context"]) byId(`choose-${key}`).value = chosen[key];
    mark();
  };

  // The table, drawn by page.
  const table = byId("matrix-table");
  const body = table.tBodies[0];
  const rowsOf = (most) => Math.max(1, Math.floor(most / data.callers.length));
  const onScreen = Math.min(50, rowsOf(2000));
  let perPage = onScreen;
  const every = data.calls.flatMap((_, call) => data.contexts.map((_, context) => [call, context]));
  const view = { rows: every, page: 0, text: "", state: "" };

  const mark = () => {
    for (const button of body.querySelectorAll("button")) {
      const is = ["call", "caller", "context"].every((key) => Number(button.dataset[key]) === chosen[key]);
      button.setAttribute("aria-pressed", is);
    }
  };
  const drawn = ([call, context]) => {
    const [words, , values] = data.calls[call];
    const name = data.contexts[context][0];
    const head = element("th", { scope: "row" }, element("code", {}, words));
    if (values) head.append(" ", element("small", {}, values));
    if (name) head.append(" ", element("small", {}, `in ${name}`));
    const row = element("tr", {}, head);
    cells[call][context].forEach((number, caller) => {
      const [state, label] = data.frames[data.explanations[number][0]];
      const button = element("button", { type: "button", tabIndex: -1 }, label);
      Object.assign(button.dataset, { call, context, caller });
      row.append(element("td", { className: data.states[state][1] }, button));
    });
    return row;
  };
  const draw = () => {
    const pages = Math.max(1, Math.ceil(view.rows.length / perPage));
    view.page = Math.min(view.page, pages - 1);
    const start = view.page * perPage;
    body.replaceChildren(...view.rows.slice(start, start + perPage).map(drawn));
    const first = body.querySelector("button");
    if (first) first.tabIndex = 0;
    const end = Math.min(view.rows.length, start + perPage);
    byId("page-words").textContent = view.rows.length
      ? `Rows ${start + 1} to ${end} of ${view.rows.length}` : "No row is like that";
    byId("page-before").disabled = view.page === 0;
    byId("page-after").disabled = view.page >= pages - 1;
    mark();
  };
  const filter = () => {
    view.rows = every.filter(([call, context]) => {
      const [words, route] = data.calls[call];
      if (!`${words} ${route} ${data.contexts[context][0]}`.toLowerCase().includes(view.text)) return false;
      return !view.state || cells[call][context].some(
        (number) => data.states[data.frames[data.explanations[number][0]][0]][0] === view.state);
    });
    view.page = 0;
    draw();
  };
  const choice = (key, label, texts) => {
    const list = element("select", { id: `choose-${key}` }, ...texts.map(
      (text, number) => element("option", { value: number }, text)));
    list.addEventListener("change", () => { chosen[key] = Number(list.value); showCall(); });
    return element("label", {}, label, list);
  };
  const pageButton = (id, text, step) => {
    const button = element("button", { type: "button", id }, text);
    button.addEventListener("click", () => { view.page += step; draw(); });
    return button;
  };
  const states = element("select", { id: "choose-state" }, element("option", { value: "" }, "any"),
    ...data.states.map(([name]) => element("option", { value: name }, name)));
  states.addEventListener("change", () => { view.state = states.value; filter(); });

  byId("tools").append(
    choice("call", "Call", data.calls.map(([words, route, values]) => (values ? `${words} (of ${route})` : words))),
    choice("caller", "Caller", data.callers.map(([name]) => name)),
    choice("context", "Context", data.contexts.map(([name]) => name || "the only one")),
  );
  byId("matrix-box").before(element("div", { className: "tools" },
    filterBox("Filter calls", (text) => { view.text = text; filter(); }),
    element("label", {}, "Rows with a cell that is", states),
    pageButton("page-before", "Previous", -1), element("span", { id: "page-words", role: "status" }),
    pageButton("page-after", "Next", 1)));

  body.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const key of ["call", "caller", "context"]) chosen[key] = Number(button.dataset[key]);
    showCall();
    byId("call-title").focus();
  });
  // Arrow keys move between cells: only one of them is a stop of the Tab key.
  body.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    const row = body.rows[cell.parentNode.rowIndex - 1 + step[0]];
    const next = row && row.cells[cell.cellIndex + step[1]];
    const button = next && next.querySelector("button");
    event.preventDefault();
    if (!button) return;
    event.target.tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  });
  // On paper there are no pages of the table: as many rows as without a script.
  const drawFor = (rows) => {
    const first = view.page * perPage;
    perPage = rows;
    view.page = Math.floor(first / perPage);
    draw();
  };
  addEventListener("beforeprint", () => drawFor(rowsOf(5000)));
  addEventListener("afterprint", () => drawFor(onScreen));
  for (const part of document.querySelectorAll(".without-script, #reasons")) part.hidden = true;
  draw();
  showCall();
})();
