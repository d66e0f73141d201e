import { z } from "zod";

/** Vars and secrets, checked once per isolate; the platform's bindings are typed by `worker/bindings.d.ts`. */
const Settings = z.object({
  ENVIRONMENT: z.enum(["local", "test", "production"]),
  APP_ORIGIN: z.url(),
  EMAIL_VERIFICATION: z.enum(["required", "off"]),
  MAIL_FROM: z.string().min(3),
  RENDERER_URL: z.url(),
  RENDERER_CALLBACK_ORIGIN: z.url(),
  R2_ENDPOINT: z.url(),
  R2_BUCKET: z.string().min(1),
  AUTH_SECRET: z.string().min(32),
  /** `kid:base64[,kid:base64]`; the first signs, all verify. */
  MEDIA_SIGNING_KEYS: z.string().min(20),
  /** Signs take manifests and cursors that leave us; same form. */
  MANIFEST_SIGNING_KEYS: z.string().min(20),
  RENDERER_TOKEN: z.string().min(16),
  /** Standard Webhooks secret, `whsec_…`. */
  RENDERER_WEBHOOK_SECRET: z.string().startsWith("whsec_"),
  R2_ACCESS_KEY_ID: z.string().min(1),
  R2_SECRET_ACCESS_KEY: z.string().min(1),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
});
export type Settings = z.infer<typeof Settings>;

const checked = new WeakMap<object, Settings>();

/** The settings of this deployment. Throws, naming every wrong or missing one and no value. */
export function settings(env: Env): Settings {
  const known = checked.get(env);
  if (known) return known;
  const result = Settings.safeParse(env);
  if (!result.success) {
    throw new Error(`settings missing or wrong: ${result.error.issues.map((issue) => issue.path.join(".")).join(", ")}`);
  }
  checked.set(env, result.data);
  return result.data;
}
