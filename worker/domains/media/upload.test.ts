import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { inStudio, makeCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { hex } from "#core/encoding.ts";
import { withLinks } from "#domains/generation/runs/inputs.ts";
import { mp4, png } from "../../../test/emulators/media.ts";
import { newWorld } from "../../../test/world.ts";
import { completeUpload } from "./service.ts";

interface UploadWire {
  id: string;
  status: string;
  asset: string | null;
  put: { url: string; headers: Record<string, string> } | null;
}
const film = await mp4({ width: 320, height: 180, frames: 24, audio: null });

/** Announces a file and puts it where the presigned address would: tests have no S3 endpoint. */
async function arrive(world: Awaited<ReturnType<typeof newWorld>>, bytes: Uint8Array, announced: object = {}) {
  const upload = await (await world.post("/api/v1/uploads", { filename: "clip.mp4", contentType: "video/mp4", bytes: film.length, ...announced })).json<UploadWire>();
  await env.MEDIA.put(arrivesAt(upload), bytes);
  return upload;
}
const arrivesAt = ({ put }: UploadWire): string => new URL(put?.url ?? "").pathname.replace(/^\/[^/]+\//, "");

test("a file that arrives whole becomes an asset that is never served as it is", async () => {
  const world = await newWorld();
  const upload = await arrive(world, film);
  const done = await (await world.post(`/api/v1/uploads/${upload.id}/complete`)).json<UploadWire>();
  expect(done.status).toBe("ready");
  const asset = await (await world.get(`/api/v1/assets/${done.asset}`)).json();
  expect(asset).toMatchObject({ kind: "upload", bytes: film.length, seconds: 1, width: 320, url: null });
  expect(await (await world.post(`/api/v1/uploads/${upload.id}/complete`)).json()).toMatchObject({ asset: done.asset });
});

test("a file that has not arrived, or is not what was announced, is refused and can be told apart", async () => {
  const world = await newWorld();
  const early = await (await world.post("/api/v1/uploads", { filename: "a.mp4", contentType: "video/mp4", bytes: 10 })).json<UploadWire>();
  expect(await (await world.post(`/api/v1/uploads/${early.id}/complete`)).json()).toMatchObject({ code: "upload.incomplete" });
  const short = await arrive(world, film.slice(0, 100));
  expect(await (await world.post(`/api/v1/uploads/${short.id}/complete`)).json()).toMatchObject({ code: "upload.mismatch" });
  const page = new TextEncoder().encode("<html><script>alert(1)</script>".padEnd(film.length, " "));
  const disguised = await arrive(world, page);
  expect(await (await world.post(`/api/v1/uploads/${disguised.id}/complete`)).json()).toMatchObject({ code: "upload.unsupported" });
  expect(await (await world.post(`/api/v1/uploads/${disguised.id}/complete`)).json()).toMatchObject({ code: "upload.unsupported" });
  const damaged = await arrive(world, film, { sha256: "0".repeat(64) });
  expect(await (await world.post(`/api/v1/uploads/${damaged.id}/complete`)).json()).toMatchObject({ code: "upload.mismatch" });
  expect((await world.post("/api/v1/uploads", { filename: "a.svg", contentType: "image/svg+xml", bytes: 10 })).status).toBe(422);
});

const media = async (prefix: string) => (await env.MEDIA.list({ prefix })).objects.map(({ key }) => key);
const assetKey = async (asset: string | null) => (await env.DB.prepare("SELECT key FROM assets WHERE id = ?").bind(asset).first<{ key: string }>())?.key ?? "";

test("what arrives at the address of an upload after it was completed changes nothing of its asset", async () => {
  const world = await newWorld();
  const upload = await arrive(world, film);
  const key = arrivesAt(upload);
  const { asset } = await (await world.post(`/api/v1/uploads/${upload.id}/complete`)).json<UploadWire>();
  await expect.poll(() => env.MEDIA.head(key)).toBeNull();
  const stored = await assetKey(asset);
  const told = await (await world.get(`/api/v1/assets/${asset}`)).json<{ sha256: string }>();
  await env.MEDIA.put(key, new Uint8Array(film.length));
  expect(await (await world.post(`/api/v1/uploads/${upload.id}/complete`)).json()).toMatchObject({ status: "ready", asset });
  expect([stored === key, new Uint8Array((await (await env.MEDIA.get(stored))?.arrayBuffer()) ?? new ArrayBuffer())]).toEqual([false, film]);
  expect(told.sha256).toBe(hex(new Uint8Array(await crypto.subtle.digest("SHA-256", film))));
  expect(await (await world.get(`/api/v1/assets/${asset}`)).json()).toMatchObject({ sha256: told.sha256, bytes: film.length });
  await expect.poll(() => env.MEDIA.head(key)).toBeNull();
  const { put } = await (await world.get(`/api/v1/uploads/${upload.id}`)).json<UploadWire>();
  expect(put).toBeNull();
});

test("an upload that is completed several times at once is one asset, and one file is left of it", async () => {
  const world = await newWorld();
  const large = new Uint8Array(9 * 1024 * 1024);
  large.set(film);
  const upload = await arrive(world, large, { bytes: large.length });
  const done = await Promise.all([1, 2, 3].map(async () => (await world.post(`/api/v1/uploads/${upload.id}/complete`)).json<UploadWire>()));
  expect(new Set(done.map(({ status, asset }) => `${status} ${asset}`)).size).toBe(1);
  const stored = await assetKey(done[0]?.asset ?? null);
  await expect.poll(() => media(`uploads/${world.studio}/`)).toEqual([stored]);
  expect((await env.MEDIA.head(stored))?.size).toBe(large.length);
});

test("one that dies between copying and recording loses nothing: what arrived is still there, and the copy goes once it is over", async () => {
  const world = await newWorld();
  const upload = await arrive(world, film);
  const ctx = inStudio(makeCtx({ env, db: openDb(env), actor: { kind: "system", name: "test" }, requestId: "req_test", later: () => undefined, idempotencyKey: null }), world.studio, "owner");
  const db = new Proxy(ctx.db, { get: (target, name) => (name === "batch" ? () => Promise.reject(new Error("killed")) : Reflect.get(target, name)) });
  await expect(completeUpload({ ...ctx, db }, upload.id)).rejects.toThrow("killed");
  expect([(await media(`uploads/${world.studio}/`)).length, await media(`arriving/${world.studio}/`)]).toEqual([1, [arrivesAt(upload)]]);
  const { status, asset } = await (await world.post(`/api/v1/uploads/${upload.id}/complete`)).json<UploadWire>();
  expect(status).toBe("ready");
  await expect.poll(async () => [await media(`uploads/${world.studio}/`), await media(`arriving/${world.studio}/`)]).toEqual([[await assetKey(asset)], []]);
});

test("nothing is left of an upload that was refused", async () => {
  const world = await newWorld();
  const upload = await arrive(world, film, { sha256: "0".repeat(64) });
  expect((await world.post(`/api/v1/uploads/${upload.id}/complete`)).status).toBe(422);
  await expect.poll(async () => [...(await media(`uploads/${world.studio}/`)), ...(await media(`arriving/${world.studio}/`))]).toEqual([]);
});

test.each([
  ["audio/x-m4a", "memo.m4a", "audio/mp4"], ["audio/x-wav", "take.wav", "audio/wav"], ["Audio/WebM; codecs=opus", "recording", "audio/webm"], ["video/x-m4v", "clip.m4v", "video/mp4"],
  ["application/octet-stream", "Clip.MOV", "video/quicktime"], ["application/octet-stream", "film.mkv", "video/x-matroska"], ["application/octet-stream", "voice.opus", "audio/ogg"],
  ["application/octet-stream", "still.JPG", "image/jpeg"], ["audio/vnd.dlna.adts", "sound.aac", "audio/aac"],
])("%s of %s is announced as %s", async (contentType, filename, expected) => {
  const { put } = await (await (await newWorld()).post("/api/v1/uploads", { filename, contentType, bytes: 10 })).json<UploadWire>();
  expect(put?.headers).toEqual({ "content-type": expected });
});

test.each([["application/octet-stream", "page.html"], ["application/octet-stream", "mp4"], ["application/octet-stream", "clip.mp4.exe"], ["text/html", "clip.mp4"], ["constructor", "clip.mp4"], ["image/svg+xml", "a.png"]])("%s of %s cannot be brought", async (contentType, filename) => {
  expect(await (await (await newWorld()).post("/api/v1/uploads", { filename, contentType, bytes: 10 })).json()).toMatchObject({ code: "upload.unsupported" });
});

test("a name's ending tells nothing once the file is there, and of Matroska what was announced is believed", async () => {
  const world = await newWorld();
  const complete = async ({ id }: UploadWire) => {
    const { asset, code } = await (await world.post(`/api/v1/uploads/${id}/complete`)).json<UploadWire & { code?: string }>();
    return asset === undefined ? code : (await (await world.get(`/api/v1/assets/${asset}`)).json<{ contentType: string }>()).contentType;
  };
  const matroska = new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x86, 0x81, 1, 0x42]);
  const named = (filename: string, contentType = "application/octet-stream") => ({ filename, contentType, bytes: matroska.length });
  for (const [announced, expected] of [
    [named("recording.weba"), "audio/webm"], [named("recording", "audio/webm"), "audio/webm"], [named("film.webm"), "video/webm"], [named("sound.mka"), "audio/x-matroska"], [named("sound.m4a"), "audio/x-matroska"], [named("clip.mp4"), "video/x-matroska"], [named("still.png"), "upload.unsupported"],
  ] as const) expect([announced.filename, await complete(await arrive(world, matroska, announced))]).toEqual([announced.filename, expected]);
  expect(await complete(await arrive(world, film, { filename: "film.mkv", contentType: "application/octet-stream" }))).toBe("video/mp4");
  expect(await complete(await arrive(world, film, { filename: "film.wav", contentType: "application/octet-stream" }))).toBe("upload.unsupported");
});

