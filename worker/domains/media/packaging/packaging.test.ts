import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { newStreamWorld, WEBHOOK, type StreamWorld } from "../../../../test/stream-world.ts";
import { advancePackages, keepPackage } from "./service.ts";
import { stream as adapter } from "./stream.ts";

afterEach(() => vi.restoreAllMocks());

const uids = ({ stream }: StreamWorld): string[] => [...stream.jobs.keys()];
/** Waits until nothing of what webhooks set off is under way. */
const settled = (world: StreamWorld, video: string, state: string) => expect.poll(async () => (await world.packages(video)).map((row) => row.state)).toEqual([state]);

test("a film is copied from a link that expires, under our names, to be played by token only, and its news makes it ready", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  const [asked] = world.stream.submitted;
  const body = JSON.parse(asked?.body ?? "{}") as { url: string; meta: object; creator: string };
  const { id, state, uid } = await world.package(film.video);
  expect(body).toEqual({ url: expect.stringMatching(/^https:\/\/dailies\.example\/media\/takes\/.+\.mp4\?expires=\d+&key=test&signature=/), creator: id, meta: { name: id, video: film.video, environment: "https://dailies.example" }, requireSignedURLs: true });
  expect([state, uid, asked?.headers.get("authorization")]).toEqual(["copying", uids(world)[0], "Bearer token"]);
  world.stream.start(uid ?? "", 0.5);
  await world.pass(1);
  expect((await world.package(film.video)).state).toBe("copying");
  world.stream.end(uid ?? "");
  expect(await world.stream.deliverPending()).toMatchObject([{ status: 200 }]);
  await settled(world, film.video, "ready");
  expect(await world.package(film.video)).toMatchObject({ attempts: 1, failure: null, dueAt: null });
  expect(await world.events(film.video)).toEqual(["package.ordered", "package.ready"]);
});

test("news that is lost is made up for by asking, and news that comes a hundred times, late and after all is done changes nothing", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  const [uid = ""] = uids(world);
  world.stream.end(uid);
  await world.stream.deliverPending({ dropped: true });
  await world.pass(2);
  const ready = await world.package(film.video);
  expect(ready.state).toBe("ready");
  const news = await world.stream.webhookOf(uid);
  const answers = await Promise.all(Array.from({ length: 100 }, () => world.post(news)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await expect.poll(() => world.stream.seen.filter(({ at }) => at === "check").length).toBeGreaterThan(100);
  expect(await world.package(film.video)).toEqual(ready);
  expect(await world.events(film.video)).toEqual(["package.ordered", "package.ready"]);
});

test("what nobody of Stream's signed, or signed long ago, or was changed after it, is refused, and nothing is asked or changed", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  const [uid = ""] = uids(world);
  world.stream.end(uid);
  const before = world.stream.seen.length;
  const statuses: number[] = [];
  for (const weather of [{ forged: true }, { staleSeconds: 301 }, { staleSeconds: -301 }, { tampered: true }]) statuses.push((await world.post(await world.stream.webhookOf(uid, weather))).status);
  const { body } = await world.stream.webhookOf(uid);
  statuses.push((await world.post({ method: "POST", body: body ?? null })).status, (await world.post({ method: "POST", body: "x".repeat(2_000_000), headers: { "webhook-signature": "time=1,sig1=00" } })).status);
  expect(statuses).toEqual([400, 400, 400, 400, 400, 400]);
  expect([world.stream.seen.length, (await world.package(film.video)).state]).toEqual([before, "copying"]);
});

test("what a webhook says is not believed: a film that is said to be ready is asked after", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  const [uid = ""] = uids(world);
  world.stream.end(uid);
  const news = await world.stream.webhookOf(uid);
  Object.assign(world.stream.job(uid), { state: "running", ending: null });
  await world.post(news);
  await expect.poll(() => world.stream.seen.filter(({ at }) => at === "check").length).toBe(1);
  expect((await world.package(film.video)).state).toBe("copying");
});

