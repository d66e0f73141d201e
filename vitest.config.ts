import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const inWorkerd = {
  deps: {
    optimizer: {
      ssr: {
        enabled: true,
        include: ["zod", "jose", "hono", "@hono/zod-openapi", "drizzle-orm", "drizzle-orm/d1", "drizzle-orm/sqlite-core", "better-auth", "better-auth/plugins", "better-auth/adapters/drizzle", "@better-auth/api-key", "fast-check", "mediabunny", "standardwebhooks", "aws4fetch", "canonicalize"],
        rolldownOptions: { external: [/^node:/, /^cloudflare:/] },
      },
    },
  },
};

export default defineConfig({
  test: {
    projects: [
      { test: { name: "film", environment: "node", include: ["film/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "house", environment: "node", include: ["test/house/**/*.test.ts"], testTimeout: 30_000 } },
      { test: { name: "renderer", environment: "node", include: ["renderer/**/*.test.ts"], testTimeout: 120_000, fileParallelism: false } },
      {
        plugins: [
          cloudflareTest(async () => ({
            remoteBindings: false,
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: { TEST_MIGRATIONS: await readD1Migrations("./migrations") },
              outboundService: (request: Request) => new Response(`no network in tests: ${request.url}`, { status: 502 }),
            },
          })),
        ],
        test: {
          name: "worker",
          include: ["worker/**/*.test.ts", "durable-objects/**/*.test.ts", "test/*.test.ts"],
          setupFiles: ["./test/setup.ts"],
          isolate: false,
          testTimeout: 60_000,
          ...inWorkerd,
        },
      },
      { test: { name: "journeys", environment: "node", include: ["test/journeys/**/*.test.ts", "test/kill/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false } },
    ],
  },
});
