/** Settings of a worker that lives for one test. */
export const workerSettings = {
  ENVIRONMENT: "test", EMAIL_VERIFICATION: "off", AUTH_SECRET: "a secret that is used in tests only", MEDIA_SIGNING_KEYS: "test:bWVkaWEgc2lnbmluZyBrZXkgb2YgdGhlIHRlc3Rz",
  ROOT_SIGNING_KEYS: "test:cm9vdCBzaWduaW5nIHNlZWQgb2YgdGhlIHRlc3RzISE=",
  PARTNER_SECRET: "the secret that partners' secrets derive from in tests", RENDERER_TOKEN: "renderer-token-of-the-tests", RENDERER_WEBHOOK_SECRET: "whsec_dGhlIHdlYmhvb2sgc2VjcmV0IG9mIHRoZSB0ZXN0cw==",
  R2_ACCESS_KEY_ID: "test-access-key", R2_SECRET_ACCESS_KEY: "test-secret-key",
};

/** What a process needs to know to serve a build: beside it, so that none has to load wrangler. */
export const PLAN = "plan.json";
export interface Plan {
  options: { bindings: Record<string, string> };
  migrations: string[][];
}
