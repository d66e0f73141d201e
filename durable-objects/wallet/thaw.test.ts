import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { genesisOf, sha256 } from "./entry.ts";
import type { Wallet } from "./object.ts";
import { createTables } from "./sql.ts";

const HOUR = 3_600_000;
const tables = ["entries", "lots", "holds", "captures", "findings"] as const;
type Row = Record<string, SqlStorageValue>;
type Kept = { book: Row; rows: [string, Row[]][] };

const newStudio = () => `stu_thaw_${crypto.randomUUID()}`;
const grant = (key: string, credits: number) => ({ key, bucket: "purchased" as const, credits, expiresAt: null, reason: "pack", ref: "in_1" });
const hold = (id: string, credits: number) => ({ key: `hold:${id}`, hold: id, credits, expiresAt: LATER, ref: { run: `run_${id}`, project: null, member: "user_a", apiKey: null } });
const LATER = Date.now() + 24 * HOUR;

/** What a point-in-time restore would bring back. */
const keep = (wallet: DurableObjectStub<Wallet>): Promise<Kept> => runInDurableObject(wallet, (_, { storage: { sql } }) => ({
  book: sql.exec<Row>("SELECT * FROM book").one(), rows: tables.map((table): [string, Row[]] => [table, sql.exec<Row>(`SELECT * FROM ${table}`).toArray()]),
}));

async function restore(studio: string, kept: Kept | null): Promise<DurableObjectStub<Wallet>> {
  await runInDurableObject(env.WALLET.getByName(studio), (_, state) => state.storage.deleteAll());
  await evictDurableObject(env.WALLET.getByName(studio));
  const wallet = env.WALLET.getByName(studio);
  if (kept) {
    await runInDurableObject(wallet, (_, { storage: { sql } }) => {
      createTables(sql, genesisOf(studio));
      const insert = (table: string, row: Row) => sql.exec(`INSERT OR REPLACE INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.keys(row).map(() => "?").join(", ")})`, ...Object.values(row));
      insert("book", kept.book);
      for (const [table, rows] of kept.rows) for (const row of rows) insert(table, row);
    });
    await evictDurableObject(wallet);
  }
  return env.WALLET.getByName(studio);
}

const lastInD1 = async (studio: string) => (await env.DB.prepare("SELECT seq, hash AS head FROM wallet_entries WHERE wallet = ? ORDER BY seq DESC LIMIT 1").bind(studio).first<{ seq: number; head: string }>()) ?? { seq: 0, head: "" };

/** A wallet whose log reached entry 9 in D1 and whose object was restored to entry 2. */
async function lost() {
  const studio = newStudio();
  const wallet = env.WALLET.getByName(studio);
  await wallet.grant(grant("g1", 100));
  await wallet.hold(hold("early", 30));
  const kept = await keep(wallet);
  const answers = [
    await wallet.capture({ key: "c1", hold: "early", item: "shot", credits: 12, reason: "delivered" }), await wallet.release({ key: "r1", hold: "early", cause: "failed" }), await wallet.grant(grant("g2", 50)),
    await wallet.hold(hold("late", 40)), await wallet.capture({ key: "c2", hold: "late", item: "shot", credits: 1, reason: "delivered" }), await wallet.clawBack({ key: "x", credits: 3, reason: "refund", ref: "re_1" }), await wallet.hold(hold("free", 0)),
  ];
  await runDurableObjectAlarm(wallet);
  const before = { balance: await wallet.balance(), lots: await wallet.lots(), holds: await wallet.holds({ state: "open", limit: 10 }) };
  return { studio, kept, answers, before };
}

const standing = async (wallet: DurableObjectStub<Wallet>) => ({ balance: await wallet.balance(), lots: await wallet.lots(), holds: await wallet.holds({ state: "open", limit: 10 }) });

test("a restored wallet that hears of its later entries freezes before it forks, and takes them over when it is thawed", async () => {
  const { studio, kept, answers, before } = await lost();
  const wallet = await restore(studio, kept);
  const end = await lastInD1(studio);
  expect(end.seq).toBe(9);
  await wallet.poke(end);
  expect(await wallet.grant(grant("g3", 1))).toMatchObject({ ok: false, code: "frozen" });
  expect(await env.DB.prepare("SELECT frozen FROM wallets WHERE wallet = ?").bind(studio).first("frozen")).toMatch(/entry 9/);
  expect(await wallet.thaw(end)).toEqual({ ok: true, seq: 9, adopted: 7 });
  expect(await standing(wallet)).toEqual(before);
  expect((await wallet.check()).faults).toEqual([]);
  expect(await env.DB.prepare("SELECT frozen FROM wallets WHERE wallet = ?").bind(studio).first("frozen")).toBeNull();
  expect(await env.DB.prepare("SELECT state FROM findings WHERE id = ?").bind(`wallet:${studio}:frozen`).first("state")).toBe("resolved");

  const again = [
    await wallet.capture({ key: "c1", hold: "early", item: "shot", credits: 12, reason: "delivered" }), await wallet.release({ key: "r1", hold: "early", cause: "failed" }), await wallet.grant(grant("g2", 50)),
    await wallet.hold(hold("late", 40)), await wallet.capture({ key: "c2", hold: "late", item: "shot", credits: 1, reason: "delivered" }), await wallet.clawBack({ key: "x", credits: 3, reason: "refund", ref: "re_1" }), await wallet.hold(hold("free", 0)),
  ];
  expect(again).toEqual(answers);
  expect(await wallet.grant(grant("g2", 51))).toEqual({ ok: false, code: "key_reused" });
  expect(await wallet.capture({ key: "c3", hold: "late", item: "shot", credits: 1, reason: "delivered" })).toMatchObject({ code: "item_captured" });
  expect((await wallet.balance()).seq).toBe(9);
  expect(await wallet.release({ key: "r2", hold: "late", cause: "settled" })).toMatchObject({ ok: true, captured: 1, returned: 39 });
  await runDurableObjectAlarm(wallet);
  expect(await lastInD1(studio)).toMatchObject({ seq: 10, head: (await wallet.balance()).head });
});

