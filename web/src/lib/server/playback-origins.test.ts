import type { RequestEvent } from "@sveltejs/kit";
import { beforeEach, expect, test, vi } from "vitest";
import { withPlayback } from "./playback-origins.ts";

const POLICY = "default-src 'self'; media-src 'self' blob:; connect-src 'self' https://*.r2.cloudflarestorage.com; script-src 'self' 'nonce-x'";
const HOST = "https://customer-x.cloudflarestream.com";

/** An isolate that has asked nothing yet. */
let isolate: typeof import("./playback-origins.ts");
const visit = (answer: () => Promise<Response>): Promise<string[]> =>
  isolate.playbackOrigins({ url: new URL("https://dailies.example/watch/x"), request: new Request("https://dailies.example/watch/x"), locals: { requestId: "req_x" }, platform: { env: { API: { fetch: answer } } } } as unknown as RequestEvent);
const named = () => Promise.resolve(Response.json({ data: [HOST] }));

beforeEach(async () => {
  vi.useRealTimers();
  vi.resetModules();
  isolate = await import("./playback-origins.ts");
});

test("films may come from the playback host, and from nowhere else", () => {
  expect(withPlayback(POLICY, [HOST])).toBe(
    "default-src 'self'; media-src 'self' blob: https://customer-x.cloudflarestream.com; connect-src 'self' https://*.r2.cloudflarestorage.com https://customer-x.cloudflarestream.com; script-src 'self' 'nonce-x'",
  );
  expect(withPlayback(POLICY, [])).toBe(POLICY);
});

test("a visitor who leaves before the API answered, whose request ends with that, holds up nobody else", { timeout: 2_000 }, async () => {
  void visit(() => new Promise(() => {}));
  expect(await visit(named)).toEqual([HOST]);
});

test("what the API said holds for minutes, and goes on holding while it does not answer", async () => {
  vi.useFakeTimers();
  const api = vi.fn(named);
  expect([await visit(api), await visit(api), api.mock.calls.length]).toEqual([[HOST], [HOST], 1]);
  vi.advanceTimersByTime(300_001);
  expect(await visit(() => Promise.resolve(new Response("", { status: 503 })))).toEqual([HOST]);
  expect([await visit(api), api.mock.calls.length]).toEqual([[HOST], 1]);
  vi.advanceTimersByTime(15_001);
  expect([await visit(api), api.mock.calls.length]).toEqual([[HOST], 2]);
});
