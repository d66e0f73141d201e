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
  /** Verifies manifests that were signed with a secret (HS256); same form. Signs nothing. */
  MANIFEST_SIGNING_KEYS: z.string().optional(),
  RENDERER_TOKEN: z.string().min(16),
  /** Standard Webhooks secret, `whsec_…`. */
  RENDERER_WEBHOOK_SECRET: z.string().startsWith("whsec_"),
  R2_ACCESS_KEY_ID: z.string().min(1),
  R2_SECRET_ACCESS_KEY: z.string().min(1),
  /** Signs the nightly roots of the ledger and takes' manifests: `kid:base64` of an Ed25519 seed (32 bytes), or of a public key (`kid:public:base64`) that only verifies. The first signs. */
  ROOT_SIGNING_KEYS: z.string().min(40),
  /** The secrets of partners derive from it. */
  PARTNER_SECRET: z.string().min(32),
  /** Addresses, with commas between them, whose accounts administer the platform. */
  ADMIN_EMAILS: z.string().default(""),
  /** Networks (CIDR, with commas) that administrators may come from; empty: any. */
  ADMIN_NETWORKS: z.string().default(""),
  /** Without a key nothing is sold here. */
  STRIPE_SECRET_KEY: z.string().optional(),
  /** `whsec_…`, with commas while one is being replaced. */
  STRIPE_WEBHOOK_SECRETS: z.string().optional(),
  /** Where Stripe is, if not at its own address: the local stand-in for tests. */
  STRIPE_API_BASE: z.url().optional(),
  /** `automatic` once Stripe Tax is set up in the account: Stripe then adds what is due. */
  STRIPE_TAX: z.enum(["automatic", "off"]).default("off"),
  /** Keys of providers: what has none is not used. `*_API_BASE` is where it is, if not at its own address: a stand-in for tests. */
  RUNWAY_API_KEY: z.string().optional(),
  RUNWAY_API_BASE: z.url().default("https://api.dev.runwayml.com"),
  FAL_KEY: z.string().optional(),
  FAL_API_BASE: z.url().default("https://queue.fal.run"),
  FAL_KEYS_URL: z.url().default("https://rest.fal.ai/.well-known/jwks.json"),
  REPLICATE_API_TOKEN: z.string().optional(),
  /** `whsec_…`, from `GET /webhooks/default/secret`. */
  REPLICATE_WEBHOOK_SECRET: z.string().optional(),
  REPLICATE_API_BASE: z.url().default("https://api.replicate.com"),
  GEMINI_API_KEY: z.string().optional(),
  /** `whsec_…` of a static webhook; requests name their own without it. */
  GEMINI_WEBHOOK_SECRET: z.string().optional(),
  GEMINI_API_BASE: z.url().default("https://generativelanguage.googleapis.com"),
  /** Keys that sign the webhooks which a request names. */
  GEMINI_KEYS_URL: z.url().default("https://generativelanguage.googleapis.com/.well-known/jwks.json"),
  /** A service account's key, as the JSON that Google gives. */
  VERTEX_SERVICE_ACCOUNT: z.string().optional(),
  VERTEX_LOCATION: z.string().default("us-central1"),
  /** `gs://bucket/folder` that the account may write to: films come by it, so without one Vertex is not used. */
  VERTEX_STORAGE_URI: z.string().startsWith("gs://").optional(),
  VERTEX_API_BASE: z.url().optional(),
  VERTEX_TOKEN_URL: z.url().default("https://oauth2.googleapis.com/token"),
  ELEVENLABS_API_KEY: z.string().optional(),
  ELEVENLABS_WEBHOOK_SECRET: z.string().optional(),
  ELEVENLABS_API_BASE: z.url().default("https://api.elevenlabs.io"),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_WEBHOOK_SECRET: z.string().optional(),
  OPENAI_API_BASE: z.url().default("https://api.openai.com"),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_API_BASE: z.url().default("https://api.anthropic.com"),
  /** JSON of the models in containers behind the renderer; `providers/cog-setting.ts` reads it. */
  COG_MODELS: z.string().optional(),
  /** Cloudflare Stream packages films that are published, where all six are set. Otherwise films play from their files. */
  STREAM_ACCOUNT_ID: z.string().optional(),
  STREAM_API_TOKEN: z.string().optional(),
  /** Of the playback host, `customer-CODE.cloudflarestream.com`. */
  STREAM_CUSTOMER_CODE: z.string().regex(/^[0-9a-z]+$/).optional(),
  /** As `PUT …/stream/webhook` answers it, with commas while one is being replaced. */
  STREAM_WEBHOOK_SECRETS: z.string().optional(),
  /** `id` and `jwk` of `POST …/stream/keys`. */
  STREAM_SIGNING_KEY_ID: z.string().optional(),
  STREAM_SIGNING_JWK: z.string().optional(),
  STREAM_API_BASE: z.url().default("https://api.cloudflare.com/client/v4"),
  /** Where films are played from, if not at Stream's own host: a stand-in for tests. */
  STREAM_PLAYBACK_BASE: z.url().optional(),
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
