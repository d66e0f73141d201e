// After `vite build`: puts our entry in front of the worker that the adapter wrote.
// `web/.svelte-kit/cloudflare/_worker.js` then has one default export, `{ fetch(request, env, ctx) }`, and needs `env.API` and `env.ASSETS`.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const web = path.resolve(import.meta.dirname, "../web");
const output = path.join(web, ".svelte-kit/cloudflare/_worker.js");
const kit = path.join(web, ".svelte-kit/cloudflare-tmp/kit-worker.js");
const MARK = "// Stands before SvelteKit's worker";

const built = readFileSync(output, "utf8");
if (!built.startsWith(MARK)) {
  // Both folders are one deep below `.svelte-kit`, so the worker's relative imports stay true.
  writeFileSync(kit, built);
  writeFileSync(output, readFileSync(path.join(web, "entry/worker.js"), "utf8").replace("KIT_WORKER", "../cloudflare-tmp/kit-worker.js"));
}
// Served as a Worker's assets, these two must not be files that anyone can fetch.
writeFileSync(path.join(web, ".svelte-kit/cloudflare/.assetsignore"), "_worker.js\n_routes.json\n_headers\n_redirects\n");
