import { env, exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { newFilmWorld, type FilmWorld } from "../../../test/film-world.ts";
import { newWorld } from "../../../test/world.ts";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import type { EventRow } from "#core/events.ts";
import { feedSubscriptions } from "./handlers.ts";

interface VideoWire {
  id: string;
  title: string;
  visibility: string;
  project: string | null;
  sources: { url: string }[];
  captions: { url: string }[];
  generated: boolean;
  maker: { handle: string };
  actions: string[];
}

let world: FilmWorld;
let cut: string;

const anonymous = (path: string) => exports.default.fetch(new Request(`https://dailies.example${path}`));
const publish = (more: object = {}, headers: Record<string, string> = {}) => world.post("/api/v1/videos", { project: world.project, asset: cut, title: "Late", visibility: "public", ...more }, headers);
const published = async (more: object = {}) => (await publish(more)).json<VideoWire>();
const feedIds = async () => (await (await anonymous("/api/v1/feed?limit=100")).json<{ data: VideoWire[] }>()).data.map(({ id }) => id);

beforeAll(async () => {
  world = await newFilmWorld({ credits: 100 });
  await world.animatic();
  const run = await world.until((await world.start((await world.quote("master")).id)).id);
  expect(run.jobs.flatMap(({ label, problem }) => (problem ? [`${label}: ${problem.detail}`] : []))).toEqual([]);
  const { data } = await (await world.get(`/api/v1/assets?project=${world.project}&kind=cut`)).json<{ data: { id: string; contentType: string }[] }>();
  cut = data.find(({ contentType }) => contentType === "video/mp4")?.id ?? "";
}, 120_000);

test("a published film is on the feed for a stranger, labelled as made with AI, and plays", async () => {
  const video = await published();
  expect(await feedIds()).toContain(video.id);
  const seen = await (await anonymous(`/api/v1/videos/${video.id}`)).json<VideoWire>();
  expect(seen).toMatchObject({ generated: true, project: null, actions: [], title: "Late" });
  const media = await anonymous(seen.sources[0]?.url ?? "");
  expect(media.status).toBe(200);
  expect(media.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect((await media.arrayBuffer()).byteLength).toBeGreaterThan(100);
  expect((await anonymous(seen.captions[0]?.url ?? "")).headers.get("content-type")).toBe("text/vtt; charset=utf-8");
});

test("publishing again under the same key publishes once", async () => {
  const first = await (await publish({ title: "Once" }, { "idempotency-key": "publish-1" })).json<VideoWire>();
  const again = await (await publish({ title: "Once" }, { "idempotency-key": "publish-1" })).json<VideoWire>();
  expect(again.id).toBe(first.id);
  expect((await publish({ title: "Other" }, { "idempotency-key": "publish-1" })).status).toBe(409);
});

test("a private film is nobody's business: the same 404 as one that does not exist", async () => {
  const video = await published({ visibility: "private" });
  const stranger = await newWorld();
  const [hidden, absent] = [await anonymous(`/api/v1/videos/${video.id}`), await anonymous("/api/v1/videos/video_00000000000000000000000000")];
  const withoutInstance = async (answer: Response) => ({ ...(await answer.json<object>()), instance: "" });
  expect(hidden.status).toBe(404);
  expect(await withoutInstance(hidden)).toEqual(await withoutInstance(absent));
  expect((await stranger.get(`/api/v1/videos/${video.id}`)).status).toBe(404);
  expect((await stranger.patch(`/api/v1/videos/${video.id}`, { title: "Mine" })).status).toBe(404);
  expect((await stranger.delete(`/api/v1/videos/${video.id}`)).status).toBe(404);
  expect(await feedIds()).not.toContain(video.id);
  const own = await (await world.get(`/api/v1/videos/${video.id}`)).json<VideoWire>();
  expect(own).toMatchObject({ visibility: "private", project: world.project, actions: ["edit", "take-down"] });
  expect(own.sources[0]?.url).toContain("signature=");
  expect((await env.MEDIA.list({ prefix: `public/${video.id}/` })).objects).toEqual([]);
});

test("an unlisted film plays for whoever has its address, and is on no list", async () => {
  const video = await published({ visibility: "unlisted" });
  expect((await anonymous(`/api/v1/videos/${video.id}`)).status).toBe(200);
  expect(await feedIds()).not.toContain(video.id);
});

test("a film that goes private, or is taken down, leaves nothing behind at its public address", async () => {
  const [first, second] = [await published(), await published()];
  const address = async (video: VideoWire) => (await (await anonymous(`/api/v1/videos/${video.id}`)).json<VideoWire>()).sources[0]?.url ?? "";
  const addresses = [await address(first), await address(second)];
  await world.patch(`/api/v1/videos/${first.id}`, { visibility: "private" });
  expect((await world.delete(`/api/v1/videos/${second.id}`)).status).toBe(204);
  await expect.poll(async () => (await anonymous(addresses[0] ?? "")).status, { timeout: 10_000 }).toBe(404);
  expect((await anonymous(addresses[1] ?? "")).status).toBe(404);
  expect((await anonymous(`/api/v1/videos/${second.id}`)).status).toBe(410);
  expect(await feedIds()).not.toContain(second.id);
  await world.patch(`/api/v1/videos/${first.id}`, { visibility: "public" });
  expect((await anonymous(await address(first))).status).toBe(200);
});

test("script and prompts are shown only where the maker opted in; what made it is shown always", async () => {
  const closed = await published();
  const details = await (await anonymous(`/api/v1/videos/${closed.id}/details`)).json<{ script: string | null; production: { prompt: string | null; model: string }[]; voiceovers: { text: string | null; character: string }[] }>();
  expect(details.script).toBeNull();
  expect(details.production.every(({ prompt }) => prompt === null)).toBe(true);
  expect(details.production.some(({ model }) => model !== "")).toBe(true);
  expect(details.voiceovers.map(({ text }) => text)).toEqual(details.voiceovers.map(() => null));
  expect((await world.patch(`/api/v1/videos/${closed.id}`, { showScript: true, showProduction: true })).status).toBe(200);
  const open = await (await anonymous(`/api/v1/videos/${closed.id}/details`)).json<typeof details>();
  expect(open.script).toContain("INT. DINER - NIGHT");
  expect(open.production.some(({ prompt }) => prompt !== null && prompt !== "")).toBe(true);
  expect(open.voiceovers.map(({ character }) => character).toSorted()).toEqual(["MARTA", "TOM"]);
});

test("only a film of this project can be published", async () => {
  const { data } = await (await world.get(`/api/v1/assets?project=${world.project}&kind=voice`)).json<{ data: { id: string }[] }>();
  const voice = await publish({ asset: data[0]?.id });
  expect(await voice.json()).toMatchObject({ code: "video.not_publishable", status: 409 });
  const stranger = await newWorld();
  expect((await stranger.post("/api/v1/videos", { project: world.project, asset: cut, title: "Stolen" })).status).toBe(404);
  expect((await publish({ title: "" })).status).toBe(422);
});

test("the feed pages through everything once, newest first, and refuses a cursor that is not its own", async () => {
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page: { data: { id: string; publishedAt: string }[]; nextCursor: string | null } = await (await anonymous(`/api/v1/feed?limit=2${cursor ? `&cursor=${cursor}` : ""}`)).json();
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(await feedIds());
  expect((await anonymous("/api/v1/feed?cursor=nonsense")).status).toBe(422);
  expect((await anonymous("/api/v1/feed")).headers.get("cache-control")).toBe("public, max-age=15, stale-while-revalidate=600");
  expect((await world.get("/api/v1/feed")).headers.get("cache-control")).toBe("public, max-age=15, stale-while-revalidate=600");
});

test("a new name of the maker reaches the films that are out", async () => {
  const video = await published();
  const handle = `late-${crypto.randomUUID().slice(0, 8)}`;
  expect((await world.patch("/api/v1/studio", { handle, name: "Late Films" })).status).toBe(200);
  await expect.poll(async () => (await (await anonymous(`/api/v1/videos/${video.id}`)).json<VideoWire>()).maker.handle, { timeout: 10_000 }).toBe(handle);
  const page = await (await anonymous(`/api/v1/profiles/${handle}/videos`)).json<{ data: VideoWire[] }>();
  expect(page.data.map(({ id }) => id)).toContain(video.id);
  expect((await anonymous("/api/v1/profiles/nobody-at-all")).status).toBe(404);
});

test("a film that is hidden while its files are being copied has no public files afterwards", async () => {
  const video = await published();
  const lying = async () => (await env.MEDIA.list({ prefix: `public/${video.id}/` })).objects.length;
  const copies = (await env.MEDIA.list({ prefix: `public/${video.id}/` })).objects.map(({ key }) => key);
  await env.MEDIA.delete(copies);
  let hidden: Promise<unknown> | null = null;
  const slow = new Proxy(env.MEDIA, { get: (target, name) => {
    if (name !== "put") {
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    }
    return async (...args: Parameters<R2Bucket["put"]>) => {
      await (hidden ??= world.patch(`/api/v1/videos/${video.id}`, { visibility: "private" }));
      return target.put(...args);
    };
  } });
  const ctx = systemCtx({ ...env, MEDIA: slow }, openDb(env), "test", () => undefined);
  const sync = feedSubscriptions.find(({ name }) => name === "feed.sync-files-of-updated");
  await sync?.handle(ctx, { subject: video.id } as EventRow);
  expect([copies.length > 0, hidden !== null, await lying()]).toEqual([true, true, 0]);
});
