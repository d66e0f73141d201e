import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

/** Where the API answers while pages are being worked on: `API_ORIGIN=http://localhost:8788 npm run dev:web`. */
const target = process.env["API_ORIGIN"];
const toApi = target ? { target, changeOrigin: true, ws: true } : undefined;

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: "./project.inlang",
      outdir: "./src/lib/paraglide",
      strategy: ["url", "baseLocale"],
      emitGitIgnore: false,
      emitPrettierIgnore: false,
      emitReadme: false,
    }),
    sveltekit(),
  ],
  build: { target: "es2023" },
  server: {
    host: "127.0.0.1",
    fs: { allow: [".."] },
    ...(toApi && { proxy: { "/api": toApi, "/media": toApi, "/cdn-cgi/local/r2": toApi } }),
  },
});
