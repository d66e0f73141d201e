import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { openDb } from "#core/db.ts";
import { textWorld } from "../../../../test/text-world.ts";
import { runway } from "../providers/runway.ts";
import { refusalAhead } from "./pre-check.ts";

afterEach(() => void vi.restoreAllMocks());

const clip = { tool: "clip", prompt: "Marta breaks a vase", seconds: 4, aspect: "16:9", resolution: "720p", firstFrame: null, seed: 1 } as const;
let studios = 0;

/** Looks a shot through in a world where these are set up, and gives what was logged of it. */
function world(keys: Parameters<typeof textWorld>[0]) {
  const { ctx, emulators } = textWorld(keys);
  const studio = `studio_of_pre_check_${(studios += 1)}`;
  vi.restoreAllMocks();
  const log = vi.spyOn(console, "log").mockReturnValue();
  const look = (more: { prompt?: string; firstFrame?: string } = {}) => refusalAhead({ ...ctx, db: openDb(env) }, runway, { studio, request: { ...clip, ...more } });
  return { emulators, look, studio, logged: () => log.mock.calls.flatMap(([line]) => (String(line).includes("pre_check") ? [JSON.parse(String(line)) as object] : [])) };
}

test("words and the picture that a shot begins with are looked through together", async () => {
  const { emulators, look, logged } = world(["openai"]);
  expect(await look({ firstFrame: "https://dailies.example/media/panel.png" })).toBe(null);
  expect(JSON.parse(emulators.openai.seen[0]?.body ?? "")).toEqual({ model: "omni-moderation-latest", input: [{ type: "text", text: clip.prompt }, { type: "image_url", image_url: { url: "https://dailies.example/media/panel.png" } }] });
  const picture = await look({ firstFrame: "https://dailies.example/media/FORBIDDEN.png" });
  expect(picture).toMatchObject({ code: "refused", detail: expect.stringMatching(/the picture that it begins with looks as violence\. Begin with another picture, .* nothing was charged/) });
  expect(await look({ firstFrame: "https://dailies.example/media/FORBIDDEN.png", prompt: "FORBIDDEN" })).toMatchObject({ detail: expect.stringContaining("it reads as violence. Say it in another way") });
  expect(logged()).toEqual([]);
});

test("a picture that cannot be fetched keeps nobody from reading the words", async () => {
  const { emulators, look } = world(["openai"]);
  expect(await look({ firstFrame: "https://dailies.example/unreached.png" })).toBe(null);
  expect(await look({ firstFrame: "https://dailies.example/unreached.png", prompt: "FORBIDDEN" })).toMatchObject({ detail: expect.stringContaining("it reads as violence. Say it in another way, or choose") });
  expect(emulators.openai.seen.length).toBe(4);
});

test("without a key of OpenAI's, Llama Guard reads the words, and what makers of pictures do not mind is no refusal", async () => {
  const { emulators, look } = world(["workers-ai"]);
  expect([await look(), await look({ prompt: "ADVICE" })]).toEqual([null, null]);
  expect(await look({ prompt: "FORBIDDEN" })).toMatchObject({ code: "refused", detail: expect.stringContaining("it reads as violence.") });
  emulators["workers-ai"].faults.push({ at: "create", does: { status: 200, body: JSON.stringify({ result: { response: "\n\nunsafe\nS12" } }), headers: { "content-type": "application/json" } } });
  expect(await look()).toMatchObject({ detail: expect.stringContaining("it reads as sexual content.") });
});

test("where it cannot be looked through it is sent all the same, and a line says why, without a word of it", async () => {
  const none = world([]);
  expect(await none.look()).toBe(null);
  expect(none.logged()).toEqual([expect.objectContaining({ evt: "pre_check.not_made", provider: "runway", because: "openai: not set up, workers-ai: not set up" })]);
  const failing = world(["openai", "workers-ai"]);
  failing.emulators.openai.faults.push({ does: { status: 500 }, times: 1 }, { does: "lost", times: 1 });
  failing.emulators["workers-ai"].faults.push({ does: { status: 500 }, times: 1 }, { does: "html" });
  expect([await failing.look(), await failing.look()]).toEqual([null, null]);
  expect(failing.logged()).toMatchObject([{ because: "openai: 500, workers-ai: 500" }, { because: "openai: no answer, workers-ai: no answer" }]);
  expect(JSON.stringify(failing.logged())).not.toContain("vase");
  await env.DB.prepare("INSERT INTO studio_providers (studio, allowed, changed_at) VALUES (?, '[\"runway\"]', 1)").bind(failing.studio).run();
  expect(await failing.look()).toBe(null);
  expect(failing.logged()).toMatchObject([{}, {}, { because: "openai: not allowed, workers-ai: not allowed" }]);
});
