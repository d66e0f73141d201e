/** The vendor's own SDK as a client: what it takes for ElevenLabs is near enough to ElevenLabs. */
import { ElevenLabsClient, ElevenLabsError } from "@elevenlabs/elevenlabs-js";
import { afterEach, expect, test } from "vitest";
import { serveVendor, type Served } from "../vendor/serve.ts";
import { ElevenLabsEmulator } from "./emulator.ts";

const KEY = "sk_of_the_sdk_tests";
const SECRET = "wsec_of_the_sdk_tests";
const GEORGE = "JBFqnCBsd6RMkjVDRZzb";
let served: Served<ElevenLabsEmulator> | null = null;
afterEach(() => served?.close());

async function world({ key = KEY } = {}) {
  served = await serveVendor((origin) => new ElevenLabsEmulator({ origin, filesOrigin: origin, key: KEY, webhookSecret: SECRET, now: () => Date.now(), deliver: null, delayMs: null }));
  return { emulator: served.emulator, client: new ElevenLabsClient({ apiKey: key, baseUrl: served.origin, maxRetries: 0 }) };
}

const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> => new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());

test("speech comes as bytes, and with times letter by letter", async () => {
  const { client } = await world();
  const spoken = await bytesOf(await client.textToSpeech.convert(GEORGE, { text: "You're late.", modelId: "eleven_v3", outputFormat: "mp3_44100_128" }));
  expect(spoken.slice(0, 2)).toEqual(new Uint8Array([0xff, 0xfb]));
  const timed = await client.textToSpeech.convertWithTimestamps(GEORGE, { text: "Late.", modelId: "eleven_multilingual_v2", seed: 4 });
  expect(timed.alignment?.characters.join("")).toBe("Late.");
  expect(timed.audioBase64.length).toBeGreaterThan(100);
});

test("sound, music, isolation and transcription are what the SDK expects", async () => {
  const { client } = await world();
  expect((await bytesOf(await client.textToSoundEffects.convert({ text: "Rain", durationSeconds: 2 }))).length).toBeGreaterThan(400);
  expect((await bytesOf(await client.music.compose({ prompt: "A quiet bed", musicLengthMs: 3_000, modelId: "music_v2", forceInstrumental: true }))).length).toBeGreaterThan(400);
  expect((await bytesOf(await client.audioIsolation.convert({ audio: new Blob(["a recording"]) }))).length).toBeGreaterThan(400);
  const heard = await client.speechToText.convert({ modelId: "scribe_v2", sourceUrl: "https://dailies.example/line.wav", timestampsGranularity: "word" });
  expect(heard).toMatchObject({ languageCode: "eng", text: "You're late. The bridge was closed." });
});

test("a dub is made, waited for and fetched", async () => {
  const { emulator, client } = await world();
  const { dubbingId, expectedDurationSec } = await client.dubbing.create({ sourceUrl: "https://dailies.example/film.mp4", targetLang: "es" });
  expect(expectedDurationSec).toBeGreaterThan(0);
  expect(await client.dubbing.get(dubbingId)).toMatchObject({ status: "dubbing" });
  emulator.end(dubbingId);
  expect(await client.dubbing.get(dubbingId)).toMatchObject({ status: "dubbed", targetLanguages: ["es"] });
  expect((await bytesOf(await client.dubbing.audio.get(dubbingId, "es"))).length).toBeGreaterThan(400);
});

test("errors have the statuses and words that the SDK reads", async () => {
  const { client } = await world({ key: "wrong" });
  await expect(client.textToSpeech.convert(GEORGE, { text: "x" })).rejects.toMatchObject({ statusCode: 401, body: { detail: { status: "invalid_api_key" } } });
  await served?.close();
  const { emulator, client: ours } = await world();
  await expect(ours.textToSpeech.convert("nobody", { text: "x" })).rejects.toBeInstanceOf(ElevenLabsError);
  emulator.faults.push({ at: "create", times: 1, does: { status: 429 } });
  await expect(ours.textToSpeech.convert(GEORGE, { text: "x" })).rejects.toMatchObject({ statusCode: 429 });
});

test("a webhook of the emulator is one to the SDK, and a forged one is not", async () => {
  const { emulator, client } = await world();
  const { dubbingId } = await client.dubbing.create({ sourceUrl: "https://dailies.example/film.mp4", targetLang: "es" });
  const constructed = async (forged: boolean) => {
    const { headers, body } = await emulator.webhookOf(dubbingId, { forged });
    return client.webhooks.constructEvent(String(body), (headers as Record<string, string>)["elevenlabs-signature"] ?? "", SECRET);
  };
  expect(await constructed(false)).toMatchObject({ type: "speech_to_text_transcription" });
  await expect(constructed(true)).rejects.toThrow(/signature/i);
});