test("a wallet that was restored to nothing gets all of it back", async () => {
  const { studio, before } = await lost();
  const wallet = await restore(studio, null);
  const end = await lastInD1(studio);
  await wallet.poke(end);
  expect((await wallet.balance()).frozen).toMatch(/lacks/);
  expect(await wallet.thaw(end)).toEqual({ ok: true, seq: 9, adopted: 9 });
  expect(await standing(wallet)).toEqual(before);
  expect((await wallet.check()).faults).toEqual([]);
});

test("a thaw whose answer was lost is repeated without a second effect, and D1 hears of it", async () => {
  const { studio, kept, before } = await lost();
  const wallet = await restore(studio, kept);
  const end = await lastInD1(studio);
  await wallet.poke(end);
  await runInDurableObject(wallet, async (instance: Wallet) => {
    const failing = vi.spyOn(env.DB, "batch").mockRejectedValueOnce(new Error("D1_ERROR: overloaded"));
    await expect(instance.thaw(end)).rejects.toThrow(/overloaded/);
    failing.mockRestore();
  });
  expect(await env.DB.prepare("SELECT frozen FROM wallets WHERE wallet = ?").bind(studio).first("frozen")).toMatch(/lacks/);
  expect(await wallet.thaw(end)).toEqual({ ok: true, seq: 9, adopted: 0 });
  expect(await env.DB.prepare("SELECT frozen FROM wallets WHERE wallet = ?").bind(studio).first("frozen")).toBeNull();
  expect(await standing(wallet)).toEqual(before);
});

test("a wallet that went on before it was found out has forked, and no thaw mends that", async () => {
  const { studio, kept } = await lost();
  const wallet = await restore(studio, kept);
  await wallet.grant(grant("other", 1_000));
  const end = await lastInD1(studio);
  await wallet.poke(end);
  expect(await wallet.thaw(end)).toMatchObject({ ok: false, code: "forked", detail: expect.stringMatching(/entry 3/) });
  for (let count = 0; count < 9; count += 1) await wallet.grant(grant(`more ${count}`, 1));
  expect(await wallet.balance()).toMatchObject({ seq: 3, available: 1_070 });
  const own = await wallet.balance();
  expect(await wallet.thaw({ seq: own.seq, head: own.head })).toMatchObject({ ok: false, code: "forked" });
  expect((await wallet.balance()).frozen).not.toBeNull();
});

test("rows that somebody made up, changed or took away are not taken over", async () => {
  const { studio, kept } = await lost();
  const wallet = await restore(studio, kept);
  const end = await lastInD1(studio);
  await wallet.poke(end);
  const row = await env.DB.prepare("SELECT body, hash FROM wallet_entries WHERE wallet = ? AND seq = 5").bind(studio).first<{ body: string; hash: string }>();
  const put = (body: string, hash: string) => env.DB.prepare("UPDATE wallet_entries SET body = ?, hash = ? WHERE wallet = ? AND seq = 5").bind(body, hash, studio).run();
  const richer = (row?.body ?? "").replaceAll(/50(?=,"lot")/g, "5000");
  await put(richer, row?.hash ?? "");
  expect(await wallet.thaw(end)).toMatchObject({ ok: false, code: "forked", detail: expect.stringMatching(/entry 5.*hash/) });
  await put(richer, sha256(richer));
  expect(await wallet.thaw(end)).toMatchObject({ ok: false, code: "forked", detail: expect.stringMatching(/entry 6.*follow/) });
  await env.DB.prepare("DELETE FROM wallet_entries WHERE wallet = ? AND seq = 5").bind(studio).run();
  expect(await wallet.thaw(end)).toMatchObject({ ok: false, code: "forked", detail: expect.stringMatching(/entry 6.*expected entry 5/) });
  await env.DB.prepare("DELETE FROM wallet_entries WHERE wallet = ? AND seq > 4").bind(studio).run();
  expect(await wallet.thaw(end)).toMatchObject({ ok: false, code: "changed" });
  expect(await wallet.balance()).toMatchObject({ seq: 2, available: 70, held: 30 });
});

test("a wallet that is not frozen has nothing to thaw, and one that nobody knows leaves nothing behind", async () => {
  const studio = newStudio();
  const wallet = env.WALLET.getByName(studio);
  expect(await wallet.thaw({ seq: 1, head: "x" })).toMatchObject({ ok: false, code: "not_frozen" });
  expect(await runInDurableObject(wallet, (_, { storage: { sql } }) => sql.exec("SELECT count(*) AS tables FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").one())).toEqual({ tables: 0 });
  await wallet.grant(grant("g", 5));
  expect(await wallet.thaw({ seq: 2, head: "x" })).toMatchObject({ ok: false, code: "not_frozen" });
});
