import { expect, test } from "vitest";
import { hex } from "#core/encoding.ts";
import { verifyStreamWebhook } from "./signature.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const SECRET = "the secret of a stream";
const BODY = '{"uid":"6b9e68b07dfee8cc2d116e4c51d6a957","readyToStream":true}';

async function headersOf({ secret = SECRET, at = NOW / 1_000, body = BODY, name = "sig1" } = {}): Promise<Headers> {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Headers({ "webhook-signature": `time=${at},${name}=${hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${at}.${body}`))))}` });
}
const verify = (headers: Headers, { secret = SECRET, rawBody = BODY } = {}) => verifyStreamWebhook({ secret, headers, rawBody, now: NOW });

test("a signature of Stream's is believed by either secret, while one is being replaced", async () => {
  expect(await verify(await headersOf())).toEqual({ ok: true });
  expect(await verify(await headersOf(), { secret: `the next secret, ${SECRET}` })).toEqual({ ok: true });
});

test("it is refused where anything is not as it was signed", async () => {
  const wrong = [
    await headersOf({ secret: "another" }), await headersOf({ body: "{}" }), await headersOf({ at: NOW / 1_000 - 301 }), await headersOf({ at: NOW / 1_000 + 301 }), await headersOf({ name: "sig2" }),
    new Headers(), new Headers({ "webhook-signature": `time=${NOW / 1_000},sig1=zz` }), new Headers({ "webhook-signature": `time=1e9,sig1=${"0".repeat(64)}` }),
  ];
  for (const headers of wrong) expect(await verify(headers)).toMatchObject({ ok: false });
  expect(await verify(await headersOf(), { rawBody: `${BODY} ` })).toMatchObject({ ok: false });
  expect(await verify(await headersOf({ secret: "" }).catch(() => headersOf()), { secret: "" })).toMatchObject({ ok: false });
});
