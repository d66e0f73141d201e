import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import path from "node:path";
import { defineConfig } from "vitest/config";

const quickPassword = { name: "quick-password", resolveId: (id: string) => (id === "@better-auth/utils/password" ? path.resolve(import.meta.dirname, "test/quick-password.ts") : null) };

const inWorkerd = {
  deps: {
    optimizer: {
      ssr: {
        enabled: true,
        include: ["zod", "jose", "hono", "@hono/zod-openapi", "drizzle-orm", "drizzle-orm/d1", "drizzle-orm/sqlite-core", "better-auth/minimal", "better-auth/adapters/drizzle", "fast-check", "mediabunny", "standardwebhooks", "stripe", "aws4fetch", "canonicalize", "ai", "@ai-sdk/openai", "@ai-sdk/anthropic", "@ai-sdk/google", "workers-ai-provider"],
        rolldownOptions: { external: [/^node:/, /^cloudflare:/], plugins: [quickPassword] },
      },
    },
  },
};

const letters: unknown[] = [];
/** Keeps what is sent, and answers it, newest first. */
async function letterBox(request: Request): Promise<Response> {
  if (request.method === "POST") letters.unshift(await request.json());
  return Response.json(letters);
}

export default defineConfig({
  test: {
    projects: [
      { test: { name: "film", environment: "node", include: ["film/**/*.test.ts", "durable-objects/**/*.node.test.ts"], testTimeout: 60_000 } },
      { test: { name: "house", environment: "node", include: ["test/house/**/*.test.ts", "test/emulators/**/*.test.ts", "web/src/**/*.test.ts"], testTimeout: 30_000, expect: { poll: { timeout: 10_000 } } } },
      { test: { name: "renderer", environment: "node", include: ["renderer/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
      {
        plugins: [
          cloudflareTest(async () => ({
            remoteBindings: false,
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations("./migrations"),
                ENVIRONMENT: "test",
                APP_ORIGIN: "https://dailies.example",
                EMAIL_VERIFICATION: "off",
                AUTH_SECRET: "a secret that is used in tests only",
                MEDIA_SIGNING_KEYS: "test:bWVkaWEgc2lnbmluZyBrZXkgb2YgdGhlIHRlc3Rz",
                MANIFEST_SIGNING_KEYS: "test:bWFuaWZlc3Qgc2lnbmluZyBrZXkgb2YgdGVzdHM=",
                ROOT_SIGNING_KEYS: "test:cm9vdCBzaWduaW5nIHNlZWQgb2YgdGhlIHRlc3RzISE=",
                PARTNER_SECRET: "the secret that partners' secrets derive from in tests",
                ADMIN_EMAILS: "admin@dailies.example",
                STRIPE_SECRET_KEY: "sk_test_of_the_tests",
                STRIPE_WEBHOOK_SECRETS: "whsec_stripe_webhook_secret_of_the_tests,whsec_the_next_secret_of_the_tests",
                STRIPE_API_BASE: "https://stripe.example",
                RENDERER_TOKEN: "renderer-token-of-the-tests",
                RENDERER_WEBHOOK_SECRET: "whsec_dGhlIHdlYmhvb2sgc2VjcmV0IG9mIHRoZSB0ZXN0cw==",
                R2_ACCESS_KEY_ID: "test-access-key",
                R2_SECRET_ACCESS_KEY: "test-secret-key",
              },
              serviceBindings: { MAIL: letterBox },
              outboundService: (request: Request) => new Response(`no network in tests: ${request.url}`, { status: 502 }),
            },
          })),
        ],
        test: {
          name: "worker",
          include: ["worker/**/*.test.ts", "durable-objects/**/*.test.ts", "test/*.test.ts"],
          exclude: ["**/*.node.test.ts"],
          setupFiles: ["./test/setup.ts"],
          isolate: false,
          testTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
          ...inWorkerd,
        },
      },
      { test: { name: "journeys", environment: "node", include: ["test/journeys/**/*.test.ts", "test/kill/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false } },
    ],
  },
});
