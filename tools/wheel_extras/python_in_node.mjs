// CPython as WebAssembly, which the npm package pyodide brings: `node python_in_node.mjs PYODIDE PACKAGES -c CODE`, or
// `-m MODULE …`, runs it as `python` would, with the folder PACKAGES on its path. PYODIDE is the file pyodide.mjs. The two
// folders of this computer that are needed, PACKAGES and the current one, are mounted under their own names.
import { pathToFileURL } from "node:url";

const [module, packages, ...given] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(module).href);
const python = await loadPyodide({ fullStdLib: true, env: { HOME: "/home", COLUMNS: "100" } });
for (const folder of [packages, process.cwd()]) {
  python.FS.mkdirTree(folder);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, folder);
}
python.setStdout({ write: (bytes) => (process.stdout.write(bytes), bytes.length) });
python.setStderr({ write: (bytes) => (process.stderr.write(bytes), bytes.length) });
python.globals.set("given", python.toPy([packages, process.cwd(), ...given]));
process.exitCode = python.runPython(`
import os, runpy, site, sys, traceback
packages, folder, kind, what, *arguments = given
os.chdir(folder)
site.addsitedir(packages)
code = 0
try:
    if kind == "-m":
        sys.argv = [what, *arguments]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
except SystemExit as exit:
    code = exit.code if isinstance(exit.code, int) else int(exit.code is not None)
    if isinstance(exit.code, str):
        print(exit.code, file=sys.stderr)
except BaseException:
    traceback.print_exc()
    code = 1
sys.stdout.flush()
sys.stderr.flush()
code
`);
