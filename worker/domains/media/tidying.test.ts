import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { newWorld } from "../../../test/world.ts";
import { uploadTasks } from "./tidying.ts";

test("what a completion left that died is gone after a day; a file that may be completed, a copy of today and an asset stay", async () => {
  const world = await newWorld();
  const announce = async () => (await (await world.post("/api/v1/uploads", { filename: "a.mp4", contentType: "video/mp4", bytes: 10 })).json<{ id: string }>()).id;
  const [old, fresh, done] = [await announce(), await announce(), await announce()];
  const keys = [old, fresh, done].map((id) => `uploads/${world.studio}/${id}/asset_0123456789abcdefghjkmnpqrs`);
  for (const key of keys) await env.MEDIA.put(key, "copy");
  const { key: arrived } = await env.DB.prepare("SELECT key FROM uploads WHERE id = ?").bind(old).first<{ key: string }>() ?? { key: "" };
  await env.MEDIA.put(arrived, "file");
  const [hour, night] = [3_600_000, Date.now() + 36 * 3_600_000];
  await env.DB.batch([
    env.DB.prepare("UPDATE uploads SET created_at = ? WHERE id = ?").bind(night - hour, fresh),
    env.DB.prepare("UPDATE uploads SET status = 'ready' WHERE id = ?").bind(done),
  ]);
  const at = (now: number) => ({ ...systemCtx(env, openDb(env), "cron", () => undefined), now: () => now });
  await env.DB.prepare("UPDATE uploads SET created_at = ? WHERE id = ?").bind(Date.now() - 36 * hour, old).run();
  for (const task of uploadTasks) await task.run(at(Date.now()));
  // Somebody may be completing it at this moment.
  expect(await env.MEDIA.head(keys[0] ?? "")).not.toBeNull();
  for (let nights = 0; nights < 2; nights += 1) for (const task of uploadTasks) await task.run(at(night));
  expect(await Promise.all([...keys, arrived].map(async (key) => (await env.MEDIA.head(key)) !== null))).toEqual([false, true, true, true]);
});
