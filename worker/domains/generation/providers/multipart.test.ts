/** Files of ours on their way to a vendor. */
import { afterEach, expect, test, vi } from "vitest";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import { orderFor, OURS } from "../../../../test/vendor-call.ts";
import { elevenlabs } from "./elevenlabs.ts";
import { gemini } from "./gemini.ts";
import { formWithFile, openLink } from "./multipart.ts";
import { openai } from "./openai.ts";
import type { Call, Provider } from "./provider.ts";
import { vertex } from "./vertex.ts";
import { workersAi } from "./workers-ai.ts";

afterEach(() => void vi.useRealTimers());

const LINK = `${OURS}line.wav`;
const callBy = (fetch: Call["fetch"]): Call => ({ baseUrl: "https://vendor.example", token: "t", webhookSecret: "", more: {}, now: () => 0, fetch });
const open = (fetch: Call["fetch"], signal = new AbortController().signal) => openLink(callBy(fetch), LINK, { bytesMax: 100, signal, gone: "It is not there any more." });

test.each([
  ["404", () => new Response(null, { status: 404 }), "bad_input", "never"], ["410", () => new Response(null, { status: 410 }), "bad_input", "never"],
  ["it is too large", () => new Response("x".repeat(101), { headers: { "content-length": "101" } }), "bad_input", "never"], ["it leads elsewhere", () => new Response(null, { status: 302, headers: { location: LINK } }), "bad_input", "never"],
  ["500", () => new Response("no", { status: 500 }), "input_unread", "later"], ["503", () => new Response(null, { status: 503 }), "input_unread", "later"],
  ["nobody answers", () => { throw new TypeError("Network connection lost."); }, "input_unread", "later"],
] as const)("a file that is missing is the order's fault, one that cannot be read just now is not: %s", async (_, answer, code, retry) => {
  expect(await open(() => Promise.resolve().then(answer))).toMatchObject({ end: "rejected", retry, problem: { code, detail: expect.stringContaining("othing was charged.") } });
});

test("a file has half a minute to begin, and then the order's own time to come", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const order = new AbortController();
  let seen: AbortSignal | undefined;
  const file = await open((_, init) => {
    seen = init?.signal as AbortSignal;
    return Promise.resolve(new Response("abc", { headers: { "content-type": "audio/wav", "content-length": "3" } }));
  }, order.signal);
  if ("end" in file) throw new Error(JSON.stringify(file));
  vi.advanceTimersByTime(60_000);
  expect(seen?.aborted).toBe(false);
  expect(await new Response(formWithFile([["a", "b"]], { name: "file", fileName: "line.wav", ...file }).body).text()).toContain("\r\n\r\nabc\r\n--");
  order.abort();
  expect(seen?.aborted).toBe(true);
  const hanging = open((_, init) => new Promise((_resolve, reject) => void init?.signal?.addEventListener("abort", () => reject(new Error("aborted")))));
  vi.advanceTimersByTime(30_000);
  expect(await hanging).toMatchObject({ end: "rejected", retry: "later" });
});

const clip = { tool: "clip", prompt: "Tom walks", seconds: 4, aspect: "16:9", resolution: "720p", firstFrame: `${OURS}panel.png`, seed: 1 } as const;
const audio = { tool: "transcribe", audio: LINK, language: "en", seconds: 1 } as const;
test.each<[Provider, string, ModelRequest]>([
  [openai, "openai/whisper", audio], [workersAi, "workers-ai/nova-3", audio], [elevenlabs, "elevenlabs/isolation", { tool: "clean-audio", audio: LINK, seconds: 1 }],
  [vertex, "vertex/veo-3.1", clip], [gemini, "gemini/omni-1.1", clip],
])("$id sends nothing where a file of ours cannot be read just now, and is asked again later", async (provider, model, request) => {
  const asked: string[] = [];
  const call = callBy((url) => { asked.push(url); return Promise.resolve(new Response("busy", { status: 503 })); });
  expect(await provider.submit(call, orderFor(provider, model, request))).toMatchObject({ end: "rejected", retry: "later", retryAfterMs: 5_000, problem: { code: "input_unread" } });
  expect(asked.every((url) => url.startsWith(OURS))).toBe(true);
});
