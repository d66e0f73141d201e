/** Settings of a worker that lives for one test. */
export const workerSettings = {
  ENVIRONMENT: "test", EMAIL_VERIFICATION: "off", AUTH_SECRET: "a secret that is used in tests only", MEDIA_SIGNING_KEYS: "test:bWVkaWEgc2lnbmluZyBrZXkgb2YgdGhlIHRlc3Rz",
  MANIFEST_SIGNING_KEYS: "test:bWFuaWZlc3Qgc2lnbmluZyBrZXkgb2YgdGVzdHM=", RENDERER_TOKEN: "renderer-token-of-the-tests", RENDERER_WEBHOOK_SECRET: "whsec_dGhlIHdlYmhvb2sgc2VjcmV0IG9mIHRoZSB0ZXN0cw==",
  R2_ACCESS_KEY_ID: "test-access-key", R2_SECRET_ACCESS_KEY: "test-secret-key",
};
