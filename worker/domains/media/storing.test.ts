import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { storeStream } from "./storing.ts";

afterEach(() => void vi.useRealTimers());

test("a file of which no byte comes any more is given up, and what came of it is not taken for all of it", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(1_000)) });
  const key = `takes/test/${crypto.randomUUID()}`;
  const stored = storeStream(systemCtx(env, openDb(env), "test", () => undefined), { key, body, contentType: "video/mp4", bytesMax: 10_000 });
  for (let waited = 0; waited < 60; waited += 1) await vi.advanceTimersByTimeAsync(1_000);
  expect(await stored).toEqual({ ok: false, reason: "cut_off" });
  expect(await env.MEDIA.head(key)).toBeNull();
});
