import { createScheduledController, createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { newFilmWorld, type FilmWorld, type RunWire } from "../../../../test/film-world.ts";
import { anonymous } from "../../../../test/world.ts";
import worker from "../../../index.ts";
import { house } from "../providers/house.ts";

// What takes minutes at a real provider takes tenths of seconds here.
beforeAll(() => void Object.assign(house, { submitMs: 600 }));

const SHORT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n";
const states = (run: RunWire) => Object.fromEntries(run.jobs.map(({ kind, status }) => [kind, status]));
const problemOf = async (answer: Response) => ({ status: answer.status, ...(await answer.json<Record<string, unknown>>()) });

/** A film whose animatic is made, so that its clips can be ordered: the one node that costs something. */
async function withVoices(options: { credits?: number } = {}): Promise<FilmWorld & { clips: string[] }> {
  const world = await newFilmWorld({ script: SHORT, ...options });
  const run = await world.animatic();
  expect(run.status).toBe("succeeded");
  const graph = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  return { ...world, clips: graph.nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id) };
}

test("a script becomes an animatic: every step is made once, nothing is charged, and each take says how it was made", async () => {
  const world = await newFilmWorld();
  const quote = await world.quote("animatic");
  expect(quote.credits).toBe(0);
  const run = await world.until((await world.start(quote.id)).id);
  expect(run.jobs.filter(({ status }) => status !== "succeeded")).toEqual([]);
  expect(run.status).toBe("succeeded");
  expect(world.provider.doubles).toEqual([]);
  expect(world.provider.creates.size).toBe(quote.items.length);
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
  const animatic = run.jobs.find(({ kind }) => kind === "animatic");
  const { manifest, proof } = await (await world.get(`/api/v1/takes/${animatic?.take}/manifest`)).json<{ proof: string; manifest: Record<string, unknown> }>();
  expect(manifest).toMatchObject({ generated: true, node: "animatic:film", provider: "house", model: "dailies/animatic" });
  expect(proof).toBe("published_key");
  expect(await problemOf(await world.post("/api/v1/quotes", { project: world.project, target: "animatic" }))).toMatchObject({ status: 409, code: "quote.nothing_to_do" });
});

test("clips are paid for as they are delivered, the hold goes back, and the books agree with the run", async () => {
  const world = await withVoices();
  const quote = await world.quote(world.clips);
  expect(quote.credits).toBeGreaterThan(0);
  const run = await world.until((await world.start(quote.id)).id);
  expect(run).toMatchObject({ status: "succeeded", credits: { quoted: quote.credits, captured: quote.credits, returned: 0, held: 0 } });
  expect(await world.balance()).toEqual({ available: 100 - quote.credits, held: 0 });
});

test("a master without voices is offered the animatic first", async () => {
  const world = await newFilmWorld({ script: SHORT });
  expect(await problemOf(await world.post("/api/v1/quotes", { project: world.project, target: "master" }))).toMatchObject({ status: 409, code: "quote.needs_voices", offer: { project: world.project, target: "animatic" } });
});

test("a quote makes one run: a repeat under its key answers that run, any other is told which it is", async () => {
  const world = await newFilmWorld({ script: SHORT, delayMs: null });
  const { id } = await world.quote("animatic");
  const [first, again] = await Promise.all([world.start(id, "k1"), world.start(id, "k1")]);
  expect(again.id).toBe(first.id);
  expect(await problemOf(await world.post("/api/v1/runs", { quote: id }))).toMatchObject({ status: 409, code: "quote.used", run: first.id, offer: { target: "animatic" } });
  const other = await world.quote(["title:none"]).catch((error: Error) => error.message);
  expect(other).toContain("node.not_found");
  expect(await problemOf(await world.post("/api/v1/runs", { quote: "quote_0000000000000000" }, { "idempotency-key": "k1" }))).toMatchObject({ status: 409, code: "request.key_reused" });
  world.provider.finishAll();
});