test("an account is shared: another installation's news is answered and left alone, and names that do not fit are nobody's", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  const { id } = await world.package(film.video);
  const add = (meta: object) => world.stream.add({ id: crypto.randomUUID().replaceAll("-", ""), model: "copy", input: { meta: { ...meta } }, webhook: WEBHOOK }).id;
  const others = [add({ name: id, video: film.video, environment: "https://staging.dailies.example" }), add({}), add({ name: id, video: "video_of_another_studio", environment: "https://dailies.example" })];
  const before = await world.package(film.video);
  for (const uid of others) {
    world.stream.end(uid);
    expect((await world.post(await world.stream.webhookOf(uid))).status).toBe(200);
  }
  await expect.poll(() => world.stream.seen.filter(({ at }) => at === "check").length).toBe(1);
  await world.pass(30);
  const posed = others[0] ?? "";
  Object.assign(world.stream.job(posed).input, { meta: { name: id, video: film.video, environment: "https://dailies.example" } });
  const news = await world.stream.webhookOf(posed);
  Object.assign(world.stream.job(posed).input, { meta: { name: id, video: film.video, environment: "https://staging.dailies.example" } });
  expect((await world.post(news)).status).toBe(200);
  await expect.poll(() => world.stream.seen.filter(({ at, job }) => at === "check" && job === posed).length).toBe(1);
  await world.pass(30);
  for (const uid of others) expect(world.stream.jobs.has(uid)).toBe(true);
  expect(await world.package(film.video)).toMatchObject({ uid: before.uid, attempts: 1, state: "copying" });
});

test("an order whose answer is lost is looked up by its name, however long lists lag, and never sent again while it may be there", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  world.stream.lagMs = 4 * 60_000;
  world.stream.faults.push({ at: "create", does: "lost", times: 1 });
  await world.show(film);
  expect(await world.package(film.video)).toMatchObject({ state: "copying", uid: null, attempts: 1 });
  for (let minute = 0; minute < 6; minute += 1) await world.pass(1);
  expect([await world.package(film.video), uids(world).length, world.stream.submitted.length]).toMatchObject([{ state: "copying", uid: uids(world)[0], attempts: 1 }, 1, 1]);
});

test.each(["html", "schema", "truncated", "blank", { status: 500 }, { status: 503 }, { status: 302, headers: { location: "http://169.254.169.254/" } }] as const)("an order that is answered with %o is looked up before anything is sent again", async (does) => {
  const world = await newStreamWorld();
  const film = await world.film();
  world.stream.faults.push({ at: "create", does, times: 1 });
  await world.show(film);
  expect(await world.package(film.video)).toMatchObject({ state: "copying", uid: null });
  for (let minute = 0; minute < 12; minute += 1) await world.pass(1);
  expect(await world.package(film.video)).toMatchObject({ state: "copying", uid: uids(world)[0] });
  expect(uids(world)).toHaveLength(1);
});

test("who is killed before sending sends once; who is killed after it finds what was sent", async () => {
  const world = await newStreamWorld();
  const [before, after] = [await world.film(), await world.film()];
  const killed = (video: string) => env.DB.prepare("UPDATE packages SET state = 'copying', uid = NULL, attempts = 1, sent_at = ?2, due_at = ?2 WHERE video = ?1").bind(video, Date.now()).run();
  await keepPackage(world.ctx, before);
  await killed(before.video);
  await world.show(after);
  await killed(after.video);
  for (let minute = 0; minute < 12; minute += 1) await world.pass(1);
  for (const { video } of [before, after]) expect(await world.package(video)).toMatchObject({ state: "copying", uid: expect.any(String) });
  expect([uids(world).length, world.stream.submitted.length]).toEqual([2, 2]);
});

test("ten who do the same at once send one copy", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await Promise.all(Array.from({ length: 10 }, () => world.show(film)));
  await Promise.all(Array.from({ length: 5 }, () => advancePackages(world.ctx, film.video)));
  await world.pass(1);
  expect([world.stream.submitted.length, (await world.package(film.video)).attempts]).toEqual([1, 1]);
});

test("two films under one name, should it come to that, become one", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  world.stream.faults.push({ at: "create", does: "lost", times: 1 });
  await world.show(film);
  const [first = ""] = uids(world);
  const double = world.stream.add({ id: "f".repeat(32), model: "copy", input: world.stream.job(first).input, webhook: WEBHOOK }).id;
  world.stream.job(double).createdAt += 1;
  await world.pass(2);
  await world.pass(1);
  expect(uids(world)).toEqual([first]);
  expect(await world.package(film.video)).toMatchObject({ uid: first, state: "copying" });
});

test("a film of ours at Stream that no package knows is deleted when it is heard of, even if Stream does not answer at first", async () => {
  const world = await newStreamWorld();
  const uid = world.stream.add({ id: "e".repeat(32), model: "copy", input: { meta: { name: "pkg_forgotten", video: "video_forgotten", environment: "https://dailies.example" } }, webhook: WEBHOOK }).id;
  world.stream.end(uid);
  world.stream.faults.push({ at: "cancel", does: { status: 500 }, times: 1 });
  await world.stream.deliverPending({ times: 3, concurrent: true });
  await expect.poll(async () => (await env.DB.prepare("SELECT count(*) AS n FROM packages WHERE uid = ?").bind(uid).first<{ n: number }>())?.n).toBe(1);
  for (let minute = 0; minute < 4; minute += 1) await world.pass(1);
  expect(uids(world)).toEqual([]);
  expect((await env.DB.prepare("SELECT count(*) AS n FROM packages").first<{ n: number }>())?.n).toBe(0);
});

