import { env } from "cloudflare:workers";
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { inStudio, makeCtx, type Ctx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { countingRows } from "../../../test/rows-read.ts";
import { probe } from "./probe.ts";
import { readRange } from "./rules.ts";
import { signLink } from "./signing.ts";
import { findAssets } from "./store.ts";
import { storeStream } from "./storing.ts";

const ctx: Ctx = makeCtx({ env, db: openDb(env), actor: { kind: "system", name: "test" }, requestId: "req_test", later: () => undefined, idempotencyKey: null });
const text = "WEBVTT\n\n00:00.000 --> 00:02.000\nThe first line of the film.\n";
const streamOf = (...chunks: Uint8Array[]) => new ReadableStream<Uint8Array>({ start(controller) { for (const chunk of chunks) controller.enqueue(chunk); controller.close(); } });
const encode = (value: string) => new TextEncoder().encode(value);
const get = (url: string, headers: Record<string, string> = {}) => exports.default.fetch(new Request(`https://dailies.example${url}`, { headers }));

async function stored(key: string): Promise<string> {
  await storeStream(ctx, { key, body: streamOf(encode(text)), contentType: "text/vtt", bytesMax: 1_000 });
  return (await signLink(ctx, key, 60)).url;
}

test("a file is served by its signed link, whole, in part, and not again when it is known", async () => {
  const url = await stored("takes/a/captions.vtt");
  const whole = await get(url);
  expect(whole.status).toBe(200);
  expect(await whole.text()).toBe(text);
  expect(whole.headers.get("cache-control")).toMatch(/^private, max-age=\d+/);
  expect(whole.headers.get("x-content-type-options")).toBe("nosniff");
  const part = await get(url, { range: "bytes=0-5" });
  expect(part.status).toBe(206);
  expect(await part.text()).toBe("WEBVTT");
  expect(part.headers.get("content-range")).toBe(`bytes 0-5/${text.length}`);
  const known = await get(url, { "if-none-match": whole.headers.get("etag") ?? "" });
  expect(known.status).toBe(304);
});

test.each([
  ["bytes=-5", 5], ["bytes=-9999", text.length], ["bytes=10-", text.length - 10], ["bytes=10-9999", text.length - 10],
])("of a file, %s is its end", async (range, bytes) => {
  const part = await get(await stored("takes/a/end.vtt"), { range });
  expect([part.status, part.headers.get("content-range"), part.headers.get("content-length")]).toEqual([206, `bytes ${text.length - bytes}-${text.length - 1}/${text.length}`, String(bytes)]);
  expect(await part.text()).toBe(text.slice(text.length - bytes));
});

test.each(["bytes=9999-", `bytes=${text.length}-`, "bytes=-0"])("a part that is not in the file (%s) is refused with the file's size", async (range) => {
  const url = await stored("takes/a/beyond.vtt");
  const refused = await get(url, { range });
  expect([refused.status, refused.headers.get("content-range"), refused.headers.get("content-type")]).toEqual([416, `bytes */${text.length}`, "application/problem+json"]);
  expect(await refused.json()).toMatchObject({ code: "media.range", bytes: text.length });
  expect((await get(url, { range, "if-range": '"another"' })).status).toBe(200);
});

test("a part is served with If-Range where the file is the one that was seen, and else the whole", async () => {
  const url = await stored("takes/a/again.vtt");
  const etag = (await get(url)).headers.get("etag") ?? "";
  const ask = async (ifRange: string) => {
    const answer = await get(url, { range: "bytes=0-5", "if-range": ifRange });
    return [answer.status, await answer.text()];
  };
  expect(await ask(etag)).toEqual([206, "WEBVTT"]);
  for (const other of ['"another"', `W/${etag}`, "*", "Thu, 01 Jan 1970 00:00:00 GMT"]) expect([other, ...(await ask(other))]).toEqual([other, 200, text]);
});

test("HEAD tells of the whole file, whatever part is asked for", async () => {
  const url = await stored("takes/a/told.vtt");
  const whole = await get(url);
  await whole.text();
  for (const range of ["bytes=0-5", "bytes=9999-"]) {
    const told = await exports.default.fetch(new Request(`https://dailies.example${url}`, { method: "HEAD", headers: { range } }));
    expect([told.status, told.headers.get("content-length"), told.headers.get("content-range"), told.headers.get("accept-ranges"), await told.text()]).toEqual([200, String(text.length), null, "bytes", ""]);
    expect([told.headers.get("etag"), told.headers.get("content-type")]).toEqual([whole.headers.get("etag"), whole.headers.get("content-type")]);
  }
});

test("an address that names no file at all is a file that is not there", async () => {
  for (const path of ["%", "%ff", "public/%", "public/%E0%A4%A", `public/${"x".repeat(2_000)}`, `public/${"%C3%A9".repeat(600)}`]) {
    expect({ path, status: (await get(`/media/${path}`)).status }).toEqual({ path, status: 404 });
  }
});

test("no change to a signed link is accepted", async () => {
  const url = new URL(`https://dailies.example${await stored("takes/a/b.vtt")}`);
  const tampered = [
    (copy: URL) => { copy.pathname = "/media/takes/a/captions.vtt"; },
    (copy: URL) => copy.searchParams.set("expires", String(Number(copy.searchParams.get("expires")) + 1)),
    (copy: URL) => copy.searchParams.set("key", "other"),
    (copy: URL) => copy.searchParams.set("signature", `${copy.searchParams.get("signature")}A`),
    (copy: URL) => copy.searchParams.delete("signature"),
    (copy: URL) => copy.searchParams.append("expires", "99999999999999"),
  ];
  for (const change of tampered) {
    const copy = new URL(url);
    change(copy);
    const answer = await get(copy.pathname + copy.search);
    expect(answer.status, copy.href).toBe(403);
  }
});

test("a link that has expired says so, and does not tell whether the file exists", async () => {
  const past: Ctx = { ...ctx, now: () => Date.now() - 3_600_000 };
  const there = await get((await signLink(past, "takes/a/captions.vtt", 1)).url);
  const absent = await get((await signLink(past, "takes/a/nothing.vtt", 1)).url);
  expect(await there.json()).toMatchObject({ code: "media.link_expired" });
  expect(await absent.json()).toMatchObject({ code: "media.link_expired" });
});

test("a stored object whose type is not on the list is never served", async () => {
  await env.MEDIA.put("takes/a/page.html", "<script>alert(1)</script>", { httpMetadata: { contentType: "text/html" } });
  expect((await get((await signLink(ctx, "takes/a/page.html", 60)).url)).status).toBe(404);
});

test("a stream of unknown length is stored whole, in order, with its hash", async () => {
  const chunk = new Uint8Array(3 * 1024 * 1024).map((_, index) => index % 251);
  const outcome = await storeStream(ctx, { key: "takes/a/long.mp4", body: streamOf(chunk, chunk, chunk, chunk, chunk, chunk), contentType: "video/mp4", bytesMax: 100_000_000 });
  const all = new Uint8Array(chunk.length * 6);
  for (let index = 0; index < 6; index += 1) all.set(chunk, index * chunk.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  expect(outcome).toEqual({ ok: true, object: { key: "takes/a/long.mp4", bytes: all.length, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") }, held: null });
  // What was in memory at once anyway need not be read back to be looked at.
  expect(await storeStream(ctx, { key: "takes/a/short.mp4", body: streamOf(chunk.subarray(0, 9)), contentType: "video/mp4", bytesMax: 1_000 })).toMatchObject({ ok: true, held: chunk.subarray(0, 9) });
  expect((await env.MEDIA.head("takes/a/long.mp4"))?.size).toBe(all.length);
});

test("a stream that is too large, empty or cut off leaves nothing behind", async () => {
  const broken = new ReadableStream<Uint8Array>({ pull(controller) { controller.enqueue(new Uint8Array(9 * 1024 * 1024)); controller.error(new Error("reset")); } });
  const outcomes = [
    await storeStream(ctx, { key: "takes/a/none1", body: streamOf(new Uint8Array(2_000)), contentType: "video/mp4", bytesMax: 1_000 }),
    await storeStream(ctx, { key: "takes/a/none2", body: streamOf(), contentType: "video/mp4", bytesMax: 1_000 }),
    await storeStream(ctx, { key: "takes/a/none3", body: broken, contentType: "video/mp4", bytesMax: 100_000_000 }),
  ];
  expect(outcomes).toEqual([{ ok: false, reason: "too_large" }, { ok: false, reason: "empty" }, { ok: false, reason: "cut_off" }]);
  expect((await env.MEDIA.list({ prefix: "takes/a/none" })).objects).toEqual([]);
});

test("what is in a file decides what it is, not its name or announced type", async () => {
  await env.MEDIA.put("uploads/a", "just some words, no film");
  await env.MEDIA.put("uploads/b", text);
  await env.MEDIA.put("uploads/c", encode("\u0000\u0000\u0000\u0018ftypmp42 and then nothing of use"));
  expect((await probe(ctx, "uploads/a"))?.kind).toBe("unknown");
  expect((await probe(ctx, "uploads/b"))?.kind).toBe("text");
  expect((await probe(ctx, "uploads/c"))?.kind).toBe("unknown");
  expect(await probe(ctx, "uploads/none")).toBeNull();
});

test.each([
  ["bytes=0-", 10, { offset: 0, length: 10 }], ["bytes=-3", 10, { offset: 7, length: 3 }], ["bytes=5-99", 10, { offset: 5, length: 5 }], ["bytes=10-", 10, "unsatisfiable"],
  ["bytes=-0", 10, "unsatisfiable"], ["bytes=5-2", 10, "whole"], ["bytes=0-1,3-4", 10, "whole"], ["pages=1", 10, "whole"], [null, 10, "whole"],
] as const)("range %s of %i bytes", (header, size, expected) => expect(readRange(header, size)).toEqual(expected));

test("files are found by their ids alone: a studio may have as many as it likes", async () => {
  await env.DB.prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO assets (id, studio, kind, role, key, content_type, bytes, sha256, created_at)
    SELECT 'asset_many_' || i, 'studio_many', 'clip', 'video', 'takes/many/' || i, 'video/mp4', 1, printf('%064d', i), i FROM n`).run();
  const counted = countingRows(env.DB);
  const mine = { ...inStudio(ctx, "studio_many", "owner"), db: openDb({ ...env, DB: counted.db }) };
  expect((await findAssets(mine, ["asset_many_7", "asset_many_1999", "asset_of_nobody"])).map(({ id }) => id).sort()).toEqual(["asset_many_1999", "asset_many_7"]);
  expect(counted.rows()).toBeLessThan(20);
  expect(await findAssets({ ...mine, studio: "studio_other" }, ["asset_many_7"])).toEqual([]);
});
