// Local secrets: made once, kept in the data folder, readable by their owner only.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The secrets of this data folder, generated at the first start. */
export function localSecrets(data) {
  mkdirSync(data, { recursive: true });
  const file = path.join(data, "secrets.json");
  const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const random = (bytes) => randomBytes(bytes).toString("base64url");
  const secrets = {
    AUTH_SECRET: random(32),
    MEDIA_SIGNING_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    MANIFEST_SIGNING_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    RENDERER_TOKEN: random(24),
    RENDERER_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString("base64")}`,
    R2_ACCESS_KEY_ID: random(16),
    R2_SECRET_ACCESS_KEY: random(32),
    ROOT_SIGNING_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    PARTNER_SECRET: random(32),
    STRIPE_SECRET_KEY: `sk_test_${randomBytes(18).toString("hex")}`,
    STRIPE_WEBHOOK_SECRETS: `whsec_${randomBytes(24).toString("hex")}`,
    DEMO_PASSWORD: random(9),
    ...known,
  };
  if (Object.keys(secrets).length !== Object.keys(known).length) writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}
