// Bundles the worker: bundle.mjs ENTRY FOLDER [METAFILE]. What is imported by `import()` becomes modules of its own, which are loaded when they are first needed; the start is `index.js`.
// wrangler's own bundling has no such splitting; the target, the conditions and what is defined are wrangler's. Nothing asks what a function is called, and keeping the names takes 35 KB.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "../..");
const [entry = "worker/index.ts", folder = ".build/api", metafile] = process.argv.slice(2);
const here = path.join(root, "worker/core/bundling");
const standIns = new Map(Object.entries(JSON.parse(readFileSync(path.join(here, "stand-ins.json"), "utf8"))).map(([from, to]) => [from, path.join(here, to)]));

/** What is imported, and the file that stands in for it. That may itself ask for the package. */
const standingIn = {
  name: "stand-ins",
  setup: ({ onResolve }) => onResolve({ filter: /.*/ }, ({ path: asked, importer }) => (standIns.has(asked) && path.dirname(importer) !== here ? { path: standIns.get(asked) } : undefined)),
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const built = await build({
  absWorkingDir: root, entryPoints: { index: path.resolve(entry) }, outdir: path.resolve(folder), bundle: true, splitting: true, format: "esm", target: "es2024", minify: true, logLevel: "warning", metafile: Boolean(metafile),
  conditions: ["workerd", "worker", "browser"], external: ["cloudflare:*", "node:*"], plugins: [standingIn],
  define: { "process.env.NODE_ENV": '"production"', "global.process.env.NODE_ENV": '"production"', "globalThis.process.env.NODE_ENV": '"production"', "navigator.userAgent": '"Cloudflare-Workers"' },
});
if (metafile) writeFileSync(metafile, JSON.stringify(built.metafile));
