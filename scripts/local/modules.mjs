// The modules of a built worker, as Miniflare takes them: the one that starts stands first.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = { ".js": "ESModule", ".wasm": "CompiledWasm" };

export function modulesOf(folder) {
  const files = readdirSync(folder).filter((file) => path.extname(file) in TYPES);
  const main = files.includes("index.js") ? "index.js" : files.find((file) => file.endsWith(".js"));
  const inOrder = files.toSorted((a, b) => Number(b === main) - Number(a === main));
  return { rootPath: folder, modulesRoot: folder, modules: inOrder.map((file) => ({ type: TYPES[path.extname(file)], path: path.join(folder, file) })) };
}

/** Gzip bytes of each module, and whether the worker starts with it or loads it when it is needed. */
export function sizesOf(folder) {
  const text = (name) => readFileSync(path.join(folder, name), "utf8");
  const atStart = new Set();
  const walk = (name) => {
    if (atStart.has(name)) return;
    atStart.add(name);
    for (const [, next] of text(name).matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w-]+\.js)"/g)) walk(next);
  };
  walk("index.js");
  return readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => ({ name, bytes: gzipSync(text(name), { level: 9 }).length, startsWith: atStart.has(name) }));
}