test("a refusal is tried again after a while, later each time, and then left: the film plays from its file", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  world.stream.faults.push({ at: "create", does: { status: 400 } });
  await world.show(film);
  expect(await world.package(film.video)).toMatchObject({ state: "waiting", attempts: 1, failure: "ERR_HTTP_400_10005" });
  await world.pass(1);
  expect(world.stream.submitted).toHaveLength(1);
  for (const minutes of [2, 4, 8, 60, 600]) await world.pass(minutes);
  expect(await world.package(film.video)).toMatchObject({ state: "failed", attempts: 4, dueAt: null });
  expect(world.stream.submitted).toHaveLength(4);
  expect(await world.events(film.video)).toEqual(["package.ordered", "package.failed"]);
});

test("no room, minutes that are used up, or a token that is not let in, is not the film's fault: it waits as long as it takes, and as long as it is told to", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  world.stream.faults.push({ at: "create", does: { status: 429, headers: { "retry-after": "600" } }, times: 1 }, { at: "create", does: { status: 403 }, times: 4 }, { at: "create", does: { status: 413 }, times: 4 });
  await world.show(film);
  await world.pass(9);
  expect(world.stream.submitted).toHaveLength(1);
  for (let hours = 0; hours < 12; hours += 1) await world.pass(61);
  expect([await world.package(film.video), world.stream.submitted.length]).toMatchObject([{ state: "copying", attempts: 1 }, 10]);
});

test("what Stream cannot read fails at once, what it says may pass is copied again, and never are there two", async () => {
  const world = await newStreamWorld();
  const [broken, unlucky] = [await world.film(), await world.film()];
  await world.show(broken);
  world.stream.end(uids(world)[0] ?? "", { as: "failed", code: "ERR_MALFORMED_VIDEO" });
  await world.stream.deliverPending();
  await settled(world, broken.video, "failed");
  expect([await world.package(broken.video), uids(world)]).toMatchObject([{ failure: "ERR_MALFORMED_VIDEO", attempts: 1, uid: null }, []]);
  await world.show(unlucky);
  const [first = ""] = uids(world);
  world.stream.end(first, { as: "failed", code: "ERR_UNKNOWN" });
  const late = await world.stream.webhookOf(first);
  await world.stream.deliverPending();
  await settled(world, unlucky.video, "waiting");
  await world.pass(3);
  const [second = "", ...more] = uids(world);
  expect([second === first, more]).toEqual([false, []]);
  world.stream.end(second);
  await world.stream.deliverPending();
  await settled(world, unlucky.video, "ready");
  expect((await world.post(late)).status).toBe(200);
  await world.pass(5);
  expect(await world.package(unlucky.video)).toMatchObject({ state: "ready", uid: second, attempts: 2 });
});

test("a file that Stream cannot fetch, and one that somebody deletes there, are copied again", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  const bytes = await (await env.MEDIA.get(film.file.key))?.arrayBuffer();
  await env.MEDIA.delete(film.file.key);
  await world.show(film);
  world.stream.end(uids(world)[0] ?? "");
  await world.pass(2);
  expect(await world.package(film.video)).toMatchObject({ state: "waiting", failure: "ERR_FETCH_ORIGIN_ERROR" });
  await env.MEDIA.put(film.file.key, bytes ?? "", { httpMetadata: { contentType: "video/mp4" } });
  await world.pass(3);
  world.stream.delete(uids(world)[0] ?? "");
  await world.pass(2);
  expect(await world.package(film.video)).toMatchObject({ state: "waiting", failure: "ERR_DELETED", attempts: 2 });
  await world.pass(5);
  world.stream.end(uids(world)[0] ?? "");
  await world.pass(2);
  expect(await world.package(film.video)).toMatchObject({ state: "ready", attempts: 3 });
});

test("a copy that sleeps for a day is given up, and another is ordered", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  const [asleep = ""] = uids(world);
  await world.pass(25 * 60);
  expect([await world.package(film.video), uids(world)]).toMatchObject([{ state: "waiting", failure: "ERR_OVERDUE" }, []]);
  await world.pass(3);
  expect(uids(world)[0]).not.toBe(asleep);
});

