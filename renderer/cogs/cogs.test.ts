import { join } from "node:path";
import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { CogEmulator } from "../../test/emulators/cog/emulator.ts";
import { newId, type RendererProcess, SECRET, startProcess, TOKEN, until } from "../testing/process.ts";
import { testDir } from "../testing/run.ts";
import { Cogs } from "./cogs.ts";
import { readCogs } from "./config.ts";

const place = testDir();
const MODEL = "acme/painter";
const PNG = Buffer.from("89504e470d0a1a0a", "hex");
const DATA = `data:image/png;base64,${PNG.toString("base64")}`;
let cog: CogEmulator;
let renderer: RendererProcess;

type View = { id: string; status: string; output: unknown; error: string | null; fault: string | null; logs: string; model: string; version: string };

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: View }> {
  const response = await fetch(`${renderer.origin}${path}`, { method, headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" }, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as View };
}
const create = (id: string, input: unknown = { prompt: "a boat" }) => call("PUT", `/v1/predictions/${id}`, { version: MODEL, input });
const get = async (id: string): Promise<View> => (await call("GET", `/v1/predictions/${id}`)).body;
const over = (id: string): Promise<View> => until(async () => { const view = await get(id); return ["succeeded", "failed", "canceled", "aborted"].includes(view.status) && view; });
const atWork = (id: string) => until(() => cog.running === id);
const settings = (more: Record<string, string> = {}) => ({ RENDERER_COGS: JSON.stringify({ [MODEL]: cog.origin }), ...more });

beforeAll(async () => {
  cog = new CogEmulator();
  await cog.start();
  renderer = await startProcess(join(place.dir, "data"), settings({ RENDERER_TIMEOUT_SECONDS: "6" }));
  await until(async () => (await fetch(`${renderer.origin}/v1/health`)).ok);
});
afterEach(async () => {
  Object.assign(cog, { status: null, output: undefined, isMute: false, answerMs: 0 });
  if (cog.running !== null) await cog.end({ status: "canceled" });
});
afterAll(async () => {
  await renderer.crash();
  await cog.stop();
  place.remove();
});

test("a prediction is forwarded, its log and progress come by webhook, and its files lie with the renderer's", async () => {
  const id = newId();
  cog.files.set("/out/film.mp4", Buffer.from("a film"));
  expect((await create(id)).body).toMatchObject({ id, model: MODEL, status: "starting", version: expect.stringMatching(/^[0-9a-f]{64}$/) });
  await atWork(id);
  expect(cog.asked.at(-1)).toMatchObject({ method: "PUT", path: `/predictions/${id}`, prefer: "respond-async", body: { id, input: { prompt: "a boat" }, webhook_events_filter: ["start", "logs", "completed"] } });
  await cog.log("loading\nprogress 40 pain");
  await cog.log("ting\n");
  await until(async () => (await get(id)).logs === "loading\nprogress 40 painting\n");
  expect((await get(id)).status).toBe("processing");
  await cog.end({ status: "succeeded", output: { picture: DATA, film: `${cog.origin}/out/film.mp4`, seed: 7, elsewhere: "https://elsewhere.example/x.png", words: ["a", "b"] } });
  const { status, output } = (await over(id)) as View & { output: Record<string, string> };
  expect([status, output["seed"], output["elsewhere"], output["words"]]).toEqual(["succeeded", 7, "https://elsewhere.example/x.png", ["a", "b"]]);
  expect(output["picture"]).toMatch(new RegExp(`^${renderer.origin}/files/[0-9a-f]{40}/output-\\d\\.png$`));
  const picture = await fetch(output["picture"] ?? "");
  expect([picture.headers.get("content-type"), Buffer.from(await picture.arrayBuffer())]).toEqual(["image/png", PNG]);
  expect(await (await fetch(output["film"] ?? "")).text()).toBe("a film");
  expect(cog.told).not.toContain(404);
});

test("a bare output is one too, a container that answers when it is done is heard, and the same id is made once", async () => {
  cog.output = [DATA];
  const id = newId();
  const before = cog.asked.length;
  await Promise.all([create(id), create(id)]);
  expect(await over(id)).toMatchObject({ status: "succeeded", output: [expect.stringMatching(/output-1\.png$/)], logs: "at once\n" });
  await create(id);
  expect(cog.asked.slice(before).filter(({ method }) => method === "PUT")).toHaveLength(1);
});

test("what is wrong with an input, and why it failed, are the container's words", async () => {
  const wrong = newId();
  await create(wrong, { seed: 1 });
  expect(await over(wrong)).toMatchObject({ status: "failed", error: "input.prompt: Field required", fault: "input" });
  const file = newId();
  await create(file, { prompt: "x", image: "file:///etc/passwd" });
  expect(await over(file)).toMatchObject({ status: "failed", fault: "input" });
  const broken = newId();
  await create(broken);
  await atWork(broken);
  await cog.end({ status: "failed", error: "CUDA out of memory" });
  expect(await over(broken)).toMatchObject({ status: "failed", error: "CUDA out of memory", fault: "internal", output: null });
});

test("a cancel reaches the container, and so does the renderer's own deadline; the next one has its turn then", async () => {
  const [first, second] = [newId(), newId()];
  await create(first);
  await atWork(first);
  await create(second);
  expect((await get(second)).status).toBe("starting");
  expect((await call("POST", `/v1/predictions/${first}/cancel`)).body.status).toBe("canceled");
  await atWork(second);
  expect(cog.asked.some(({ path }) => path === `/predictions/${first}/cancel`)).toBe(true);
  expect(await over(second)).toMatchObject({ status: "failed", error: "it took longer than 6 s" });
  await until(() => cog.running === null);
});

test("webhooks are heard at the address that was given alone, and of what goes on alone", async () => {
  const id = newId();
  await create(id);
  await atWork(id);
  const { webhook } = (cog.asked.at(-1) as { body: { webhook: string } }).body;
  const tell = (url: string, body: unknown) => fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  expect((await tell(webhook.replace(/[0-9a-f]{40}$/, "0".repeat(40)), { id, status: "succeeded", output: "forged" })).status).toBe(404);
  await tell(webhook, { id: "another", status: "succeeded", output: "another's" });
  await tell(webhook, { status: "nonsense" });
  expect((await get(id)).status).toBe("processing");
  await cog.end({ status: "succeeded", output: "mine" });
  expect((await over(id)).output).toBe("mine");
  expect((await tell(webhook, { id, status: "succeeded", output: "late" })).status).toBe(404);
});

test("models are described by their container, and an unknown one is none", async () => {
  expect((await call("GET", `/v1/models/${MODEL}`)).body).toMatchObject({ owner: "acme", name: "painter", latest_version: { openapi_schema: { components: { schemas: { Input: { properties: { prompt: { type: "string" } } } } } } } });
  expect((await call("POST", "/v1/predictions", { version: "acme/other", input: {} })).status).toBe(404);
  expect((await call("POST", `/v1/models/${MODEL}/predictions`, { input: "x" })).status).toBe(422);
});

test("the renderer is killed and comes back: the container is asked under the same id, and makes it once", async () => {
  const own = await startProcess(join(place.dir, "killed"), settings());
  const id = newId();
  const ask = (origin: string) => fetch(`${origin}/v1/predictions/${id}`, { method: "PUT", headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" }, body: JSON.stringify({ version: MODEL, input: { prompt: "a boat" } }) });
  await ask(own.origin);
  await atWork(id);
  await own.crash();
  const { port } = new URL(own.origin);
  const again = await startProcess(join(place.dir, "killed"), { ...settings(), RENDERER_COG_CALLBACK_URL: own.origin });
  try {
    await until(() => cog.asked.filter(({ path }) => path === `/predictions/${id}`).length === 2);
    const [first, second] = cog.asked.filter(({ path }) => path === `/predictions/${id}`).map(({ body }) => (body as { webhook: string }).webhook);
    expect([first, new URL(first ?? "").port]).toEqual([second, port]);
  } finally {
    await again.crash();
  }
});

const wordsOf = (text: string | undefined): string | null => { try { readCogs(text); return null; } catch (error) { return (error as Error).message; } };

test("what an operator writes is read strictly", () => {
  expect([...readCogs('{"acme/painter":"http://10.0.0.1:5000/","acme/b":{"url":"https://b","concurrency":4}}')].map(([name, { url, concurrency }]) => [name, url, concurrency])).toEqual([["acme/painter", "http://10.0.0.1:5000", 1], ["acme/b", "https://b", 4]]);
  for (const text of ["x", "[]", '{"painter":"http://a"}', '{"dailies/voice":"http://a"}', '{"Acme/x":"http://a"}', '{"a/b":"ftp://a"}', '{"a/b":"http://me:secret@a"}', '{"a/b":{"url":"http://a","concurrency":0}}', '{"a/b":{"url":"http://a","extra":1}}']) expect([text, wordsOf(text)]).toEqual([text, expect.stringMatching(/^RENDERER_COGS /)]);
  expect([wordsOf(undefined), wordsOf("")]).toEqual([null, null]);
});

/** The forwarding alone, with little patience. */
function forwarding(url = cog.origin) {
  const patience = { pauseMs: 20, downMs: 200, lostMs: 200 };
  const cogs = new Cogs({ cogs: readCogs(JSON.stringify({ [MODEL]: url })), callback: "http://127.0.0.1:9", secret: SECRET, download: { bytes: 1_000, timeoutMs: 1_000, allowedHosts: [] }, patience, onFree: () => undefined });
  const dir = join(place.dir, newId());
  mkdirSync(dir);
  return { dir, cogs, run: (input: unknown = { prompt: "a boat" }) => cogs.run({ id: newId(), model: MODEL, input, dir }, () => undefined) };
}

test.each<[string, RegExp, () => void | Promise<void>]>([
  ["nothing listens", /the container of acme\/painter does not answer/, () => undefined],
  ["it could not be set up", /could not be set up/, () => void (cog.status = "SETUP_FAILED")],
  ["its webhook is lost", /nothing to do, and did not say how this ended/, async () => { await until(() => cog.running !== null); cog.isMute = true; await cog.end({ status: "succeeded", output: 1 }); }],
  ["it breaks down at work", /has broken down/, async () => { await until(() => cog.running !== null); cog.status = "DEFUNCT"; }],
])("where %s it says so, as a fault that may pass", async (words, message, happen) => {
  const { run, cogs } = forwarding(words === "nothing listens" ? "http://127.0.0.1:1" : undefined);
  const { outcome } = run();
  await happen();
  expect(await outcome).toMatchObject({ type: "failed", fault: "internal", message: expect.stringMatching(message) });
  await until(() => cogs.isFree(MODEL));
});

test("one that is busy with another's work, or still starts, is waited for", async () => {
  const other = new CogEmulator();
  await other.start();
  other.status = "STARTING";
  const { run, dir } = forwarding(other.origin);
  const { outcome } = run();
  await until(() => other.asked.length > 2);
  Object.assign(other, { status: null, output: DATA });
  expect(await outcome).toEqual({ type: "done", output: { file: join(dir, "output-1.png") } });
  expect(readFileSync(join(dir, "output-1.png"))).toEqual(PNG);
  other.output = `data:image/png;base64,${Buffer.alloc(2_000).toString("base64")}`;
  expect(await run().outcome).toMatchObject({ type: "failed", message: expect.stringContaining("a file of more than") });
  await other.stop();
});

beforeEach(() => void cog.asked.splice(0));
