// What each page makes a browser load before it can be used, gzipped, against the gates. Run after `vite build`: `node web/budget.mjs`.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const KB = 1024;
const output = path.join(import.meta.dirname, ".svelte-kit/output");
const client = path.join(output, "client");
const manifest = JSON.parse(readFileSync(path.join(client, ".vite/manifest.json"), "utf8"));

/** Pages by what they must stay below, in KiB. */
const gates = [
  { name: "feed", route: "/(public)", js: 60, css: 20 },
  { name: "watch", route: /^\/\(public\)\/watch/, js: 75, css: 20 },
  { name: "studio shell", route: "/(studio)/studio", js: 150, css: 40 },
  { name: "tools", route: /^\/\(studio\)\/studio\/tools/, js: 175, css: 45 },
];
const FONTS_PUBLIC_KB = 80;
/** The heaviest tool of the studio, on top of the shell, loaded when it is opened. */
const TOOL_KB = 230;

const sizes = new Map();
function gzipped(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(path.join(client, file)), { level: 9 }).length);
  return sizes.get(file);
}

/** All chunks that an entry brings along at once. */
function reach(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(key)) return seen;
  seen.add(key);
  for (const imported of chunk.imports ?? []) reach(imported, seen);
  return seen;
}

function weigh(keys) {
  const chunks = new Set(keys.flatMap((key) => [...reach(key)]));
  const files = { js: new Set(), css: new Set() };
  for (const key of chunks) {
    files.js.add(manifest[key].file);
    for (const file of manifest[key].css ?? []) files.css.add(file);
  }
  const sum = (list) => [...list].filter((file) => /\.(js|css)$/.test(file)).reduce((total, file) => total + gzipped(file), 0) / KB;
  return { js: sum(files.js), css: sum(files.css), chunks };
}

/** The client's node files of a route: its layouts and its page. */
function nodesOf(route) {
  return (routes.get(route) ?? []).map((index) => Object.keys(manifest).find((key) => key.endsWith(`/generated/client-optimized/nodes/${index}.js`))).filter(Boolean);
}

const routes = new Map();
const server = readFileSync(path.join(output, "server/manifest-full.js"), "utf8");
for (const part of server.split(/\n\t*id: /).slice(1)) {
  const id = /^"([^"]+)"/.exec(part)?.[1];
  const page = /page: \{ layouts: \[([^\]]*)\][^}]*leaf: (\d+) \}/.exec(part);
  if (id && page) routes.set(id, [...page[1].split(",").filter((index) => index.trim() !== "").map(Number), Number(page[2])]);
}

const entries = Object.keys(manifest).filter((key) => /client-optimized\/app\.js$|runtime\/client\/entry\.js$/.test(key));
const found = (wanted) => [...routes.keys()].filter((id) => (typeof wanted === "string" ? id === wanted : wanted.test(id)));
let failed = false;
const say = (line) => {
  console.log(JSON.stringify(line));
  if (line.kb > line.gate) failed = true;
};

let shell = new Set();
for (const { name, route, js, css } of gates) {
  for (const id of found(route)) {
    const weight = weigh([...entries, ...nodesOf(id)]);
    if (name === "studio shell") shell = weight.chunks;
    say({ page: name, route: id, what: "js", kb: Number(weight.js.toFixed(1)), gate: js });
    say({ page: name, route: id, what: "css", kb: Number(weight.css.toFixed(1)), gate: css });
  }
}

/** What only pages of administration ask for: nothing that anybody else loads may have it. */
const OF_ADMINISTRATION = "/api/v1/admin/";
for (const id of [...routes.keys()].filter((route) => !route.startsWith("/(admin)"))) {
  const leaks = [...weigh([...entries, ...nodesOf(id)]).chunks].filter((key) => readFileSync(path.join(client, manifest[key].file), "utf8").includes(OF_ADMINISTRATION));
  if (leaks.length > 0) say({ page: "of administration", route: id, what: leaks.join(" "), kb: leaks.length, gate: 0 });
}

const lazy = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry && !/client-optimized\/nodes\//.test(key));
for (const key of lazy) {
  const added = [...reach(key)].filter((chunk) => !shell.has(chunk)).reduce((sum, chunk) => sum + gzipped(manifest[chunk].file), 0) / KB;
  if (added > 20) say({ page: "studio tool", route: key, what: "js, on opening", kb: Number(added.toFixed(1)), gate: TOOL_KB });
}

const assets = path.join(client, "_app/immutable/assets");
const fonts = readdirSync(assets).filter((file) => /^(bricolage|instrument).*\.woff2$/.test(file));
say({ page: "public", route: fonts.join(" "), what: "fonts", kb: Number((fonts.reduce((sum, file) => sum + readFileSync(path.join(assets, file)).length, 0) / KB).toFixed(1)), gate: FONTS_PUBLIC_KB });
process.exit(failed ? 1 : 0);
