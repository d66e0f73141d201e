// Local secrets: made once, kept in the data folder, readable by their owner only.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

export const SECRETS_FILE = "secrets.json";

/** Whether a folder has secrets that were made here: it is what tells our folders from those of others. */
export function hasSecrets(data) {
  try {
    const known = JSON.parse(readFileSync(path.join(data, SECRETS_FILE), "utf8"));
    return ["MEDIA_SIGNING_KEYS", "RENDERER_TOKEN", "DEMO_PASSWORD"].every((name) => typeof known[name] === "string");
  } catch {
    return false;
  }
}

/** The secrets of this data folder, generated at the first start. */
export function localSecrets(data) {
  mkdirSync(data, { recursive: true });
  const file = path.join(data, SECRETS_FILE);
  const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const random = (bytes) => randomBytes(bytes).toString("base64url");
  const secrets = {
    AUTH_SECRET: random(32),
    MEDIA_SIGNING_KEYS: `k1:${randomBytes(32).toString("base64")}`,
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
  if (Object.keys(secrets).length !== Object.keys(known).length) {
    // A kill leaves the old ones or the new ones, and never half of them.
    writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return secrets;
}
