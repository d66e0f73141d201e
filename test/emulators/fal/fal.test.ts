/** The vendor's own client against the emulator: what it takes for fal is near enough to fal. */
import { createFalClient } from "@fal-ai/client";
import { expect, test } from "vitest";
import { FalEmulator } from "./emulator.ts";

const KEY = "id-of-the-tests:secret-of-the-tests";
const KLING = "fal-ai/kling-video/v3/pro/text-to-video";

function world() {
  const emulator = new FalEmulator({ origin: "https://queue.fal.run", filesOrigin: "https://v3b.fal.media", key: KEY, now: () => Date.now(), deliver: null, delayMs: null });
  const client = createFalClient({ credentials: KEY, retry: { maxRetries: 0 }, fetch: (url, init) => emulator.handle(new Request(url as string, init)) });
  return { emulator, client };
}

test("a clip is queued, made, and its file comes in pieces without a length", async () => {
  const { emulator, client } = world();
  const { request_id: requestId, status } = await client.queue.submit(KLING, { input: { prompt: "A door opens", duration: "5", aspect_ratio: "16:9", generate_audio: false } });
  expect(status).toBe("IN_QUEUE");
  expect(await client.queue.status(KLING, { requestId })).toMatchObject({ status: "IN_QUEUE", queue_position: 0 });
  emulator.start(requestId, 0.5);
  expect(await client.queue.status(KLING, { requestId, logs: true })).toMatchObject({ status: "IN_PROGRESS", logs: [{ message: "generating 50%" }] });
  await expect(client.queue.result(KLING, { requestId })).rejects.toMatchObject({ status: 400 });
  emulator.end(requestId);
  expect(await client.queue.status(KLING, { requestId })).toMatchObject({ status: "COMPLETED" });
  const { data } = await client.queue.result(KLING, { requestId });
  expect(data.video.url).toContain("https://v3b.fal.media/files/");
  const file = await emulator.handle(new Request(data.video.url));
  expect([file.headers.get("content-type"), file.headers.get("content-length")]).toEqual(["video/mp4", null]);
});

test("subscribe, as most people call it, ends with what was made", async () => {
  const { emulator, client } = world();
  const result = await client.subscribe("fal-ai/nano-banana-2", { input: { prompt: "A door" }, pollInterval: 20, onEnqueue: (requestId) => emulator.end(requestId) });
  expect(result.data.images[0]?.url).toContain("/images.png");
});

test("a request that failed is completed, and its result says why", async () => {
  const { emulator, client } = world();
  const { request_id: requestId } = await client.queue.submit(KLING, { input: { prompt: "x" } });
  emulator.end(requestId, { as: "failed", status: 422, code: "content_policy_violation" });
  expect(await client.queue.status(KLING, { requestId })).toMatchObject({ status: "COMPLETED" });
  await expect(client.queue.result(KLING, { requestId })).rejects.toMatchObject({ status: 422, body: { detail: [{ type: "content_policy_violation", loc: ["body", "prompt"] }] } });
});

test("a status is 202 until it is over, and lies where the model's name ends, not its whole path", async () => {
  const { emulator, client } = world();
  const { request_id: requestId, status_url: at } = await client.queue.submit(KLING, { input: { prompt: "x" } });
  expect(at).toBe(`https://queue.fal.run/fal-ai/kling-video/requests/${requestId}/status`);
  const ask = (url: string) => emulator.handle(new Request(url, { headers: { authorization: `Key ${KEY}` } }));
  expect((await ask(at)).status).toBe(202);
  emulator.end(requestId);
  expect((await ask(at)).status).toBe(200);
  expect((await ask(`https://queue.fal.run/${KLING}/requests/${requestId}/status`)).status).toBe(405);
});

test("cancelling is accepted while it is under way, and too late after", async () => {
  const { emulator, client } = world();
  const { request_id: requestId } = await client.queue.submit(KLING, { input: { prompt: "x" } });
  await client.queue.cancel(KLING, { requestId });
  await expect(client.queue.cancel(KLING, { requestId })).rejects.toMatchObject({ status: 400, body: { status: "ALREADY_COMPLETED" } });
  expect(emulator.job(requestId).cancels).toBe(1);
});

test("a length that is a number, an unknown field, another key and a model that is gone are refused", async () => {
  const { client, emulator } = world();
  await expect(client.queue.submit(KLING, { input: { prompt: "x", duration: 5 } as never })).rejects.toMatchObject({ status: 422 });
  await expect(client.queue.submit(KLING, { input: { prompt: "x", seed: 4 } as never })).rejects.toMatchObject({ status: 422 });
  await expect(client.queue.submit("fal-ai/sora-2/text-to-video", { input: { prompt: "x" } as never })).rejects.toMatchObject({ status: 404 });
  const stranger = createFalClient({ credentials: "a:b", retry: { maxRetries: 0 }, fetch: (url, init) => emulator.handle(new Request(url as string, init)) });
  await expect(stranger.queue.submit(KLING, { input: { prompt: "x" } })).rejects.toMatchObject({ status: 401 });
});

test("a webhook is sent where the create said, and again until it is heard", async () => {
  const heard: string[] = [];
  let status = 500;
  let now = Date.parse("2026-11-20T12:00:00Z");
  const emulator = new FalEmulator({ origin: "https://queue.fal.run", filesOrigin: "https://v3b.fal.media", key: KEY, now: () => now, deliver: async (url) => { heard.push(url); return new Response(null, { status }); }, delayMs: null });
  const client = createFalClient({ credentials: KEY, retry: { maxRetries: 0 }, fetch: (url, init) => emulator.handle(new Request(url as string, init)) });
  const { request_id: requestId } = await client.queue.submit(KLING, { input: { prompt: "x" }, webhookUrl: "https://dailies.example/hook?run=1" });
  emulator.end(requestId);
  await emulator.deliverPending();
  await emulator.deliverPending();
  expect(heard).toEqual(["https://dailies.example/hook?run=1"]);
  status = 200;
  now += 16_000;
  await emulator.deliverPending({ times: 3 });
  now += 7_200_000;
  await emulator.deliverPending();
  expect(heard.length).toBe(4);
});
