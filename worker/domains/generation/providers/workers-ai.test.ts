import { expect, test } from "vitest";
import { voiceCasts } from "#film/recipes/voice.ts";
import { WorkersAiEmulator } from "../../../../test/emulators/workers-ai/emulator.ts";
import { callTo, NOW, orderFor, OURS } from "../../../../test/vendor-call.ts";
import { auraSpeakers, workersAi } from "./workers-ai.ts";

const origin = "https://api.cloudflare.com";

function world() {
  const emulator = new WorkersAiEmulator({ origin, filesOrigin: origin, key: "token-of-the-binding", account: "a1", now: () => NOW, deliver: null, delayMs: null });
  const { call, asked } = callTo(emulator, { baseUrl: origin, token: "", webhookSecret: "", more: {}, ai: emulator.binding }, { "line.wav": { ending: "wav", seconds: 1, channels: 1 } });
  return { emulator, call, asked };
}

const speak = (text = "You're late.", voice = "ada") => orderFor(workersAi, "workers-ai/aura-2", { tool: "voice", text, voice, language: "en", pace: 1, seed: 1 });
const panel = (prompt = "A diner at night") => orderFor(workersAi, "workers-ai/flux-schnell", { tool: "frame", prompt, aspect: "1:1", seed: 1 });
const hear = (name = "line.wav") => orderFor(workersAi, "workers-ai/nova-3", { tool: "transcribe", audio: `${OURS}${name}`, language: null, seconds: 1 });

test("voice, picture and transcript come by the binding, each kept as it comes", async () => {
  const { emulator, call } = world();
  const line = speak();
  expect(await workersAi.submit(call, line)).toMatchObject({ end: "accepted", sight: { output: { audio: "kept:audio", words: null } } });
  expect(line.keep.files.get("audio")?.contentType).toBe("audio/mpeg");
  expect(await workersAi.submit(call, panel("x".repeat(3_000)))).toMatchObject({ end: "accepted", sight: { output: { panel: "kept:panel" } } });
  expect(await workersAi.submit(call, hear())).toMatchObject({ end: "accepted", sight: { output: { text: "You're late. The bridge was closed.", language: "en", words: expect.arrayContaining([{ text: "late.", start: 0.4, end: expect.closeTo(0.7) }]) } } });
  expect(emulator.seen.at(-1)?.headers.get("content-type")).toBe("audio/wav");
  for (const cast of voiceCasts) expect((await workersAi.submit(call, speak("Hm.", cast))).end, cast).toBe("accepted");
  expect(new Set(voiceCasts.map((cast) => auraSpeakers[cast])).size).toBe(voiceCasts.length);
});

test("it is not there where the platform gives no binding", () => {
  expect(workersAi.configured({} as Env)).toBeNull();
  expect(workersAi.configured({ AI: world().emulator.binding } as unknown as Env)).not.toBeNull();
});

test("an answer that was lost is not asked for again, and what was kept is found", async () => {
  for (const make of [speak, panel, hear] as const) {
    for (const does of ["lost", "html", "truncated", "schema"] as const) {
      const { emulator, call } = world();
      emulator.faults.push({ at: "create", does, times: 1 });
      const order = make();
      expect((await workersAi.submit(call, order)).end, `${order.request.tool} ${does}`).toBe("unknown");
      expect(await workersAi.lookup(call, { id: order.id, sentAt: NOW, keep: order.keep })).toEqual({ state: "silent" });
      expect(emulator.submitted).toHaveLength(1);
    }
    const { call } = world();
    const order = make();
    await workersAi.submit(call, order);
    expect(await workersAi.lookup(call, { id: order.id, sentAt: NOW, keep: order.keep })).toMatchObject({ state: "succeeded" });
  }
});

test("no room waits and may go elsewhere, a share that is used up is ours, a forbidden picture is refused", async () => {
  const { emulator, call } = world();
  emulator.faults.push({ at: "create", times: 1, does: { status: 429 } });
  expect(await workersAi.submit(call, speak())).toMatchObject({ end: "rejected", problem: { code: "capacity" }, retry: "later", retryAfterMs: 10_000 });
  const told = (status: number, code: number, message: string) => {
    emulator.faults.push({ at: "create", times: 1, does: { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ result: null, success: false, errors: [{ code, message }] }) } });
    return workersAi.submit(call, panel());
  };
  expect(await told(429, 3_036, "you have used up your daily free allocation")).toMatchObject({ end: "rejected", problem: { code: "provider_config" } });
  expect(await told(429, 3_000, "rate limited")).toMatchObject({ end: "rejected", problem: { code: "throttled" } });
  expect(await told(400, 5_007, "No such model")).toMatchObject({ end: "rejected", problem: { code: "model_gone" } });
  expect(await told(500, 3_000, "internal")).toEqual({ end: "unknown", because: "answered" });
  expect(await workersAi.submit(call, panel("FORBIDDEN"))).toMatchObject({ end: "refused" });
  expect(await workersAi.submit(call, hear("gone.wav"))).toMatchObject({ end: "rejected", problem: { code: "bad_input" } });
});
