/** The vendor's own SDK as a client: what it takes for Runway is near enough to Runway. */
import RunwayML from "@runwayml/sdk";
import { expect, test } from "vitest";
import { RunwayEmulator } from "./emulator.ts";

const KEY = "key_of_the_tests";

function world({ version }: { version?: string } = {}) {
  const emulator = new RunwayEmulator({ origin: "https://api.dev.runwayml.com", filesOrigin: "https://dnznrvs05pmza.cloudfront.net", key: KEY, now: () => Date.now(), deliver: null, delayMs: null });
  const client = new RunwayML({ apiKey: KEY, maxRetries: 0, ...(version === undefined ? {} : { runwayVersion: version }), fetch: (url, init) => emulator.handle(new Request(url as string, init as RequestInit)) });
  return { emulator, client };
}

test("a clip from words is made, waited for and fetched", async () => {
  const { emulator, client } = world();
  const { id, estimatedCost } = await client.textToVideo.create({ model: "gen4.5", promptText: "A door opens", ratio: "1280:720", duration: 5 });
  expect(estimatedCost).toEqual({ credits: 60 });
  expect(await client.tasks.retrieve(id)).toMatchObject({ status: "PENDING" });
  emulator.start(id, 0.4);
  expect(await client.tasks.retrieve(id)).toMatchObject({ status: "RUNNING", progress: 0.4 });
  emulator.end(id);
  const done = await client.tasks.retrieve(id);
  expect(done).toMatchObject({ status: "SUCCEEDED", cost: { credits: 60 } });
  const file = await emulator.handle(new Request(done.status === "SUCCEEDED" ? (done.output[0] ?? "") : ""));
  expect(file.headers.get("content-type")).toBe("video/mp4");
  expect(file.headers.get("content-length")).toBeNull();
  expect(new TextDecoder().decode((await file.arrayBuffer()).slice(4, 8))).toBe("ftyp");
});

test("every endpoint that is used takes what the SDK's types allow", async () => {
  const { client } = world();
  const created = await Promise.all([
    client.imageToVideo.create({ model: "gen4.5", promptText: "A door", promptImage: "https://dailies.example/panel.png", ratio: "960:960", duration: 2, seed: 7 }),
    client.imageToVideo.create({ model: "gen4_turbo", promptImage: [{ uri: "https://dailies.example/panel.png", position: "first" }], ratio: "1280:720", duration: 5 }),
    client.imageToVideo.create({ model: "veo3.1_fast", promptImage: "https://dailies.example/panel.png", ratio: "1080:1920", duration: 4, audio: false }),
    client.textToVideo.create({ model: "veo3.1", promptText: "A door", ratio: "1920:1080", duration: 8, audio: false }),
    client.textToImage.create({ model: "gen4_image", promptText: "A door", ratio: "1280:720" }),
    client.soundEffect.create({ model: "eleven_text_to_sound_v2", promptText: "A door creaks", duration: 2.5 }),
    client.voiceIsolation.create({ model: "eleven_voice_isolation", audioUri: "https://dailies.example/line.wav" }),
  ]);
  expect(new Set(created.map(({ id }) => id)).size).toBe(7);
  expect(created.map(({ estimatedCost }) => estimatedCost.credits)).toEqual([24, 25, 40, 160, 5, 2, 5]);
});

test("a refusal costs what a good one does, and a failure of Runway's own nothing", async () => {
  const { emulator, client } = world();
  const make = async () => (await client.textToVideo.create({ model: "gen4.5", promptText: "x", ratio: "1280:720", duration: 10 })).id;
  const [refused, broken] = [await make(), await make()];
  emulator.end(refused, { as: "failed", code: "SAFETY.INPUT.TEXT" });
  emulator.end(broken, { as: "failed", code: "INTERNAL.BAD_OUTPUT.CODE01" });
  expect(await client.tasks.retrieve(refused)).toMatchObject({ status: "FAILED", failureCode: "SAFETY.INPUT.TEXT", cost: { credits: 120 } });
  expect(await client.tasks.retrieve(broken)).toMatchObject({ status: "FAILED", cost: { credits: 0 } });
});

test("what runs at once is limited: the rest is throttled, and that is waiting", async () => {
  const { emulator, client } = world();
  emulator.concurrency = 1;
  const [first, second] = [await client.textToVideo.create({ model: "gen4.5", promptText: "x", ratio: "1280:720", duration: 2 }), await client.textToVideo.create({ model: "gen4.5", promptText: "y", ratio: "1280:720", duration: 2 })];
  emulator.start(first.id);
  expect(await client.tasks.retrieve(second.id)).toMatchObject({ status: "THROTTLED" });
});

test("deleting cancels what is under way, and deletes what is over", async () => {
  const { emulator, client } = world();
  const [running, over] = [await client.textToVideo.create({ model: "gen4.5", promptText: "x", ratio: "1280:720", duration: 2 }), await client.textToVideo.create({ model: "gen4.5", promptText: "y", ratio: "1280:720", duration: 2 })];
  await client.tasks.delete(running.id);
  expect(await client.tasks.retrieve(running.id)).toMatchObject({ status: "CANCELLED", cost: { credits: 0 } });
  emulator.end(over.id);
  await client.tasks.delete(over.id);
  await expect(client.tasks.retrieve(over.id)).rejects.toMatchObject({ status: 404 });
});

test("no version, another version, another key, a large data URI, a plain link and an unknown field are all refused", async () => {
  const { client } = world();
  const body = { model: "gen4.5", promptText: "x", ratio: "1280:720", duration: 2 } as const;
  await expect(world({ version: "2024-09-13" }).client.textToVideo.create(body)).rejects.toMatchObject({ status: 400 });
  const { emulator } = world();
  const bare = await emulator.handle(new Request("https://api.dev.runwayml.com/v1/organization", { headers: { authorization: `Bearer ${KEY}` } }));
  expect([bare.status, await bare.json()]).toEqual([400, expect.objectContaining({ error: "Missing X-Runway-Version header." })]);
  await expect(new RunwayML({ apiKey: "key_of_nobody", maxRetries: 0, fetch: (url, init) => emulator.handle(new Request(url as string, init as RequestInit)) }).organization.retrieve()).rejects.toMatchObject({ status: 401 });
  const image = (promptImage: string) => client.imageToVideo.create({ ...body, promptImage });
  await expect(image(`data:image/png;base64,${"A".repeat(5_300_000)}`)).rejects.toMatchObject({ status: 400 });
  await expect(image("http://dailies.example/panel.png")).rejects.toMatchObject({ status: 400 });
  await expect(client.textToVideo.create({ ...body, style: "noir" } as never)).rejects.toMatchObject({ status: 400 });
});

test("with its own retries the SDK would pay twice for a create whose answer was lost", async () => {
  const { emulator } = world();
  const eager = new RunwayML({ apiKey: KEY, maxRetries: 1, fetch: (url, init) => emulator.handle(new Request(url as string, init as RequestInit)) });
  emulator.faults.push({ at: "create", does: "lost", times: 1 });
  await eager.textToVideo.create({ model: "gen4.5", promptText: "x", ratio: "1280:720", duration: 2 });
  expect(emulator.jobs.size).toBe(2);
});
