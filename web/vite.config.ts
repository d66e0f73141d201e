import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";
import { messages } from "./messages/compile.js";

/** Where the API answers while pages are being worked on: `API_ORIGIN=http://localhost:8788 npm run dev:web`. */
const target = process.env["API_ORIGIN"];
const toApi = target ? { target, changeOrigin: true, ws: true } : undefined;

export default defineConfig({
  plugins: [messages(), sveltekit()],
  build: { target: "es2023" },
  server: {
    host: "127.0.0.1",
    fs: { allow: [".."] },
    ...(toApi && { proxy: { "/api": toApi, "/media": toApi, "/.well-known/dailies-keys.json": toApi, "/cdn-cgi/local/r2": toApi } }),
  },
});
