/** The vendor's own client against the emulator: what it takes for Replicate is near enough to Replicate. */
import Replicate, { validateWebhook } from "replicate";
import { expect, test } from "vitest";
import { ReplicateCloudEmulator } from "./emulator.ts";

const KEY = "r8_of_the_tests";
const SECRET = `whsec_${btoa("the webhook secret of the tests")}`;
const TRELLIS = "firtoz/trellis:e8f6c45206993f297372f5436b90350817bd9b4a0d52d2a76df50c1c8afa2b3c";

function world() {
  const clock = { now: Date.parse("2026-11-20T12:00:00Z") };
  const emulator = new ReplicateCloudEmulator({ origin: "https://api.replicate.com", filesOrigin: "https://replicate.delivery", key: KEY, webhookSecret: SECRET, now: () => clock.now, deliver: null, delayMs: null });
  const client = new Replicate({ auth: KEY, fetch: (url, init) => emulator.handle(new Request(url, init)), useFileOutput: false });
  return { clock, emulator, client };
}

test("an official model is run by its name, and its file can be fetched", async () => {
  const { emulator, client, clock } = world();
  const prediction = await client.predictions.create({ model: "google/veo-3.1-fast", input: { prompt: "A door opens", duration: 4, generate_audio: false } });
  expect(prediction).toMatchObject({ status: "starting", model: "google/veo-3.1-fast", version: "hidden" });
  emulator.start(prediction.id, 0.3);
  expect(await client.predictions.get(prediction.id)).toMatchObject({ status: "processing", logs: expect.stringContaining("30%") });
  clock.now += 9_000;
  emulator.end(prediction.id);
  const done = await client.predictions.get(prediction.id);
  expect(done).toMatchObject({ status: "succeeded", metrics: { predict_time: 9 } });
  const file = await emulator.handle(new Request(String(done.output)));
  expect([file.status, file.headers.get("content-type")]).toEqual([200, "video/mp4"]);
});

test("another's model is run by its version, and answers in its own shape", async () => {
  const { emulator, client } = world();
  const run = client.run(TRELLIS as `${string}/${string}:${string}`, { input: { images: ["https://dailies.example/a.png"], generate_model: true }, wait: { mode: "poll", interval: 20 } });
  await expect.poll(() => emulator.jobs.size).toBe(1);
  emulator.endAll();
  expect(await run).toMatchObject({ model_file: expect.stringContaining("https://replicate.delivery/files/") });
});

test("after an hour nothing is left of it", async () => {
  const { emulator, client, clock } = world();
  const { id } = await client.predictions.create({ model: "black-forest-labs/flux-1.1-pro", input: { prompt: "A door" } });
  emulator.end(id);
  clock.now += 3_600_000;
  expect(await client.predictions.get(id)).toMatchObject({ status: "succeeded", output: null, data_removed: true, input: {} });
});

test("cancelled has one l, and what never began in its time is aborted", async () => {
  const { emulator, client, clock } = world();
  const { id } = await client.predictions.create({ model: "black-forest-labs/flux-1.1-pro", input: { prompt: "A door" } });
  expect(await client.predictions.cancel(id)).toMatchObject({ status: "canceled" });
  const late = await emulator.handle(new Request("https://api.replicate.com/v1/models/black-forest-labs/flux-1.1-pro/predictions", { method: "POST", headers: { authorization: `Bearer ${KEY}`, "cancel-after": "10m" }, body: JSON.stringify({ input: { prompt: "A door" } }) }));
  const { id: other } = (await late.json()) as { id: string };
  clock.now += 600_000;
  expect(await client.predictions.get(other)).toMatchObject({ status: "aborted", metrics: {} });
});

test("the list goes back page by page", async () => {
  const { emulator, client } = world();
  emulator.pageSize = 2;
  const made: string[] = [];
  for (let count = 0; count < 5; count += 1) made.push((await client.predictions.create({ model: "black-forest-labs/flux-1.1-pro", input: { prompt: "A door" }, webhook: "https://dailies.example/hook" })).id);
  const listed: string[] = [];
  for await (const batch of client.paginate(client.predictions.list)) listed.push(...batch.map(({ id }) => id));
  expect(listed).toEqual(made.toReversed());
});

test("a webhook is what the client verifies, and a forged one is not", async () => {
  const { emulator, client } = world();
  const { id } = await client.predictions.create({ model: "black-forest-labs/flux-1.1-pro", input: { prompt: "A door" }, webhook: "https://dailies.example/hook", webhook_events_filter: ["completed"] });
  emulator.end(id);
  const { key } = await client.webhooks.default.secret.get();
  expect(await validateWebhook(new Request("https://dailies.example/hook", await emulator.webhookOf(id)), key)).toBe(true);
  expect(await validateWebhook(new Request("https://dailies.example/hook", await emulator.webhookOf(id, { forged: true })), key)).toBe(false);
  // The client looks at no time: whoever verifies for money has to.
  expect(await validateWebhook(new Request("https://dailies.example/hook", await emulator.webhookOf(id, { staleSeconds: 86_400 })), key)).toBe(true);
});

test("another key, an input of another shape, a version that is not there and a model that is not official are refused", async () => {
  const { client, emulator } = world();
  await expect(client.predictions.create({ model: "google/veo-3.1-fast", input: { prompt: "x", duration: 5 } })).rejects.toMatchObject({ response: { status: 422 } });
  await expect(client.predictions.create({ version: "0".repeat(64), input: {} })).rejects.toMatchObject({ response: { status: 422 } });
  await expect(client.predictions.create({ model: "firtoz/trellis", input: { images: [] } })).rejects.toMatchObject({ response: { status: 404 } });
  await expect(client.predictions.get("nothing")).rejects.toMatchObject({ response: { status: 404 } });
  await expect(new Replicate({ auth: "r8_nobody", fetch: (url, init) => emulator.handle(new Request(url, init)) }).predictions.list()).rejects.toMatchObject({ response: { status: 401 } });
});
