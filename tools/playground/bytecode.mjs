// `node bytecode.mjs PLAYGROUND TARGET` writes TARGET, an archive of the modules that answers import, compiled by the Python
// of Pyodide. Compiling them in the browser would take most of the time before the first answer.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, target] = process.argv.slice(2).map((each) => resolve(each));
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide", "pyodide.mjs")).href);
const python = await loadPyodide({ indexURL: join(folder, "pyodide") });
const { packages } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf-8"));
for (const { file } of packages) {
  python.unpackArchive(new Uint8Array(readFileSync(join(folder, "packages", file))), "zip", { extractDir: "/packages" });
}
python.FS.writeFile("/answers.py", readFileSync(join(folder, "answers.py"), "utf-8"));
const examples = JSON.parse(readFileSync(join(folder, "examples.json"), "utf-8"));
python.globals.set("questions", python.toPy(examples.map(({ question }) => JSON.stringify(question))));
const bytes = python.runPython(`
import io, json, py_compile, sys, zipfile
sys.path[:0] = ["/", "/packages"]
sys.dont_write_bytecode = True
import answers

more = {"invariants": "nobody may call DELETE /orders/**", "reached": "GET /**"}
for text in questions:
    question = json.loads(text)
    before = question.get("api") or question.get("resource") or question["identity"]
    for kind in answers.KINDS:
        answers.answer(kind, json.dumps(question | more | {"before": before}))

target = io.BytesIO()
files = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
with zipfile.ZipFile(target, "w") as archive:
    for file in sorted(file for file in files if file.startswith("/packages/")):
        name = file.removeprefix("/packages/")
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(file, "/compiled.pyc", dfile=name, doraise=True, invalidation_mode=mode)
        archive.write("/compiled.pyc", name + "c")
target.getvalue()
`).toJs();
writeFileSync(target, bytes);
