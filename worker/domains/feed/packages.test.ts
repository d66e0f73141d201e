import { env, exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import type { StreamEmulator } from "../../../test/emulators/stream/emulator.ts";
import { newFilmWorld, type FilmWorld } from "../../../test/film-world.ts";
import { newStream, useStream } from "../../../test/stream-world.ts";
import { runMinute } from "../../../test/stripe-world.ts";
import { packageOpenFilms } from "./packages.ts";

interface VideoWire {
  id: string;
  sources: { url: string }[];
  hls: { url: string; expiresAt: string } | null;
}

let world: FilmWorld;
let film: string;
let stream: StreamEmulator;

const anonymous = (path: string) => exports.default.fetch(new Request(`https://dailies.example${path}`));
const seen = async (id: string) => (await anonymous(`/api/v1/videos/${id}`)).json<VideoWire>();
const publish = async (visibility: string) => (await world.post("/api/v1/videos", { project: world.project, asset: film, title: "Late", visibility })).json<VideoWire>();
const packagesOf = async (id: string) => (await env.DB.prepare("SELECT state, uid FROM packages WHERE video = ?").bind(id).all<{ state: string; uid: string }>()).results;
const uidOf = async (id: string) => (await packagesOf(id))[0]?.uid ?? "";

/** Publishes, and lets Stream be done with it. */
async function packaged(visibility: string): Promise<VideoWire> {
  const video = await publish(visibility);
  await expect.poll(async () => (await packagesOf(video.id)).map(({ uid }) => typeof uid)).toEqual(["string"]);
  stream.end(await uidOf(video.id));
  await stream.deliverPending();
  await expect.poll(async () => (await packagesOf(video.id))[0]?.state).toBe("ready");
  return video;
}

beforeAll(async () => {
  world = await newFilmWorld();
  const run = await world.animatic();
  const take = run.jobs.find(({ kind }) => kind === "animatic")?.take ?? "";
  const { assets } = await (await world.get(`/api/v1/takes/${take}`)).json<{ assets: { asset: string; contentType: string }[] }>();
  film = assets.find(({ contentType }) => contentType === "video/mp4")?.asset ?? "";
  const made = await newStream();
  ({ stream } = made);
  useStream(made.stream, made.access);
}, 120_000);

test.each(["public", "unlisted"])("a %s film plays as a stream for a stranger once it is ready, by a token that ends with our links, and as a file all the while", async (visibility) => {
  const video = await publish(visibility);
  expect((await seen(video.id)).hls).toBeNull();
  await expect.poll(async () => (await packagesOf(video.id)).map(({ uid }) => typeof uid)).toEqual(["string"]);
  stream.end(await uidOf(video.id));
  await stream.deliverPending();
  await expect.poll(async () => (await seen(video.id)).hls).not.toBeNull();
  const { hls, sources } = await seen(video.id);
  expect([hls?.url, (await seen(video.id)).hls?.url]).toEqual([expect.stringMatching(/^https:\/\/customer-tests\.cloudflarestream\.com\/[\w-]+\.[\w-]+\.[\w-]+\/manifest\/video\.m3u8$/), hls?.url]);
  const lastsMs = Date.parse(hls?.expiresAt ?? "") - Date.now();
  expect(lastsMs > 6 * 3_600_000 - 1_000 && lastsMs <= 6 * 3_600_000 + 600_000).toBe(true);
  const played = await stream.handle(new Request((hls?.url ?? "").replace("https://customer-tests.cloudflarestream.com", stream.options.origin)));
  expect([played.status, (await played.text()).startsWith("#EXTM3U")]).toEqual([200, true]);
  expect((await anonymous(sources[0]?.url ?? "")).status).toBe(200);
});

test("a private film never goes to Stream, and goes there when it is shown", async () => {
  const before = stream.submitted.length;
  const video = await publish("private");
  const settled = await packaged("unlisted");
  expect([await packagesOf(video.id), (await (await world.get(`/api/v1/videos/${video.id}`)).json<VideoWire>()).hls, stream.submitted.length]).toEqual([[], null, before + 1]);
  await world.patch(`/api/v1/videos/${video.id}`, { visibility: "public" });
  await expect.poll(async () => (await packagesOf(video.id)).length).toBe(1);
  expect((await packagesOf(settled.id)).length).toBe(1);
});

test("a film that is hidden or taken down is not played from Stream from that moment on, and is deleted there", async () => {
  const [hidden, down] = [await packaged("public"), await packaged("public")];
  const uids = [await uidOf(hidden.id), await uidOf(down.id)];
  expect((await seen(hidden.id)).hls).not.toBeNull();
  await world.patch(`/api/v1/videos/${hidden.id}`, { visibility: "private" });
  expect((await (await world.get(`/api/v1/videos/${hidden.id}`)).json<VideoWire>()).hls).toBeNull();
  expect((await world.delete(`/api/v1/videos/${down.id}`)).status).toBe(204);
  await expect.poll(async () => [...(await packagesOf(hidden.id)), ...(await packagesOf(down.id))]).toEqual([]);
  expect(uids.filter((uid) => stream.jobs.has(uid))).toEqual([]);
});

test("news of a title keeps the package that is there", async () => {
  const video = await packaged("public");
  const uid = await uidOf(video.id);
  await world.patch(`/api/v1/videos/${video.id}`, { title: "Later" });
  await expect.poll(async () => (await env.DB.prepare("SELECT count(*) AS n FROM event_deliveries d JOIN events e ON e.id = d.event WHERE e.subject = ? AND d.subscription = 'feed.sync-package:video.updated'").bind(video.id).first<{ n: number }>())?.n).toBe(1);
  expect(await packagesOf(video.id)).toEqual([{ state: "ready", uid }]);
});

test("films that were published before Stream was set up are packaged in the night, and by the minute's turn", async () => {
  const video = await packaged("public");
  await env.DB.prepare("DELETE FROM packages WHERE video = ?").bind(video.id).run();
  const ctx = systemCtx(env, openDb(env), "test", () => undefined);
  await packageOpenFilms(ctx);
  await packageOpenFilms(ctx);
  expect((await packagesOf(video.id)).map(({ state }) => state)).toEqual(["waiting"]);
  await runMinute();
  expect((await packagesOf(video.id)).map(({ state }) => state)).toEqual(["copying"]);
});

test("a night of many films asks the database a few times for each hundred, and nothing where all have a package", async () => {
  const video = await publish("public");
  await expect.poll(async () => (await packagesOf(video.id)).map(({ uid }) => typeof uid)).toEqual(["string"]);
  const columns = (await env.DB.prepare("SELECT name FROM pragma_table_info('videos')").all<{ name: string }>()).results.map(({ name }) => name);
  await env.DB.prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
    INSERT INTO videos (${columns.join(", ")}) SELECT ${columns.map((name) => (name === "id" ? "v.id || '_' || i" : `v.${name}`)).join(", ")} FROM n, videos v WHERE v.id = ?`).bind(video.id).run();
  const night = async (): Promise<number> => {
    let statements = 0;
    const counted = new Proxy(env.DB, { get: (target, name) => (name === "prepare" ? (query: string) => { statements += 1; return target.prepare(query); } : target[name as "batch"].bind(target)) });
    await packageOpenFilms(systemCtx(env, openDb({ ...env, DB: counted }), "test", () => undefined));
    return statements;
  };
  try {
    expect(await night()).toBeLessThan(20);
    const kept = await env.DB.prepare("SELECT count(*) AS n, (SELECT count(*) FROM events WHERE type = 'package.ordered' AND data ->> 'video' LIKE ?1 AND sent_at IS NOT NULL) AS told FROM packages WHERE video LIKE ?1 AND state = 'waiting' AND due_at IS NOT NULL AND uid IS NULL").bind(`${video.id}_%`).first();
    expect(kept).toEqual({ n: 250, told: 250 });
    const before = await env.DB.prepare("SELECT count(*) AS n FROM packages").first();
    expect([await night() < 10, await env.DB.prepare("SELECT count(*) AS n FROM packages").first()]).toEqual([true, before]);
  } finally {
    await env.DB.batch([env.DB.prepare("DELETE FROM packages WHERE video LIKE ?").bind(`${video.id}_%`), env.DB.prepare("DELETE FROM videos WHERE id LIKE ?").bind(`${video.id}_%`)]);
  }
});

test("pages are told where films may come from", async () => {
  expect(await (await anonymous("/api/v1/playback-origins")).json()).toEqual({ data: ["https://customer-tests.cloudflarestream.com"], nextCursor: null });
});