test("whoever makes something of an upload is told what it was found to be, as a download; nobody else can say what it is", async () => {
  const world = await newWorld();
  const picture = await png({ width: 64, height: 36 });
  const upload = await arrive(world, picture, { filename: "still.jpg", contentType: "image/jpeg", bytes: picture.length });
  const { asset } = await (await world.post(`/api/v1/uploads/${upload.id}/complete`)).json<UploadWire>();
  expect(await (await world.get(`/api/v1/assets/${asset}`)).json()).toMatchObject({ contentType: "image/png", url: null });
  const ctx = makeCtx({ env, db: openDb(env), actor: { kind: "system", name: "test" }, requestId: "req_test", later: () => undefined, idempotencyKey: null });
  const { image } = (await withLinks(ctx, world.studio, { image: { $asset: asset ?? "" } })) as { image: string };
  const served = async (url: string) => exports.default.fetch(new Request(url));
  const answer = await served(image);
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("content-disposition"), answer.headers.get("x-content-type-options")]).toEqual([200, "image/png", "attachment", "nosniff"]);
  expect((await answer.arrayBuffer()).byteLength).toBe(picture.length);
  for (const other of [image.replace("image%2Fpng", "text%2Fhtml"), image.replace("&type=image%2Fpng", ""), `${image}&type=text%2Fhtml`]) expect((await served(other)).status).toBe(403);
});

