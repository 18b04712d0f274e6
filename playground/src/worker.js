// Python in a worker. It loads Pyodide and the packages of the manifest, says that it is ready, and answers one question
// at a time. The page ends it where an answer takes too long.

import { loadPyodide } from "./pyodide/pyodide.mjs";

async function load() {
  const began = performance.now();
  const manifest = read("manifest.json").then((response) => response.json());
  const [python, files, source] = await Promise.all([
    loadPyodide({ indexURL: new URL("./pyodide/", self.location.href).href }),
    manifest.then(packages),
    read("answers.py").then((response) => response.text()),
  ]);
  const loaded = performance.now();
  python.FS.mkdir("/packages");
  python.FS.writeFile("/packages/answers.py", source);
  // Python imports from the archives: unpacking them takes longer than the imports of an answer.
  const path = files.map(({ file, bytes }) => (python.FS.writeFile(`/packages/${file}`, bytes), `/packages/${file}`));
  python.globals.set("path", python.toPy(["/packages", ...path]));
  python.runPython("import sys; sys.path[:0] = path; sys.dont_write_bytecode = True; del path");
  const answers = python.pyimport("answers");
  return { answers, pyodide: loaded - began, packages: performance.now() - loaded };
}

async function packages({ packages }) {
  return Promise.all(
    packages.map(async ({ file, sha256 }) => {
      const response = await read(`packages/${file}`, `sha256-${base64(sha256)}`);
      return { file, bytes: new Uint8Array(await response.arrayBuffer()) };
    }),
  );
}

async function read(file, integrity = "") {
  const response = await fetch(new URL(file, self.location.href), { integrity });
  if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
  return response;
}

function base64(hex) {
  return btoa(hex.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))));
}

const loading = load();
loading.then(
  ({ pyodide, packages }) => self.postMessage({ kind: "ready", pyodide, packages }),
  (error) => self.postMessage({ kind: "failed", words: String(error?.message ?? error) }),
);

self.addEventListener("message", async ({ data: { number, asked, question } }) => {
  const { answers } = await loading;
  try {
    if (question === undefined) answers.prepare(asked);
    const found = question === undefined ? null : JSON.parse(answers.answer(asked, JSON.stringify(question)));
    self.postMessage({ kind: "answer", number, found });
  } catch (error) {
    self.postMessage({ kind: "wrong", number, words: String(error?.message ?? error) });
  }
});
