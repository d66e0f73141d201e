// The settings of providers that are taken from the environment. Built-ins only.
export const PROVIDER_SETTINGS = [
  "RUNWAY_API_KEY", "RUNWAY_API_BASE", "FAL_KEY", "FAL_API_BASE", "FAL_KEYS_URL", "REPLICATE_API_TOKEN", "REPLICATE_WEBHOOK_SECRET", "REPLICATE_API_BASE",
  "GEMINI_API_KEY", "GEMINI_WEBHOOK_SECRET", "GEMINI_API_BASE", "GEMINI_KEYS_URL", "VERTEX_SERVICE_ACCOUNT", "VERTEX_LOCATION", "VERTEX_STORAGE_URI", "VERTEX_API_BASE", "VERTEX_TOKEN_URL",
  "ELEVENLABS_API_KEY", "ELEVENLABS_WEBHOOK_SECRET", "ELEVENLABS_API_BASE", "OPENAI_API_KEY", "OPENAI_WEBHOOK_SECRET", "OPENAI_API_BASE", "ANTHROPIC_API_KEY", "ANTHROPIC_API_BASE", "COG_MODELS",
  "STREAM_ACCOUNT_ID", "STREAM_API_TOKEN", "STREAM_CUSTOMER_CODE", "STREAM_WEBHOOK_SECRETS", "STREAM_SIGNING_KEY_ID", "STREAM_SIGNING_JWK", "STREAM_API_BASE", "STREAM_PLAYBACK_BASE",
];

/** Which of these name a key: a provider is there where its key is. */
const KEYS = { RUNWAY_API_KEY: "Runway", FAL_KEY: "fal", REPLICATE_API_TOKEN: "Replicate", GEMINI_API_KEY: "Google Gemini", VERTEX_SERVICE_ACCOUNT: "Google Vertex", ELEVENLABS_API_KEY: "ElevenLabs", OPENAI_API_KEY: "OpenAI", ANTHROPIC_API_KEY: "Anthropic" };

/** Names of the providers that an environment has keys of. */
export const providersIn = (env) => Object.entries(KEYS).flatMap(([key, name]) => (env[key] ? [name] : []));