test("the address of an upload binds its length and type", async () => {
  const world = await newWorld();
  const { put } = await (await world.post("/api/v1/uploads", { filename: "clip.mp4", contentType: "video/mp4", bytes: 12 })).json<UploadWire>();
  expect(new URL(put?.url ?? "").searchParams.get("X-Amz-SignedHeaders")).toBe("content-length;content-type;host");
});

test("another studio's upload cannot be completed, read or told from one that does not exist", async () => {
  const [world, stranger] = [await newWorld(), await newWorld()];
  const upload = await arrive(world, film);
  expect((await stranger.post(`/api/v1/uploads/${upload.id}/complete`)).status).toBe(404);
  expect((await stranger.get(`/api/v1/uploads/${upload.id}`)).status).toBe(404);
  expect((await exports.default.fetch(new Request(`https://dailies.example/media/uploads/x/${upload.id}`))).status).toBe(403);
});

test("a file can be announced for a project of one's own only", async () => {
  const [world, stranger] = [await newWorld(), await newWorld()];
  const { id } = await (await world.post("/api/v1/projects", { title: "Mine" })).json<{ id: string }>();
  const announce = (by: typeof world, project: string) => by.post("/api/v1/uploads", { filename: "clip.mp4", contentType: "video/mp4", bytes: 12, project });
  expect((await announce(world, id)).status).toBe(201);
  for (const project of [id, "proj_00000000000000000000000000", "nothing"]) {
    expect(await (await announce(stranger, project)).json()).toMatchObject({ code: "project.not_found", status: 404 });
  }
});
