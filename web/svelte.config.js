import adapter from "@sveltejs/adapter-cloudflare";
import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** @type {import("@sveltejs/kit").Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  kit: {
    adapter: adapter({ config: "wrangler.toml", routes: { include: ["/*"], exclude: ["<build>", "<files>"] } }),
    // Kit makes the nonces; `hooks.server.ts` adds the directives that no page needs to know.
    csp: {
      mode: "nonce",
      directives: {
        "default-src": ["self"],
        "script-src": ["self"],
        "style-src": ["self", "unsafe-inline"],
        "img-src": ["self", "data:", "blob:"],
        "media-src": ["self", "blob:"],
        "font-src": ["self"],
        // Uploads go straight to the bucket; the WebSocket is of this origin.
        "connect-src": ["self", "https://*.r2.cloudflarestorage.com"],
        "object-src": ["none"],
        "base-uri": ["self"],
        "form-action": ["self"],
        "frame-ancestors": ["none"],
      },
    },
    typescript: {
      config: (config) => {
        config.include.push("../../film/**/*.ts");
        config.compilerOptions.noUncheckedIndexedAccess = true;
      },
    },
  },
};
