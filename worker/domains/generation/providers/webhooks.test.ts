/** Signatures of webhooks, against whoever would like us to believe something. */
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { quoted, waitMs } from "./wording.ts";
import { verifyStandardWebhook } from "./webhooks.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const SECRET = `whsec_${btoa("the webhook secret of the tests")}`;
const NEXT = `whsec_${btoa("the next secret of these tests")}`;
const BODY = '{"id":"p1","status":"succeeded"}';

const signed = (more: Record<string, string> = {}, at = NOW): Headers =>
  new Headers({ "webhook-id": "msg_1", "webhook-timestamp": String(at / 1_000), "webhook-signature": new Webhook(SECRET).sign("msg_1", new Date(at), BODY), ...more });
const standard = (headers: Headers, { secret = SECRET, rawBody = BODY }: { secret?: string; rawBody?: string } = {}) => verifyStandardWebhook({ secret, headers, rawBody, now: NOW });

test("what the standard's own package signs is believed, by either secret while one is replaced, and among other signatures", async () => {
  expect(await standard(signed())).toEqual({ ok: true });
  expect(await standard(signed(), { secret: `${NEXT}, ${SECRET}` })).toEqual({ ok: true });
  const own = signed().get("webhook-signature") ?? "";
  expect(await standard(signed({ "webhook-signature": `v1,AAAA v1a,${own.slice(3)} ${own}` }))).toEqual({ ok: true });
  expect(await standard(signed({}, NOW - 299_000))).toEqual({ ok: true });
});

test.each<[string, Headers, { secret?: string; rawBody?: string }]>([
  ["another secret", signed(), { secret: NEXT }], ["no secret", signed(), { secret: "" }], ["an empty secret", signed(), { secret: "whsec_" }], ["another body", signed(), { rawBody: `${BODY} ` }], ["another id", signed({ "webhook-id": "msg_2" }), {}],
  ["too old", signed({}, NOW - 301_000), {}], ["of the future", signed({}, NOW + 301_000), {}], ["another time than was signed", signed({ "webhook-timestamp": String(NOW / 1_000 - 10) }), {}], ["a time that is none", signed({ "webhook-timestamp": "1e3" }), {}],
  ["only of a version that we do not know", signed({ "webhook-signature": `v2,${(signed().get("webhook-signature") ?? "").slice(3)}` }), {}], ["no signature", signed({ "webhook-signature": "" }), {}], ["nothing but commas", signed({ "webhook-signature": "v1,,," }), {}],
  ["buried under so many that it is not looked for", signed({ "webhook-signature": `${"v1,AAAA ".repeat(8)}${signed().get("webhook-signature")}` }), {}],
])("it is refused: %s", async (_words, headers, more) => {
  expect(await standard(headers, more)).toMatchObject({ ok: false });
});

test("a signature for an empty secret, which anybody can make, is worth nothing", async () => {
  const key = await crypto.subtle.importKey("raw", new Uint8Array(1), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`msg_1.${NOW / 1_000}.${BODY}`)))));
  expect(await standard(signed({ "webhook-signature": `v1,${mac}` }), { secret: "whsec_AA==" })).toMatchObject({ ok: false });
});

test("a vendor's words are quoted only where they are short and plain", () => {
  expect(quoted("Prompt is too short.")).toBe(" It says: “Prompt is too short”.");
  for (const words of [null, {}, "", "see https://internal.example/x", "bad key abc", "x".repeat(161), "Bearer abc", "r8_abcdefghijklmnopqrstuvwxyz", "<b>no</b>", "a\u0000b", "/srv/models/run.py failed"]) expect(quoted(words)).toBe("");
});

test("how long to wait is what they ask, within reason", () => {
  const wait = (headers: Record<string, string>, words?: string) => waitMs(new Headers(headers), { now: NOW, words, otherwiseSeconds: 20 });
  expect([wait({}), wait({ "retry-after": "7" }), wait({ "retry-after": "0" }), wait({ "retry-after": "3600" }), wait({ "retry-after": "999999" }), wait({ "retry-after": "soon" }), wait({ "retry-after": "-5" })]).toEqual([20_000, 7_000, 1_000, 3_600_000, 86_400_000, 20_000, 20_000]);
  expect([wait({ "retry-after": "Fri, 20 Nov 2026 12:01:00 GMT" }), wait({ "retry-after": "Fri, 20 Nov 2026 11:00:00 GMT" }), wait({ "retry-after-ms": "1500" }), wait({}, "Your rate limit resets in ~30s.")]).toEqual([60_000, 20_000, 1_500, 30_000]);
});