test.each(["unreached", "html", "schema", "truncated", "blank", "corrupt", { status: 404, body: "<html>" }, { status: 429 }, { status: 500 }, { status: 401 }] as const)("a look that is answered with %o decides nothing", async (does) => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  world.stream.faults.push({ at: "check", does });
  world.stream.end(uids(world)[0] ?? "");
  await world.stream.deliverPending();
  for (let minute = 0; minute < 5; minute += 1) await world.pass(minute);
  expect(await world.package(film.video)).toMatchObject({ state: "copying", attempts: 1, uid: uids(world)[0] });
  world.stream.faults.length = 0;
  await world.pass(61);
  expect((await world.package(film.video)).state).toBe("ready");
});

test("a film that is hidden while it is copied leaves nothing at Stream, and its news comes too late", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  const [uid = ""] = uids(world);
  world.stream.end(uid);
  const news = await world.stream.webhookOf(uid);
  await world.hide(film);
  expect([await world.packages(film.video), uids(world)]).toEqual([[], []]);
  expect((await world.post(news)).status).toBe(200);
  await world.pass(10);
  expect(await world.packages(film.video)).toEqual([]);
  expect(await world.events(film.video)).toEqual(["package.ordered", "package.removed"]);
});

test("a film that is hidden while nobody knows whether its copy was taken is looked for until it cannot turn up any more", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  world.stream.lagMs = 3 * 60_000;
  world.stream.faults.push({ at: "create", does: "lost", times: 1 });
  await world.show(film);
  await world.hide(film);
  expect([(await world.package(film.video)).state, uids(world).length]).toEqual(["removing", 1]);
  for (let minute = 0; minute < 8; minute += 1) await world.pass(1);
  expect([await world.packages(film.video), uids(world)]).toEqual([[], []]);
});

test("a film that is hidden while its copy is being ordered is taken back as soon as its id is known", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  const real = world.stream.handle.bind(world.stream);
  vi.spyOn(world.stream, "handle").mockImplementation(async (request) => {
    const answer = await real(request);
    if (new URL(request.url).pathname.endsWith("/copy")) await keepPackage(world.ctx, { ...film, file: null });
    return answer;
  });
  await world.show(film);
  await world.pass(1);
  expect([await world.packages(film.video), uids(world)]).toEqual([[], []]);
});

test("deleting is tried again until Stream says that the film is gone", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  world.stream.end(uids(world)[0] ?? "");
  await world.pass(1);
  world.stream.isDown = true;
  await world.hide(film);
  for (let hours = 0; hours < 30; hours += 1) await world.pass(61);
  expect([(await world.package(film.video)).state, uids(world).length]).toEqual(["removing", 1]);
  world.stream.isDown = false;
  world.stream.faults.push({ at: "cancel", does: { status: 500 }, times: 2 });
  for (let hours = 0; hours < 3; hours += 1) await world.pass(61);
  expect([await world.packages(film.video), uids(world)]).toEqual([[], []]);
});

test("a film that is shown again, and one whose file is another, get a package of their own and lose the old one", async () => {
  const world = await newStreamWorld();
  const film = await world.film();
  await world.show(film);
  world.stream.isDown = true;
  await world.hide(film);
  world.stream.isDown = false;
  await world.show(film);
  const states = (await world.packages(film.video)).map(({ state }) => state);
  expect(states).toEqual(["removing", "copying"]);
  await world.pass(3);
  const again = await world.package(film.video);
  const other = await world.film(film.video);
  await world.show(other);
  await world.pass(1);
  const replaced = await world.package(film.video);
  expect([replaced.sha256, replaced.id === again.id, uids(world)]).toEqual([other.file.sha256, false, [replaced.uid]]);
});

test("where Stream is not set up nothing is written and nobody is asked, and what is there waits for its removal", async () => {
  const world = await newStreamWorld();
  const [film, never] = [await world.film(), await world.film()];
  await world.show(film);
  vi.mocked(adapter.configured).mockReturnValue(null);
  const before = world.stream.seen.length;
  await world.show(never);
  await world.hide(film);
  await world.pass(60);
  expect((await world.post(await world.stream.webhookOf(uids(world)[0] ?? ""))).status).toBe(400);
  expect([await world.packages(never.video), world.stream.seen.length, (await world.package(film.video)).state]).toEqual([[], before, "removing"]);
  vi.mocked(adapter.configured).mockReturnValue(world.access);
  await world.pass(1);
  expect(uids(world)).toEqual([]);
});
