import { readdirSync } from "node:fs";
import { join } from "node:path";
import Replicate, { validateWebhook } from "replicate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, newId, type RendererProcess, SECRET, startHost, startProcess, TOKEN, until } from "./testing/process.ts";
import { testDir } from "./testing/run.ts";

const place = testDir();
let renderer: RendererProcess;
let host: Host;
let client: Replicate;

const line = (text: string): { text: string; cast: string } => ({ text, cast: "ada" });
/** A poster of a video that never arrives: it runs until somebody ends it. */
const endless = (): { video: string; aspect: string } => ({ video: `${host.origin}/never/x.mp4`, aspect: "16:9" });

async function call(method: string, path: string, options: { body?: unknown; headers?: Record<string, string> } = {}) {
  const response = await fetch(`${renderer.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...options.headers },
    ...(options.body === undefined ? {} : { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

beforeAll(async () => {
  host = await startHost(place.dir);
  host.on("/never", () => undefined);
  renderer = await startProcess(join(place.dir, "data"));
  client = new Replicate({ auth: TOKEN, baseUrl: `${renderer.origin}/v1` });
  await until(async () => (await fetch(`${renderer.origin}/v1/health`)).ok);
});

afterAll(async () => {
  await renderer.crash();
  host.close();
  place.remove();
});

describe("the official Replicate client", () => {
  test("runs a model by name and by version, and the outputs are there to fetch, in parts too", async () => {
    const model = await client.models.get("dailies", "voice");
    const version = model.latest_version?.id ?? "";
    for (const reference of ["dailies/voice", `dailies/voice:${version}`] as const) {
      const output = (await client.run(reference, { input: line("Good evening.") })) as { audio: string; seconds: number };
      const whole = await (await fetch(output.audio)).arrayBuffer();
      expect(whole.byteLength).toBe(44 + output.seconds * 96_000);
      const part = await fetch(output.audio, { headers: { range: "bytes=0-3" } });
      expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, `bytes 0-3/${whole.byteLength}`, "RIFF"]);
    }
    expect(JSON.stringify(model.latest_version?.openapi_schema)).toContain("parenthetical");
  });

  test("creates, gets, waits, lists page by page and cancels", async () => {
    const made = await client.wait(await client.predictions.create({ version: "dailies/voice", input: line("One.") }));
    expect([made.status, made.metrics?.predict_time !== undefined, made.logs]).toEqual(["succeeded", true, expect.stringMatching(/^progress \d+ speaking/)]);
    const running = await client.predictions.create({ model: "dailies/poster", input: endless() });
    await until(async () => (await client.predictions.get(running.id)).status === "processing");
    expect((await client.predictions.cancel(running.id)).status).toBe("canceled");
    expect((await client.predictions.get(running.id)).output).toBeNull();
    const ids: string[] = [];
    for await (const page of client.paginate(client.predictions.list)) ids.push(...page.map((one) => one.id));
    expect(ids.slice(0, 2)).toEqual([running.id, made.id]);
  });

  test("accepts the webhooks' signatures, with the secret that it is told", async () => {
    const { key } = await client.webhooks.default.secret.get();
    expect(key).toBe(SECRET);
    await client.predictions.create({ version: "dailies/voice", input: line("Ring me."), webhook: `${host.origin}/never-mind`, webhook_events_filter: ["completed"] });
    host.on("/never-mind", (_request, response) => response.end());
    const heard = await until(() => host.requests.find(({ path }) => path === "/never-mind"));
    const headers = heard.headers as Record<string, string>;
    expect(await validateWebhook({ headers, body: heard.body } as never, key)).toBe(true);
    expect(await validateWebhook({ headers, body: heard.body.replace("succeeded", "failed") } as never, key)).toBe(false);
  });
});

describe("creates", () => {
  test("under one's own id answer the first prediction again, and 409 another body", async () => {
    const id = newId();
    const body = { version: "dailies/voice", input: line("Only once.") };
    const first = await call("PUT", `/v1/predictions/${id}`, { body, headers: { prefer: "wait" } });
    const again = await call("PUT", `/v1/predictions/${id}`, { body: { input: { cast: "ada", text: "Only once." }, version: "dailies/voice" } });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    expect((await call("PUT", `/v1/predictions/${id}`, { body: { ...body, input: line("Twice.") } })).status).toBe(409);
  });

  test("at the same moment make one prediction", async () => {
    const id = newId();
    const body = { version: "dailies/voice", input: line("At once.") };
    const answers = await Promise.all(Array.from({ length: 8 }, () => call("PUT", `/v1/predictions/${id}`, { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  });

  test.each([
    ["a wrong token", "POST", "/v1/predictions", { body: {}, headers: { authorization: "Bearer nobody" } }, 401],
    ["no such model", "POST", "/v1/predictions", { body: { version: "dailies/nothing", input: {} } }, 404],
    ["somebody else's model", "POST", "/v1/predictions", { body: { version: "meta/voice", input: {} } }, 404],
    ["an unknown version", "POST", "/v1/predictions", { body: { version: "0".repeat(64), input: {} } }, 404],
    ["an unknown prediction", "GET", "/v1/predictions/unknown", {}, 404],
    ["a cast that nobody is", "POST", "/v1/predictions", { body: { version: "dailies/voice", input: { text: "Hi", cast: "nobody" } } }, 422],
    ["a file that is no web address", "POST", "/v1/predictions", { body: { version: "dailies/poster", input: { video: "file:///etc/passwd", aspect: "16:9" } } }, 422],
    ["a webhook that is no web address", "POST", "/v1/predictions", { body: { version: "dailies/voice", input: line("Hi"), webhook: "ftp://x" } }, 422],
    ["a body that is no JSON", "POST", "/v1/predictions", { body: "{" }, 400],
    ["a body without end", "POST", "/v1/predictions", { body: `"${"x".repeat(2_200_000)}"` }, 413],
    ["an id with a slash in it", "PUT", "/v1/predictions/..%2F..%2Fx", { body: {} }, 422],
    ["the wrong method", "DELETE", "/v1/predictions", {}, 405],
    ["a file outside of the outputs", "GET", "/files/..%2f..%2fpredictions/x.json", {}, 404],
  ])("with %s are refused in Replicate's words", async (_what, method, path, options, status) => {
    const answer = await call(method, path, options);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ status, detail: expect.any(String), title: expect.any(String) })]);
  });
});

describe("a prediction", () => {
  test("whose worker is killed fails, and the next one is made", async () => {
    const doomed = await client.predictions.create({ model: "dailies/poster", input: endless() });
    await until(() => host.requests.some(({ path }) => path.startsWith("/never/")));
    for (const worker of renderer.workers()) process.kill(worker, "SIGKILL");
    const failed = await until(async () => {
      const now = await client.predictions.get(doomed.id);
      return now.status === "failed" && now;
    });
    expect(failed).toMatchObject({ error: expect.stringContaining("ended unexpectedly"), fault: "internal" });
    expect(await client.run("dailies/voice", { input: line("Again.") })).toMatchObject({ spoken: true });
  });

  test("that fails by its input harms none of those that wait behind it", async () => {
    host.on("/missing", (_request, response) => response.writeHead(404).end());
    const missing = { video: `${host.origin}/missing`, aspect: "16:9" };
    const made = await Promise.all(Array.from({ length: 6 }, async (_, n) => [
      await client.predictions.create({ model: "dailies/poster", input: missing }),
      await client.predictions.create({ version: "dailies/voice", input: line(`Number ${n}.`) }),
    ]));
    const statuses = () => Promise.all(made.flat().map(async ({ id }) => (await client.predictions.get(id)).status));
    await until(async () => (await statuses()).every((status) => status !== "starting" && status !== "processing"));
    expect(await statuses()).toEqual(made.flatMap(() => ["failed", "succeeded"]));
  });

  test("that is cancelled leaves no files and no worker behind", async () => {
    const running = await client.predictions.create({ model: "dailies/poster", input: endless() });
    await until(async () => (await client.predictions.get(running.id)).status === "processing");
    const workers = renderer.workers();
    await client.predictions.cancel(running.id);
    await until(() => readdirSync(join(place.dir, "data/tmp")).length === 0);
    await until(() => renderer.workers().length === 2 && renderer.workers().some((worker) => !workers.includes(worker)));
  });

  test("that takes longer than Cancel-After is canceled, and aborted where it never began", async () => {
    await until(async () => {
      const health = (await (await fetch(`${renderer.origin}/v1/health`)).json()) as { workers: number; running: number };
      return health.workers === 2 && health.running === 0;
    });
    const body = { version: "dailies/poster", input: endless() };
    const headers = { "cancel-after": "1s" };
    const made = await Promise.all([1, 2, 3].map(async () => (await call("POST", "/v1/predictions", { body, headers })).body as { id: string }));
    const ends = await Promise.all(made.map(({ id }) => until(async () => {
      const { status } = await client.predictions.get(id);
      return status !== "starting" && status !== "processing" && status;
    })));
    expect(ends.sort()).toEqual(["aborted", "canceled", "canceled"]);
  });

  test("says in its error what was wrong with a file, and whether asking again can help", async () => {
    host.on("/gone", (_request, response) => response.writeHead(410).end());
    host.on("/elsewhere", (_request, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end());
    host.on("/garbage", (_request, response) => response.end("no video at all"));
    for (const [path, error, fault] of [["/gone", "410", "fetch"], ["/elsewhere", "may not fetch", "input"], ["/garbage", "not a video", "input"]] as const) {
      const made = await client.predictions.create({ model: "dailies/poster", input: { video: `${host.origin}${path}`, aspect: "1:1" }, wait: true });
      expect(made).toMatchObject({ status: "failed", error: expect.stringContaining(error), fault });
    }
  });
});

describe("webhooks", () => {
  test("are sent again with the same id until they are accepted; a redirect is a refusal", async () => {
    const answers = [500, 302];
    host.on("/flaky", (_request, response) => {
      const status = answers.shift() ?? 204;
      response.writeHead(status, status === 302 ? { location: `${host.origin}/moved` } : {}).end();
    });
    await client.predictions.create({ version: "dailies/voice", input: line("Again and again."), webhook: `${host.origin}/flaky`, webhook_events_filter: ["completed"] });
    const heard = await until(() => {
      const all = host.requests.filter(({ path }) => path === "/flaky");
      return all.length === 3 && all;
    });
    expect(new Set(heard.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(host.requests.some(({ path }) => path === "/moved")).toBe(false);
  });

  test("without a filter tell start, logs, output and completed in order", async () => {
    host.on("/all", (_request, response) => response.end());
    await client.predictions.create({ version: "dailies/voice", input: line("Tell me everything."), webhook: `${host.origin}/all` });
    const heard = await until(() => {
      const all = host.requests.filter(({ path }) => path === "/all").map(({ body }) => (JSON.parse(body) as { status: string }));
      return all.length >= 4 && all.at(-1)?.status === "succeeded" && all.map(({ status }) => status);
    });
    expect([heard[0], heard.at(-1), heard.indexOf("succeeded")]).toEqual(["processing", "succeeded", heard.length - 2]);
  });
});

test("a renderer that is killed makes what was under way when it is back, keeps what was done, and delivers the webhook it owed", async () => {
  const data = join(place.dir, "survivor");
  const first = await startProcess(data);
  const at = (origin: string): Replicate => new Replicate({ auth: TOKEN, baseUrl: `${origin}/v1` });
  await until(async () => (await fetch(`${first.origin}/v1/health`)).ok);
  let open = false;
  host.on("/owed", (_request, response) => response.writeHead(open ? 200 : 503).end());
  const done = await at(first.origin).wait(await at(first.origin).predictions.create({ version: "dailies/voice", input: line("Done."), webhook: `${host.origin}/owed`, webhook_events_filter: ["completed"] }));
  const underWay = await at(first.origin).predictions.create({ model: "dailies/ingest", input: { file: `${host.origin}/slow.wav`, kind: "audio" } });
  host.on("/slow.wav", () => undefined);
  await until(() => host.requests.some(({ path }) => path === "/slow.wav"));
  await first.crash();
  const sound = Buffer.from(await (await fetchDone(done.output as { audio: string }, data)).arrayBuffer());
  host.on("/slow.wav", (_request, response) => response.end(sound));
  open = true;
  const second = await startProcess(data);
  try {
    const made = await at(second.origin).wait(underWay);
    expect([made.id, made.status]).toEqual([underWay.id, "succeeded"]);
    expect((await at(second.origin).predictions.get(done.id)).status).toBe("succeeded");
    const ids = await until(() => {
      const all = host.requests.filter(({ path }) => path === "/owed").map(({ headers }) => headers["webhook-id"]);
      return all.length >= 2 && all;
    });
    expect(new Set(ids).size).toBe(1);
  } finally {
    await second.crash();
  }
});

/** An output that the crashed renderer had published, read from its folder. */
async function fetchDone(output: { audio: string }, data: string): Promise<Blob> {
  const { openAsBlob } = await import("node:fs");
  return openAsBlob(join(data, new URL(output.audio).pathname));
}

test("outputs, inputs and logs go away in time, and the prediction says so", async () => {
  const brief = await startProcess(join(place.dir, "brief"), { RENDERER_KEEP_SECONDS: "1" });
  try {
    await until(async () => (await fetch(`${brief.origin}/v1/health`)).ok);
    const short = new Replicate({ auth: TOKEN, baseUrl: `${brief.origin}/v1` });
    const made = await short.wait(await short.predictions.create({ version: "dailies/voice", input: line("Gone soon.") }));
    const gone = await until(async () => {
      const now = (await short.predictions.get(made.id)) as typeof made & { data_removed?: boolean };
      return now.data_removed && now;
    });
    expect([gone.status, gone.output, gone.input, gone.logs]).toEqual(["succeeded", null, {}, ""]);
    expect((await fetch((made.output as { audio: string }).audio)).status).toBe(404);
  } finally {
    await brief.crash();
  }
});

test("a renderer takes no more than its queue holds, and asks only the hosts that it may", async () => {
  const strict = await startProcess(join(place.dir, "strict"), { RENDERER_CONCURRENCY: "1", RENDERER_QUEUE_LIMIT: "1", RENDERER_ALLOWED_HOSTS: new URL(host.origin).host });
  try {
    await until(async () => (await fetch(`${strict.origin}/v1/health`)).ok);
    const create = (body: object): Promise<Response> => fetch(`${strict.origin}/v1/predictions`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}` }, body: JSON.stringify(body) });
    const elsewhere = { version: "dailies/poster", input: { video: "http://127.0.0.1:9/x.mp4", aspect: "16:9" } };
    expect((await create({ ...elsewhere, webhook: "http://127.0.0.1:9/hook" })).status).toBe(422);
    const refused = (await (await create(elsewhere)).json()) as { id: string };
    const at = new Replicate({ auth: TOKEN, baseUrl: `${strict.origin}/v1` });
    expect(await until(async () => ((await at.predictions.get(refused.id)).error as string | null) ?? undefined)).toContain("only http and https addresses of allowed hosts");
    const first = (await (await create({ version: "dailies/poster", input: endless() })).json()) as { id: string };
    await until(async () => (await at.predictions.get(first.id)).status === "processing");
    const answers = [await create({ version: "dailies/poster", input: endless() }), await create({ version: "dailies/voice", input: line("No room.") })];
    expect(answers.map(({ status }) => status)).toEqual([201, 429]);
    expect(await answers[1]?.json()).toMatchObject({ status: 429, detail: expect.stringContaining("queue is full") });
  } finally {
    await strict.crash();
  }
});

test.each([
  [{ RENDERER_TOKEN: "short" }, "set RENDERER_TOKEN"],
  [{ RENDERER_WEBHOOK_SECRET: "secret" }, "set RENDERER_WEBHOOK_SECRET"],
  [{ RENDERER_CONCURRENCY: "many" }, "give a whole number"],
])("a renderer that is set up wrongly (%o) says so in one sentence and does not start", async (env, sentence) => {
  const { readSettings } = await import("./settings.ts");
  expect(() => readSettings(["--data", place.dir], { RENDERER_TOKEN: TOKEN, RENDERER_WEBHOOK_SECRET: SECRET, ...env })).toThrow(sentence);
});
