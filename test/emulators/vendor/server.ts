/**
 * Stand-ins of vendors behind ports of loopback, for trying things by hand: `node test/emulators/vendor/server.ts --port 9300`. It prints the settings that
 * lead the platform to them, as one line of JSON, writes them to `--settings FILE` once all listen, and ends with its parent. `--platform ORIGIN` is where
 * Stream, whose account has one webhook, sends its news.
 */
import { renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { AnthropicEmulator } from "../anthropic/emulator.ts";
import { ElevenLabsEmulator } from "../elevenlabs/emulator.ts";
import { FalEmulator } from "../fal/emulator.ts";
import { GeminiEmulator } from "../gemini/emulator.ts";
import { OpenAiEmulator } from "../openai/emulator.ts";
import { ReplicateCloudEmulator } from "../replicate-cloud/emulator.ts";
import { RunwayEmulator } from "../runway/emulator.ts";
import { StreamEmulator } from "../stream/emulator.ts";
import { newSigningKey } from "../stream/tokens.ts";
import { VertexEmulator } from "../vertex/emulator.ts";
import type { VendorEmulator } from "./emulator.ts";
import { makeFilesBy } from "./files.ts";
import { plainReading } from "./reader.ts";
import { realFile } from "./real-files.ts";
import { plainReply } from "./replier.ts";
import { serveVendor, type Served } from "./serve.ts";
import type { TextScript } from "./texts.ts";

const DELIVERY_MS_MAX = 15_000;
const WEBHOOK_SECRET = `whsec_${btoa("the webhook secret of a stand-in")}`;

/** What each stand-in is made of, and which settings lead to it. */
const vendors: readonly { make(origin: string, delayMs: number): VendorEmulator; settings(origin: string, emulator: VendorEmulator): Record<string, string> | Promise<Record<string, string>> }[] = [
  { make: (origin, delayMs) => new RunwayEmulator(optionsOf(origin, "key_of_the_stand-in", delayMs)), settings: (origin) => ({ RUNWAY_API_BASE: origin, RUNWAY_API_KEY: "key_of_the_stand-in" }) },
  { make: (origin, delayMs) => new FalEmulator(optionsOf(origin, "id:secret-of-the-stand-in", delayMs)), settings: (origin) => ({ FAL_API_BASE: origin, FAL_KEYS_URL: `${origin}/.well-known/jwks.json`, FAL_KEY: "id:secret-of-the-stand-in" }) },
  {
    make: (origin, delayMs) => new ReplicateCloudEmulator({ ...optionsOf(origin, "r8_of_the_stand-in", delayMs), webhookSecret: WEBHOOK_SECRET }),
    settings: (origin) => ({ REPLICATE_API_BASE: origin, REPLICATE_API_TOKEN: "r8_of_the_stand-in", REPLICATE_WEBHOOK_SECRET: WEBHOOK_SECRET }),
  },
  {
    make: (origin, delayMs) => new ElevenLabsEmulator({ ...optionsOf(origin, "key-of-the-stand-in", delayMs), webhookSecret: "the webhook secret of a stand-in" }),
    settings: (origin) => ({ ELEVENLABS_API_BASE: origin, ELEVENLABS_API_KEY: "key-of-the-stand-in", ELEVENLABS_WEBHOOK_SECRET: "the webhook secret of a stand-in" }),
  },
  { make: (origin, delayMs) => writing(new AnthropicEmulator(optionsOf(origin, "key-of-the-stand-in", delayMs))), settings: (origin) => ({ ANTHROPIC_API_BASE: origin, ANTHROPIC_API_KEY: "key-of-the-stand-in" }) },
  {
    make: (origin, delayMs) => writing(new OpenAiEmulator({ ...optionsOf(origin, "key-of-the-stand-in", delayMs), webhookSecret: WEBHOOK_SECRET })),
    settings: (origin) => ({ OPENAI_API_BASE: origin, OPENAI_API_KEY: "key-of-the-stand-in", OPENAI_WEBHOOK_SECRET: WEBHOOK_SECRET }),
  },
  {
    make: (origin, delayMs) => writing(new GeminiEmulator({ ...optionsOf(origin, "key-of-the-stand-in", delayMs), webhookSecret: null })),
    settings: (origin) => ({ GEMINI_API_BASE: origin, GEMINI_API_KEY: "key-of-the-stand-in", GEMINI_KEYS_URL: `${origin}/jwks.json` }),
  },
  {
    make: (origin, delayMs) => new VertexEmulator({ ...optionsOf(origin, "", delayMs), ...vertexPlace, tokenUrl: `${origin}/token` }),
    settings: async (origin, emulator) => ({
      VERTEX_API_BASE: origin, VERTEX_TOKEN_URL: `${origin}/token`, VERTEX_LOCATION: vertexPlace.location, VERTEX_STORAGE_URI: `gs://${vertexPlace.bucket}/dailies`,
      VERTEX_SERVICE_ACCOUNT: emulator instanceof VertexEmulator ? await emulator.serviceAccount() : "",
    }),
  },
];

const vertexPlace = { project: "films-of-the-stand-in", location: "us-central1", bucket: "films" };

/** Answers chats and breakdowns in plain words of its own. */
function writing<Writer extends { texts: TextScript }>(writer: Writer): Writer {
  writer.texts.otherwise = (body) => plainReply(body) ?? plainReading(body);
  return writer;
}

const optionsOf = (origin: string, key: string, delayMs: number) => ({
  origin, filesOrigin: origin, key, delayMs, now: () => Date.now(), deliver: (url: string, init: RequestInit) => fetch(url, { ...init, signal: AbortSignal.timeout(DELIVERY_MS_MAX) }),
});

/** The packager, which makes no models but plays what was made. Its signing key is a new one at every start. */
async function serveStream({ port, delayMs, platform }: { port: number; delayMs: number; platform: string | null }): Promise<{ served: Served<VendorEmulator>; settings: Record<string, string> }> {
  const [key, account, webhookSecret] = [await newSigningKey(), "account-of-the-stand-in", "the webhook secret of a stand-in"];
  const served = await serveVendor((origin): VendorEmulator => new StreamEmulator({
    ...optionsOf(origin, "token-of-the-stand-in", delayMs), account, webhookSecret, keys: [key], notificationUrl: platform === null ? null : `${platform}/api/webhooks/stream`, fetchFile: (url) => fetch(url, { signal: AbortSignal.timeout(DELIVERY_MS_MAX) }),
  }), { port });
  return {
    served,
    settings: {
      STREAM_ACCOUNT_ID: account, STREAM_API_TOKEN: "token-of-the-stand-in", STREAM_CUSTOMER_CODE: "standin", STREAM_WEBHOOK_SECRETS: webhookSecret, STREAM_SIGNING_KEY_ID: key.id, STREAM_SIGNING_JWK: key.jwk,
      STREAM_API_BASE: `${served.origin}/client/v4`, STREAM_PLAYBACK_BASE: served.origin,
    },
  };
}

/** Starts them at consecutive ports, or at free ones; resolves when all listen. */
export async function serveVendors({ port, delayMs, platform = null }: { port: number; delayMs: number; platform?: string | null }): Promise<{ settings: Record<string, string>; emulators: VendorEmulator[]; close(): Promise<void> }> {
  const served: Served<VendorEmulator>[] = [];
  const settings: Record<string, string> = {};
  for (const [index, vendor] of vendors.entries()) {
    const one = await serveVendor((origin) => vendor.make(origin, delayMs), { port: port === 0 ? 0 : port + index });
    served.push(one);
    Object.assign(settings, await vendor.settings(one.origin, one.emulator));
  }
  const stream = await serveStream({ port: port === 0 ? 0 : port + vendors.length, delayMs, platform });
  served.push(stream.served);
  Object.assign(settings, stream.settings);
  return { settings, emulators: served.map(({ emulator }) => emulator), close: async () => void (await Promise.all(served.map(({ close }) => close()))) };
}

async function main(): Promise<void> {
  makeFilesBy(realFile);
  const { values } = parseArgs({ options: { port: { type: "string", default: "0" }, settings: { type: "string" }, platform: { type: "string" }, delay: { type: "string", default: "4000" } } });
  const { settings, close } = await serveVendors({ port: Number(values.port), delayMs: Number(values.delay), platform: values.platform ?? null });
  process.stdout.write(`${JSON.stringify(settings)}\n`);
  if (values.settings) {
    writeFileSync(`${values.settings}.new`, JSON.stringify(settings));
    renameSync(`${values.settings}.new`, values.settings);
  }
  const stop = (): void => void close().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  process.once("disconnect", stop);
}

if (import.meta.main) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}
