/** The stand-in against Stream's own published shapes; Cloudflare's SDK makes the same requests. */
import { expect, test } from "vitest";
import { HLS_FORMATS, Input, UrlSource } from "mediabunny";
import { mp4 } from "../media.ts";
import { serveVendor } from "../vendor/serve.ts";
import { StreamEmulator } from "./emulator.ts";
import { newSigningKey, openedBy, signedToken } from "./tokens.ts";

const ACCOUNT = "a".repeat(32);

async function world({ origin = "https://api.cloudflare.com" } = {}) {
  const key = await newSigningKey();
  const film = await mp4({ width: 320, height: 180, frames: 240, audio: "aac" });
  const emulator = new StreamEmulator({
    origin, filesOrigin: origin, key: "token", account: ACCOUNT, webhookSecret: "secret", notificationUrl: "https://dailies.example/api/webhooks/stream", keys: [key], now: () => Date.now(), deliver: null, delayMs: null,
    fetchFile: async (url) => (url.endsWith(".mp4") ? new Response(film) : new Response("no", { status: 404 })),
  });
  const ask = (path: string, init: RequestInit = {}) => emulator.handle(new Request(`${origin}/client/v4/accounts/${ACCOUNT}/stream${path}`, { ...init, headers: { authorization: "Bearer token" } }));
  const copy = async (body: object) => (await ask("/copy", { method: "POST", body: JSON.stringify(body) })).json() as Promise<{ success: boolean; errors: { code: number }[]; result: { uid: string; status: { state: string; pctComplete: string; errorReasonCode: string } } }>;
  return { emulator, key, ask, copy };
}

test("a copy goes from queued to ready, is found by its creator and gone when it is deleted", async () => {
  const { emulator, ask, copy } = await world();
  const { success, result } = await copy({ url: "https://dailies.example/film.mp4", creator: "pkg_1", meta: { name: "pkg_1" }, requireSignedURLs: true });
  expect([success, result.status.state]).toEqual([true, "queued"]);
  emulator.start(result.uid, 0.4);
  expect(await (await ask(`/${result.uid}`)).json()).toMatchObject({ result: { status: { state: "inprogress", pctComplete: "40.000000" }, readyToStream: false } });
  emulator.end(result.uid);
  expect(await (await ask("?creator=pkg_1")).json()).toMatchObject({ result: [{ uid: result.uid, readyToStream: true, meta: { name: "pkg_1" } }] });
  expect(await (await ask("?creator=pkg")).json()).toMatchObject({ result: [] });
  expect((await ask(`/${result.uid}`, { method: "DELETE" })).status).toBe(200);
  expect([(await ask(`/${result.uid}`)).status, await (await ask(`/${result.uid}`)).json()]).toMatchObject([404, { success: false, errors: [{ code: 10_003 }] }]);
});

test("what cannot be fetched fails, and what is asked for wrongly is refused", async () => {
  const { emulator, ask, copy } = await world();
  const { result } = await copy({ url: "https://dailies.example/absent" });
  emulator.end(result.uid);
  expect(await (await ask(`/${result.uid}`)).json()).toMatchObject({ result: { status: { state: "error", errorReasonCode: "ERR_FETCH_ORIGIN_ERROR" } } });
  for (const body of [{}, { url: "ftp://x" }, { url: "https://x/film.mp4", creator: "c".repeat(65) }, { url: "https://x/film.mp4", unknown: true }]) expect((await copy(body)).success).toBe(false);
  expect((await emulator.handle(new Request(`https://api.cloudflare.com/client/v4/accounts/${ACCOUNT}/stream`))).status).toBe(401);
});

test("a film plays over the network by a token for it and by nothing else, sound in a group of its own", async () => {
  const { emulator: made, origin, close } = await serveVendor((at) => new StreamEmulator({
    origin: at, filesOrigin: at, key: "token", account: ACCOUNT, webhookSecret: "secret", notificationUrl: null, keys: [], now: () => Date.now(), deliver: null, delayMs: 0,
    fetchFile: async () => new Response(await mp4({ width: 320, height: 180, frames: 240, audio: "aac" })),
  }));
  try {
    const ask = async (path: string, body?: object) => (await fetch(`${origin}/client/v4/accounts/${ACCOUNT}/stream${path}`, { method: "POST", headers: { authorization: "Bearer token" }, body: JSON.stringify(body ?? {}) })).json() as Promise<{ result: { uid: string; id: string; jwk: string; token: string } }>;
    const key = (await ask("/keys")).result;
    const { uid } = (await ask("/copy", { url: "https://dailies.example/film.mp4", requireSignedURLs: true })).result;
    const token = await signedToken(key, { sub: uid, exp: Math.floor(Date.now() / 1_000) + 60 });
    const master = await fetch(`${origin}/${token}/manifest/video.m3u8`);
    const text = await master.text();
    expect([master.status, master.headers.get("access-control-allow-origin"), text.includes("TYPE=AUDIO"), text.includes("RESOLUTION=320x180")]).toEqual([200, "*", true, true]);
    const input = new Input({ formats: HLS_FORMATS, source: new UrlSource(`${origin}/${token}/manifest/video.m3u8`) });
    expect(await (await input.getPrimaryVideoTrack())?.computeDuration()).toBeCloseTo(10, 1);
    expect(await (await input.getPrimaryAudioTrack())?.computeDuration()).toBeGreaterThan(9);
    const other = await newSigningKey();
    const wrong = [uid, (await ask(`/${uid}/token`)).result.token.slice(0, -4), await signedToken(key, { sub: uid, exp: Math.floor(Date.now() / 1_000) - 1 }), await signedToken({ ...other, id: key.id }, { sub: uid, exp: Math.floor(Date.now() / 1_000) + 60 }), await signedToken(key, { sub: "0".repeat(32), exp: Math.floor(Date.now() / 1_000) + 60 })];
    for (const one of wrong) expect((await fetch(`${origin}/${one}/manifest/video.m3u8`)).status).toBe(401);
    made.delete(uid);
    expect((await fetch(`${origin}/${token}/manifest/video.m3u8`)).status).toBe(401);
  } finally {
    await close();
  }
});

test("a token that Stream itself made opens its video until it expires", async () => {
  const { emulator, key, ask, copy } = await world();
  const { result } = await copy({ url: "https://dailies.example/film.mp4", requireSignedURLs: true });
  const { result: { token } } = (await (await ask(`/${result.uid}/token`, { method: "POST" })).json()) as { result: { token: string } };
  expect([await openedBy(token, [key], emulator.options.now()), await openedBy(token, [key], emulator.options.now() + 3_601_000)]).toEqual([result.uid, null]);
});