test("two quotes that race under one key make one run, and the key stays with it", async () => {
  const world = await newFilmWorld({ script: SHORT, delayMs: null });
  const graph = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const [one, two] = graph.nodes.filter(({ kind }) => kind === "frame" || kind === "voice").map(({ id }) => id);
  const quotes = [await world.quote([one]), await world.quote([two])];
  const answers = await Promise.all(quotes.map(({ id }) => world.post("/api/v1/runs", { quote: id }, { "idempotency-key": "one" })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect((await env.DB.prepare("SELECT count(*) AS runs FROM open_runs WHERE studio = ?").bind(world.studio).first<{ runs: number }>())?.runs).toBe(1);
  world.provider.finishAll();
});

test("an expired quote is refused with an offer of a fresh one, and holds nothing", async () => {
  const world = await newFilmWorld({ script: `${SHORT}\nEXT. YARD - DAY\n\nA dog sleeps.\n` });
  const { scenes } = await (await world.get(`/api/v1/projects/${world.project}/breakdown`)).json<{ scenes: { id: string }[] }>();
  const { id, items } = await world.quote("animatic", { scenes: scenes.slice(1).map((scene) => scene.id), priority: 3, stepCreditsMax: 7 });
  const key = `quotes/${world.studio}/${id}.json`;
  const snapshot = await (await env.MEDIA.get(key))?.json<Record<string, unknown>>();
  await env.MEDIA.put(key, JSON.stringify({ ...snapshot, expiresAt: Date.now() - 1 }));
  expect(await problemOf(await world.post("/api/v1/runs", { quote: id }))).toMatchObject({ status: 409, code: "quote.expired" });
  const { offer } = await (await world.post("/api/v1/runs", { quote: id })).json<{ offer: object }>();
  // It asks for the same again, and not for the whole film.
  const fresh = await world.post("/api/v1/quotes", offer);
  expect((await fresh.json<{ items: unknown[] }>()).items).toHaveLength(items.length);
  expect(offer).toMatchObject({ project: world.project, target: "animatic", priority: 3, stepCreditsMax: 7 });
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
});

test("two runs never make the same thing: the second is told the first, keeps its credits, and may be opened when that is over", async () => {
  const world = await withVoices();
  world.provider.options.delayMs = null;
  const [one, two] = [await world.quote(world.clips), await world.quote(world.clips)];
  const first = await world.start(one.id);
  expect(await problemOf(await world.post("/api/v1/runs", { quote: two.id }))).toMatchObject({ status: 409, code: "run.overlaps", run: first.id });
  expect(await world.balance()).toEqual({ available: 100 - one.credits, held: one.credits });
  await expect.poll(() => world.provider.creates.size, { timeout: 5_000 }).toBeGreaterThan(0);
  const done = world.until(first.id);
  const timer = setInterval(() => world.provider.finishAll(), 100);
  await done;
  clearInterval(timer);
  const second = await world.until((await world.start(two.id)).id);
  expect(second).toMatchObject({ status: "succeeded", credits: { captured: 0, returned: two.credits } });
});

test("not enough credits: 402 says what it needs and what there is, and nothing is held", async () => {
  const world = await withVoices();
  const wallet = env.WALLET.getByName(world.studio);
  await wallet.hold({ key: "h", hold: "hold_elsewhere", credits: 99, expiresAt: Date.now() + 3_600_000, ref: { run: "run_other", project: null, member: null, apiKey: null } });
  const quote = await world.quote(world.clips);
  expect(await problemOf(await world.post("/api/v1/runs", { quote: quote.id }))).toMatchObject({ status: 402, code: "credits.held_elsewhere", need: quote.credits, available: 1, held: 99 });
  await wallet.capture({ key: "c", hold: "hold_elsewhere", item: "x", credits: 99, reason: "x" });
  expect(await problemOf(await world.post("/api/v1/runs", { quote: quote.id }))).toMatchObject({ status: 402, code: "credits.insufficient", need: quote.credits, available: 1 });
  expect(await world.balance()).toEqual({ available: 1, held: 0 });
});

test("free work has its limits: a third free run at once is refused", async () => {
  const world = await newFilmWorld({ delayMs: null });
  const graph = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const frames = graph.nodes.filter(({ kind }) => kind === "frame" || kind === "voice").map(({ id }) => id);
  for (const node of frames.slice(0, 2)) await world.start((await world.quote([node])).id);
  const third = await world.quote([frames[2]]);
  expect(await problemOf(await world.post("/api/v1/runs", { quote: third.id }))).toMatchObject({ status: 409, code: "run.limit_reached", most: 2 });
});

test.each([
  ["its answer is lost after it was done", { at: "create", does: "lost", times: 1 }],
  ["it never arrives", { at: "create", does: "unreached", times: 1 }],
  ["it hangs", { at: "create", does: "hang", times: 1 }],
  ["the answer is a page of HTML", { at: "create", does: "garbage", times: 1 }],
  ["the provider answers 500", { at: "create", does: { status: 500 }, times: 1 }],
  ["the provider is throttled", { at: "create", does: { status: 429, headers: { "retry-after": "1" } }, times: 1 }],
  ["a check fails", { at: "get", does: { status: 503 }, times: 2 }],
  ["a check is garbage", { at: "get", does: "garbage", times: 2 }],
  ["no webhook comes", { at: "webhook", does: "silence" }],
  ["each webhook comes ten times", { at: "webhook", does: "twice" }],
  ["webhooks are forged", { at: "webhook", does: "forge" }],
] as const)("a submission is made once and paid once where %s", async (_words, fault) => {
  const world = await withVoices();
  world.provider.options.delayMs = 50;
  world.provider.faults.push({ ...fault });
  const quote = await world.quote(world.clips);
  const run = await world.until((await world.start(quote.id)).id);
  expect(run).toMatchObject({ status: "succeeded", credits: { captured: quote.credits } });
  expect(world.provider.doubles).toEqual([]);
  const { results } = await env.DB.prepare("SELECT node, count(*) AS takes FROM takes WHERE project = ? GROUP BY node HAVING takes > 1").bind(world.project).all();
  expect(results).toEqual([]);
  expect(await world.balance()).toEqual({ available: 100 - quote.credits, held: 0 });
});

test.each([["corrupt"], ["short"], ["empty"], ["elsewhere"]] as const)("a result that is %s fails as bad_output: nothing is captured, and no bytes of it are kept", async (does) => {
  const world = await withVoices();
  const before = (await env.MEDIA.list({ prefix: `takes/${world.studio}/` })).objects.length;
  world.provider.faults.push({ at: "file", model: "dailies/clip", does });
  const quote = await world.quote(world.clips);
  const run = await world.until((await world.start(quote.id)).id);
  expect(run).toMatchObject({ status: "failed", credits: { captured: 0, returned: quote.credits } });
  expect(run.jobs.map(({ problem }) => problem?.code)).toEqual(world.clips.map(() => "bad_output"));
  expect((await env.MEDIA.list({ prefix: `takes/${world.studio}/` })).objects.length).toBe(before);
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
});

test("one node fails for good: the rest is made, the run says what is missing and why, and only that is retried", async () => {
  const world = await newFilmWorld();
  world.provider.failing.set("dailies/music", "the instrument is out of tune");
  const run = await world.animatic();
  expect(run.status).toBe("incomplete");
  expect(states(run)).toMatchObject({ music: "failed", animatic: "cancelled", voice: "succeeded", move: "succeeded" });
  expect(run.jobs.find(({ kind }) => kind === "music")).toMatchObject({ attempts: 3, problem: { code: "provider_failed", detail: "the instrument is out of tune. Try it again. Nothing was charged." } });
  expect(run.jobs.find(({ kind }) => kind === "animatic")?.problem?.detail).toContain("Music");
  world.provider.failing.clear();
  const quote = await (await world.post(`/api/v1/runs/${run.id}/retry`)).json<{ id: string; items: { node: string }[] }>();
  expect(quote.items.map(({ node }) => node.split(":")[0]).sort()).toEqual(["animatic", "music"]);
  expect((await world.until((await world.start(quote.id)).id)).status).toBe("succeeded");
});

test("what a model refuses is not tried again and costs nothing", async () => {
  const world = await withVoices();
  world.provider.failing.set("dailies/clip", "NSFW content was flagged");
  const run = await world.until((await world.start((await world.quote(world.clips)).id)).id);
  expect(run.jobs.map(({ status, attempts }) => [status, attempts])).toEqual(world.clips.map(() => ["refused", 1]));
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
});

test("a run that is cancelled before its provider is done keeps what was delivered, pays that, and gets the rest back", async () => {
  const world = await newFilmWorld({ delayMs: null });
  const run = await world.start((await world.quote("animatic")).id);
  await expect.poll(() => world.provider.creates.size, { timeout: 10_000 }).toBeGreaterThan(3);
  const [first] = world.provider.predictions.keys();
  world.provider.end(first ?? "", "succeeded");
  await expect.poll(async () => (await world.run(run.id)).jobs.filter(({ status }) => status === "succeeded").length, { timeout: 10_000 }).toBe(1);
  expect((await world.post(`/api/v1/runs/${run.id}/cancel`)).status).toBe(200);
  const over = await world.until(run.id);
  expect(over.status).toBe("cancelled");
  expect(over.jobs.filter(({ status }) => status === "succeeded")).toHaveLength(1);
  expect([...world.provider.predictions.values()].filter(({ status }) => status === "canceled").length).toBeGreaterThan(2);
  expect(await problemOf(await world.post(`/api/v1/runs/${run.id}/cancel`))).toMatchObject({ status: 409, code: "run.not_cancelable" });
});

test("while the provider is down a run waits and says so, and goes on by itself", async () => {
  const world = await newFilmWorld({ script: SHORT });
  world.provider.isDown = true;
  const run = await world.start((await world.quote("animatic")).id);
  const waiting = await world.until(run.id, ["waiting"], 30);
  expect(waiting.waitingFor).toContain("not answering");
  world.provider.isDown = false;
  expect((await world.until(run.id)).status).toBe("succeeded");
  expect(world.provider.doubles).toEqual([]);
});

test("what is not made by the deadline expires, and the credits come back", async () => {
  const world = await withVoices();
  world.provider.options.delayMs = null;
  const { id, credits } = await world.quote(world.clips);
  const key = `quotes/${world.studio}/${id}.json`;
  const snapshot = await (await env.MEDIA.get(key))?.json<Record<string, unknown>>();
  await env.MEDIA.put(key, JSON.stringify({ ...snapshot, deadlineMs: 1_500 }));
  const run = await world.until((await world.start(id)).id);
  expect(run).toMatchObject({ status: "failed", credits: { captured: 0, returned: credits } });
  expect(run.jobs.map(({ status }) => status)).toEqual(world.clips.map(() => "expired"));
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
  await expect.poll(() => [...world.provider.predictions.values()].filter(({ cancels }) => cancels > 0).length, { timeout: 5_000 }).toBeGreaterThan(0);
});

test("a hold that expired: the work is delivered unpaid, and somebody is told", async () => {
  const world = await withVoices();
  world.provider.options.delayMs = null;
  const run = await world.start((await world.quote(world.clips)).id);
  await expect.poll(() => world.provider.creates.size, { timeout: 10_000 }).toBeGreaterThan(0);
  const wallet = env.WALLET.getByName(world.studio);
  const [hold] = await wallet.holds({ state: "open", limit: 1 });
  expect(await wallet.release({ key: "operator", hold: hold?.id ?? "", cause: "settled" })).toMatchObject({ ok: true });
  const timer = setInterval(() => world.provider.finishAll(), 100);
  const over = await world.until(run.id);
  clearInterval(timer);
  expect(over).toMatchObject({ status: "succeeded", credits: { captured: 0 } });
  await expect.poll(async () => (await env.DB.prepare("SELECT count(*) AS count FROM findings WHERE studio = ? AND source = 'run'").bind(world.studio).first<{ count: number }>())?.count, { timeout: 5_000 }).toBeGreaterThan(0);
});

test("a webhook that is forged, stale, of another attempt or of nobody changes nothing", async () => {
  const world = await newFilmWorld({ script: SHORT });
  await world.animatic();
  const [{ url, init } = { url: "", init: {} }] = world.provider.webhooks;
  const headers = new Headers(init.headers);
  const send = (to: string, changed: Record<string, string>, body = String(init.body)) => exports.default.fetch(new Request(to, { method: "POST", headers: { ...Object.fromEntries(headers), ...changed }, body }));
  const refused = [
    await send(url, { "webhook-timestamp": String(Math.floor(Date.now() / 1_000) - 400) }),
    await send(url, { "webhook-signature": "v1,AAAA" }),
    await send(url, {}, `${String(init.body)} `),
    await send(url.replace(/attempt=\d+/, "attempt=9"), {}),
    await send(url.replace(/run=[^&]+/, "run=run_of_nobody"), {}),
  ];
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
  expect((await send(url, {})).status).toBe(200);
});

test("another studio's quote, run, job and take are not there, and asking for them makes nothing", async () => {
  const world = await newFilmWorld({ script: SHORT });
  const quote = await world.quote("animatic");
  const run = await world.until((await world.start(quote.id)).id);
  const stranger = await world.stranger();
  const [job] = run.jobs;
  for (const path of [`/quotes/${quote.id}`, `/runs/${run.id}`, `/jobs/${job?.id}`, `/takes/${job?.take}`, `/takes/${job?.take}/manifest`, `/projects/${world.project}/graph`, "/runs/run_0000000000000000", "/runs/nonsense"]) {
    expect((await stranger.get(`/api/v1${path}`)).status, path).toBe(404);
    expect((await anonymous.get(`/api/v1${path}`)).status, path).toBe(401);
  }
  expect((await stranger.post("/api/v1/runs", { quote: quote.id })).status).toBe(404);
  expect((await stranger.post(`/api/v1/runs/${run.id}/cancel`)).status).toBe(404);
});

test("whoever watches sees each job as it changes, and misses nothing after coming back", async () => {
  const world = await newFilmWorld({ script: SHORT });
  const connect = async (after: string) => {
    const answer = await world.get(`/api/v1/live${after}`, { upgrade: "websocket" });
    expect(answer.status).toBe(101);
    const frames: Record<string, unknown>[] = [];
    answer.webSocket?.accept();
    answer.webSocket?.addEventListener("message", ({ data }) => void frames.push(JSON.parse(String(data)) as Record<string, unknown>));
    return { frames, close: () => answer.webSocket?.close(1000) };
  };
  const first = await connect("");
  const run = await world.start((await world.quote("animatic")).id);
  await expect.poll(() => first.frames.filter(({ type }) => type === "job").length, { timeout: 10_000 }).toBeGreaterThan(0);
  first.close();
  const last = Math.max(...first.frames.map(({ id }) => Number(id ?? 0)));
  await world.until(run.id);
  await expect.poll(async () => JSON.stringify(await (await world.get("/api/v1/live/events?after=0")).json()), { timeout: 5_000 }).toContain('"status":"succeeded"');
  const polled = await (await world.get("/api/v1/live/events?after=0")).json<{ data: { id: number }[]; complete: boolean }>();
  expect(polled.complete).toBe(true);
  expect(polled.data.map(({ id }) => id)).toEqual(polled.data.map((_, index) => index + 1));
  const second = await connect(`?after=${last}`);
  await expect.poll(() => second.frames.at(-1)?.["id"] ?? 0, { timeout: 5_000 }).toBeGreaterThanOrEqual(polled.data.length);
  expect(second.frames.slice(1).map(({ id }) => id)).toEqual(second.frames.slice(1).map((_, index) => last + 1 + index));
  expect(second.frames[0]).toMatchObject({ object: "live", complete: true });
  second.close();
  expect((await world.get("/api/v1/live", { upgrade: "websocket", origin: "https://evil.example" })).status).toBe(403);
});

test("who is taken out of the studio, or whose key is revoked, hears nothing more", async () => {
  const world = await newFilmWorld({ script: SHORT });
  const [member, key] = [await world.member("viewer"), await world.key(["runs:read"])];
  const listen = async (caller: Pick<typeof member, "get">) => {
    const { webSocket } = await caller.get("/api/v1/live", { upgrade: "websocket" });
    const ended = new Promise<number>((resolve) => webSocket?.addEventListener("close", ({ code }) => resolve(code)));
    webSocket?.accept();
    return { ended };
  };
  const [ofMember, ofKey] = [await listen(member), await listen(key)];
  const { data } = await (await world.get("/api/v1/members")).json<{ data: { id: string; role: string }[] }>();
  expect((await world.delete(`/api/v1/members/${data.find(({ role }) => role === "viewer")?.id}`)).ok).toBe(true);
  expect(await ofMember.ended).toBe(4_001);
  await key.revoke();
  expect(await ofKey.ended).toBe(4_001);
});

test("a run whose alarm was lost is found by the minute's cron", async () => {
  const world = await newFilmWorld({ script: SHORT });
  const run = await world.start((await world.quote("animatic")).id);
  await world.until(run.id);
  await env.DB.prepare("UPDATE runs SET finished_at = NULL, created_at = created_at - 200000, seq = 0 WHERE id = ?").bind(run.id).run();
  const ctx = createExecutionContext();
  await worker.scheduled(createScheduledController({ cron: "* * * * *", scheduledTime: Date.now() }), env, ctx);
  await waitOnExecutionContext(ctx);
  expect((await world.run(run.id)).status).toBe("succeeded");
});
