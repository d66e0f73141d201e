import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { deliver } from "#core/relay.ts";
import { newFilmWorld } from "../../../test/film-world.ts";
import type { World } from "../../../test/world.ts";
import { liveSubscriptions } from "./handlers.ts";

/** Makes a studio's hub keep nothing, until the answer is called. */
async function refusingHub(studio: string): Promise<() => Promise<void>> {
  const hub = env.HUB.getByName(studio);
  await runInDurableObject(hub, (_, { storage }) => {
    storage.sql.exec("DROP TABLE IF EXISTS messages");
    storage.sql.exec("CREATE TABLE messages (other TEXT)");
  });
  return () => runInDurableObject(hub, (_, { storage }) => void storage.sql.exec("DROP TABLE messages"));
}

const shownTo = async (world: World) => JSON.stringify(await (await world.get("/api/v1/live/events?after=0")).json());

test("what a run had to show while nothing could be kept is shown afterwards", async () => {
  const world = await newFilmWorld({ script: "INT. ROOM - DAY\n\nMarta waits.\n" });
  const mend = await refusingHub(world.studio);
  const run = await world.until((await world.start((await world.quote("animatic")).id)).id);
  await mend();
  await expect.poll(() => shownTo(world)).toContain('"type":"run"');
  const shown = await shownTo(world);
  for (const { id } of run.jobs) expect(shown, id).toContain(`"subject":"${id}"`);
});

test("an event that nothing was kept of is heard again", async () => {
  const world = await newFilmWorld();
  const hear = (event: string) => deliver(systemCtx(env, openDb(env), "test", () => undefined), event, liveSubscriptions);
  const mend = await refusingHub(world.studio);
  const event = `evt_${crypto.randomUUID()}`;
  await env.DB.prepare("INSERT INTO events (id, studio, type, subject, actor, data, request_id, at) VALUES (?, ?, 'film.changed', ?, '{}', '{}', 'test', ?)").bind(event, world.studio, world.project, Date.now()).run();
  expect(await hear(event)).toBe("again");
  await mend();
  expect(await hear(event)).toBe("delivered");
  expect(await shownTo(world)).toContain('"event":"film.changed"');
});
