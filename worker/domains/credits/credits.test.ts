import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { inStudio, systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { deliver } from "#core/relay.ts";
import { newWorld, type World } from "../../../test/world.ts";
import { subscriptions } from "../../subscriptions.ts";
import { getWallet } from "./service.ts";

interface EntryWire { seq: number; kind: string; credits: number; availableAfter: number; heldAfter: number; bucket: string | null; run: string | null }
interface Page<Item> { data: Item[]; nextCursor: string | null }

/** The log reaches D1 by the wallet's alarm. */
async function entries(world: World, count: number): Promise<EntryWire[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { data } = await (await world.get("/api/v1/wallet/entries")).json<Page<EntryWire>>();
    if (data.length >= count) return data;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`there are no ${count} entries`);
}

test("the free credits come once, however often the news of the studio arrives", async () => {
  const world = await newWorld();
  const { id } = await env.DB.prepare("SELECT id FROM events WHERE type = 'studio.created' AND studio = ?").bind(world.studio).first<{ id: string }>() ?? { id: "" };
  const ctx = systemCtx(env, openDb(env), "test", () => undefined);
  for (let times = 0; times < 3; times += 1) {
    await env.DB.batch([env.DB.prepare("UPDATE events SET sent_at = NULL WHERE id = ?").bind(id), env.DB.prepare("DELETE FROM event_deliveries WHERE event = ?").bind(id)]);
    expect(await deliver(ctx, id, subscriptions)).toBe("delivered");
  }
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
});

test("whoever looks right after signing up sees the free credits, before the news of the studio is heard", async () => {
  const world = await newWorld();
  const id = `studio_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`;
  await env.DB.batch([
    env.DB.prepare("PRAGMA defer_foreign_keys = ON"),
    env.DB.prepare("UPDATE studios SET id = ? WHERE id = ?").bind(id, world.studio),
    env.DB.prepare("UPDATE members SET studio = ? WHERE studio = ?").bind(id, world.studio),
  ]);
  const ctx = inStudio(systemCtx(env, openDb(env), "test", () => undefined), id, "owner");
  expect(await getWallet(ctx)).toMatchObject({ studio: id, available: 100 });
  expect(await getWallet(ctx)).toMatchObject({ available: 100 });
});

test("the log shows what a hold and its capture did, newest first, page by page", async () => {
  const world = await newWorld();
  const wallet = env.WALLET.getByName(world.studio);
  const ref = { run: "run_1", project: null, member: null, apiKey: null };
  await wallet.hold({ key: "h", hold: "hold_1", credits: 40, expiresAt: Date.now() + 60_000, ref });
  await wallet.capture({ key: "c", hold: "hold_1", item: "job_1", credits: 25, reason: "delivered" });
  await wallet.release({ key: "r", hold: "hold_1", cause: "settled" });
  const log = await entries(world, 4);
  expect(log.map(({ kind, credits, availableAfter, heldAfter, run }) => [kind, credits, availableAfter, heldAfter, run])).toEqual([
    ["release", 15, 75, 0, "run_1"], ["capture", 0, 60, 15, "run_1"], ["hold", -40, 60, 40, "run_1"], ["grant", 100, 100, 0, null],
  ]);
  const first = await (await world.get("/api/v1/wallet/entries?limit=3")).json<Page<EntryWire>>();
  const rest = await (await world.get(`/api/v1/wallet/entries?limit=3&cursor=${first.nextCursor}`)).json<Page<EntryWire>>();
  expect([...first.data, ...rest.data]).toEqual(log);
  expect(rest.nextCursor).toBeNull();
  expect(await (await world.get("/api/v1/wallet/holds")).json()).toMatchObject({ data: [{ id: "hold_1", state: "captured", credits: 40, captured: 25, returned: 15, run: "run_1" }], nextCursor: null });
  expect(await (await world.get("/api/v1/wallet")).json()).toMatchObject({ available: 75, held: 0, spent: 25, debt: 0 });
});
