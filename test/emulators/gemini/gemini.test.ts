/** The vendor's own SDK as a client: what it takes for Gemini is near enough to Gemini. */
import { GoogleGenAI } from "@google/genai";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, test } from "vitest";
import { serveVendor, type Served } from "../vendor/serve.ts";
import { GeminiEmulator } from "./emulator.ts";

const KEY = "AIza-of-the-sdk-tests";
const SECRET = `whsec_${btoa("the secret of the sdk tests")}`;
let served: Served<GeminiEmulator> | null = null;
afterEach(() => served?.close());

async function world() {
  served = await serveVendor((origin) => new GeminiEmulator({ origin, filesOrigin: origin, key: KEY, webhookSecret: SECRET, now: () => Date.now(), deliver: null, delayMs: null }));
  return { emulator: served.emulator, origin: served.origin, client: new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: served.origin } }) };
}

const shot = { model: "gemini-omni-1.1-flash", input: "Tom walks alone", background: true, store: true, response_format: { type: "video", delivery: "uri", aspect_ratio: "9:16", resolution: "720p", duration: "5s" } } as const;

test("a shot is made, waited for, and fetched by a redirect", async () => {
  const { emulator, client } = await world();
  const { id } = await client.interactions.create(shot);
  expect(await client.interactions.get(id)).toMatchObject({ status: "queued" });
  emulator.start(id);
  expect(await client.interactions.get(id)).toMatchObject({ status: "in_progress" });
  emulator.end(id);
  const done = await client.interactions.get(id);
  expect(done.status).toBe("completed");
  const uri = /"uri":"([^"]+)"/.exec(JSON.stringify(done))?.[1] ?? "";
  expect((await fetch(uri)).status).toBe(403);
  const file = await fetch(uri, { headers: { "x-goog-api-key": KEY } });
  expect(file.redirected).toBe(true);
  expect(file.headers.get("content-type")).toBe("video/mp4");
});

test("cancelling ends it, an unknown one is a 400, and a number for a length is refused", async () => {
  const { client } = await world();
  const { id } = await client.interactions.create(shot);
  expect(await client.interactions.cancel(id)).toMatchObject({ status: "cancelled" });
  await expect(client.interactions.get("v1_int_of_nobody")).rejects.toThrow(/Invalid interaction name/);
  await expect(client.interactions.create({ ...shot, response_format: { ...shot.response_format, duration: "12s" } })).rejects.toThrow(/between 3s and 10s/);
});

test("text is written in JSON, and a blocked prompt has no candidate", async () => {
  const { emulator, client } = await world();
  emulator.texts.answers.push({ says: { who: "Marta" } }, "refuse");
  const ask = () => client.models.generateContent({ model: "gemini-3.8-flash", contents: "Who?", config: { responseMimeType: "application/json" } });
  expect(JSON.parse((await ask()).text ?? "")).toEqual({ who: "Marta" });
  expect((await ask()).promptFeedback?.blockReason).toBe("PROHIBITED_CONTENT");
});

test("a registered webhook is one to the standard's own library", async () => {
  const { emulator, client } = await world();
  const { id } = await client.interactions.create(shot);
  emulator.end(id);
  const { headers, body } = await emulator.webhookOf(id);
  expect(new Webhook(SECRET).verify(String(body), headers as Record<string, string>)).toMatchObject({ type: "interaction.completed", data: { id } });
});
