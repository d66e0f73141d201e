import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { sha256 } from "#objects/wallet/entry.ts";
import { newWorld } from "../../../../test/world.ts";
import { findingsOf, projected, reconcile } from "../testing/reconciling.ts";

const HOUR = 3_600_000;
const ref = { run: "none_1", project: "proj_1", member: null, apiKey: null };

/** A studio whose wallet has six entries: the free credits, a pack, a hold, a capture, its release, an open hold. */
async function moved(): Promise<string> {
  const { studio } = await newWorld({ credits: 250 });
  const wallet = env.WALLET.getByName(studio);
  await wallet.hold({ key: "h1", hold: "hold_1", credits: 40, expiresAt: Date.now() + 48 * HOUR, ref });
  await wallet.capture({ key: "c1", hold: "hold_1", item: "job_1", credits: 25, reason: "delivered" });
  await wallet.release({ key: "r1", hold: "hold_1", cause: "settled" });
  await wallet.hold({ key: "h2", hold: "hold_2", credits: 10, expiresAt: Date.now() + 48 * HOUR, ref });
  await projected(studio);
  return studio;
}

const rows = async (studio: string) => ({
  entries: (await env.DB.prepare("SELECT seq, body, hash, available, held, spent FROM wallet_entries WHERE wallet = ? ORDER BY seq").bind(studio).all()).results,
  holds: (await env.DB.prepare("SELECT * FROM wallet_holds WHERE wallet = ? ORDER BY hold").bind(studio).all()).results,
  wallet: await env.DB.prepare("SELECT available, held, debt, spent, head, seq, frozen FROM wallets WHERE wallet = ?").bind(studio).first(),
});
const sql = (text: string, ...values: unknown[]) => env.DB.prepare(text).bind(...values).run();
const found = async (studio: string) => (await findingsOf(studio)).map(({ source, severity, entry, credits, repaired, state }) => [source, severity, entry, credits, repaired === 1 ? "repaired" : state]);

test("books that agree have no findings, and everything was looked at", async () => {
  const studio = await moved();
  const run = await reconcile(studio);
  expect(run).toMatchObject({ state: "succeeded", scope: "studio", studio, differences: 0, repaired: 0 });
  expect(run.checks.map(({ check, state }) => [check, state])).toEqual([["object-itself", "done"], ["object-projection", "done"], ["jobs-ledger", "done"], ["quotes-captures", "done"], ["files-takes", "done"]]);
  expect(run.checks.find(({ check }) => check === "object-projection")?.examined).toBe(6 + 2 + 1);
  expect(await findingsOf(studio)).toEqual([]);
});

test("an altered entry in a wallet's own log is found by its number, touched by nobody, and closes when it is right again", async () => {
  const studio = await moved();
  const wallet = env.WALLET.getByName(studio);
  const alter = (from: string, to: string) => runInDurableObject(wallet, (_, { storage }) => {
    storage.sql.exec("DROP TRIGGER IF EXISTS entries_are_final");
    storage.sql.exec("UPDATE entries SET body = replace(body, ?, ?) WHERE seq = 4", from, to);
  });
  await alter('"credits":25', '"credits":24');
  await reconcile(studio);
  expect(await found(studio)).toEqual([["object-itself", "critical", 4, null, "open"], ["object-projection", "critical", 4, 25, "open"]]);
  expect((await rows(studio)).entries[3]).toMatchObject({ body: expect.stringContaining('"credits":25') });
  await alter('"credits":24', '"credits":25');
  await reconcile(studio);
  expect((await findingsOf(studio)).map(({ state, resolution, repaired: isRepaired }) => [state, resolution, isRepaired])).toEqual([["resolved", "No longer seen.", 0], ["resolved", "No longer seen.", 0]]);
});

test("where the copy has another whole log, nothing is written anew: the wallet freezes, and a person decides", async () => {
  const studio = await moved();
  const last = await env.DB.prepare("SELECT body FROM wallet_entries WHERE wallet = ? AND seq = 6").bind(studio).first<{ body: string }>();
  const other = (last?.body ?? "").replaceAll('"credits":10', '"credits":9').replaceAll('"credits":-10', '"credits":-9');
  await sql("UPDATE wallet_entries SET body = ?, hash = ? WHERE wallet = ? AND seq = 6", other, sha256(other), studio);
  const before = await rows(studio);
  await reconcile(studio);
  expect((await findingsOf(studio)).filter(({ source }) => source === "object-projection")).toMatchObject([{ entry: 6, severity: "critical", state: "open", detail: "D1 has another true entry in its place" }]);
  expect((await rows(studio)).entries).toEqual(before.entries);
  expect((await env.WALLET.getByName(studio).balance()).frozen).toMatch(/entry 6/);
});

test("a row that was altered with a new hash is no rival while the next one follows the wallet's", async () => {
  const studio = await moved();
  const before = await rows(studio);
  const row = await env.DB.prepare("SELECT body FROM wallet_entries WHERE wallet = ? AND seq = 2").bind(studio).first<{ body: string }>();
  const other = (row?.body ?? "").replaceAll("150", "950");
  await sql("UPDATE wallet_entries SET body = ?, hash = ?, available = 950 WHERE wallet = ? AND seq = 2", other, sha256(other), studio);
  await reconcile(studio);
  expect(await found(studio)).toEqual([["object-projection", "critical", 2, 800, "repaired"]]);
  expect(await rows(studio)).toEqual(before);
});

test("books that do not follow from the log are found, although every entry is right", async () => {
  const studio = await moved();
  await runInDurableObject(env.WALLET.getByName(studio), (_, { storage }) => {
    storage.sql.exec("UPDATE lots SET available = available + 7 WHERE id = 1");
  });
  await reconcile(studio);
  expect((await findingsOf(studio)).filter(({ source }) => source === "object-itself")).toMatchObject([{ severity: "critical", entry: null, subject: studio, detail: expect.stringMatching(/lot 1, available/) }]);
});

const corruptions: [name: string, corrupt: (studio: string) => Promise<unknown>, expected: unknown[]][] = [
  ["a lost entry", (studio) => sql("DELETE FROM wallet_entries WHERE wallet = ? AND seq = 3", studio), ["object-projection", "warning", 3, 40, "repaired"]],
  ["the last entry lost", (studio) => sql("DELETE FROM wallet_entries WHERE wallet = ? AND seq = 6", studio), ["object-projection", "warning", 6, 10, "repaired"]],
  ["an altered text", (studio) => sql("UPDATE wallet_entries SET body = replace(body, '\"credits\":25', '\"credits\":5') WHERE wallet = ? AND seq = 4", studio), ["object-projection", "critical", 4, 0, "repaired"]],
  ["an altered hash", (studio) => sql("UPDATE wallet_entries SET hash = 'x' WHERE wallet = ? AND seq = 2", studio), ["object-projection", "critical", 2, 0, "repaired"]],
  ["an altered figure", (studio) => sql("UPDATE wallet_entries SET spent = 3 WHERE wallet = ? AND seq = 4", studio), ["object-projection", "critical", 4, 22, "repaired"]],
  ["an entry that stands there again", (studio) => sql("INSERT INTO wallet_entries (wallet, seq, available, held, spent, body, hash) SELECT wallet, 7, available, held, spent, body, hash FROM wallet_entries WHERE wallet = ? AND seq = 2", studio), ["object-projection", "critical", 7, 150, "repaired"]],
  ["a made-up entry", (studio) => sql("INSERT INTO wallet_entries (wallet, seq, available, held, spent, body, hash) VALUES (?, 9, 1000, 0, 0, '{\"at\":1,\"kind\":\"grant\"}', 'x')", studio), ["object-projection", "critical", 9, 1000, "repaired"]],
  ["a lost hold", (studio) => sql("DELETE FROM wallet_holds WHERE wallet = ? AND hold = 'hold_1'", studio), ["object-projection", "warning", 5, 40, "repaired"]],
  ["an altered hold", (studio) => sql("UPDATE wallet_holds SET captured = 0, state = 'open', seq = 99 WHERE wallet = ? AND hold = 'hold_1'", studio), ["object-projection", "critical", 5, 25, "repaired"]],
  ["a made-up hold", (studio) => sql("INSERT INTO wallet_holds SELECT wallet, 'hold_3', run, project, member, api_key, state, 11, captured, remaining, opened_at, expires_at, closed_at, seq FROM wallet_holds WHERE wallet = ? AND hold = 'hold_2'", studio), ["object-projection", "critical", null, 11, "repaired"]],
  ["an altered standing", (studio) => sql("UPDATE wallets SET available = available + 500 WHERE wallet = ?", studio), ["object-projection", "critical", 6, 500, "repaired"]],
  ["a standing from the future", (studio) => sql("UPDATE wallets SET seq = 4000, head = 'x' WHERE wallet = ?", studio), ["object-projection", "critical", 6, 0, "repaired"]],
  ["a lost standing", (studio) => sql("DELETE FROM wallets WHERE wallet = ?", studio), ["object-projection", "warning", 6, 225, "repaired"]],
];

test.each(corruptions)("%s in the copy is found, named and put right, and nothing else is", async (_, corrupt, expected) => {
  const studio = await moved();
  const before = await rows(studio);
  await corrupt(studio);
  expect(await rows(studio)).not.toEqual(before);
  expect(await reconcile(studio)).toMatchObject({ state: "succeeded", differences: 1, repaired: 1 });
  expect(await found(studio)).toEqual([expected]);
  expect(await rows(studio)).toEqual(before);
  expect(await reconcile(studio)).toMatchObject({ differences: 0, repaired: 0 });
});

test("an entry that was moved to another wallet is found in both, and a wallet whose copy is all gone gets it back", async () => {
  const [from, to] = [await moved(), await moved()];
  const before = [await rows(from), await rows(to)];
  await sql("UPDATE wallet_entries SET wallet = ?, seq = 7 WHERE wallet = ? AND seq = 4", to, from);
  await reconcile(from);
  await reconcile(to);
  expect(await found(from)).toEqual([["object-projection", "warning", 4, 25, "repaired"]]);
  expect((await findingsOf(to))[0]).toMatchObject({ entry: 7, credits: 25, detail: expect.stringContaining(`entry 4 of ${from}`) });
  expect([await rows(from), await rows(to)]).toEqual(before);
  for (const table of ["wallet_entries", "wallet_holds", "wallets"]) await sql(`DELETE FROM ${table} WHERE wallet = ?`, from);
  await reconcile(from);
  expect(await rows(from)).toEqual(before[0]);
});

test("what the wallet wrote just now is on its way, and no finding", async () => {
  const studio = await moved();
  await sql("DELETE FROM wallet_entries WHERE wallet = ? AND seq = 6", studio);
  await sql("DELETE FROM wallet_holds WHERE wallet = ? AND hold = 'hold_2'", studio);
  expect(await reconcile(studio, 0)).toMatchObject({ differences: 0 });
});

test("a wallet that lacks true entries is frozen before it forks, keeps its rows, and needs two administrators", async () => {
  const studio = await moved();
  const wallet = env.WALLET.getByName(studio);
  await runInDurableObject(wallet, (_, { storage }) => storage.deleteAll());
  await evictDurableObject(wallet);
  const before = await rows(studio);
  await reconcile(studio);
  expect((await env.WALLET.getByName(studio).balance()).frozen).toMatch(/lacks/);
  expect((await rows(studio)).entries).toEqual(before.entries);
  expect((await rows(studio)).holds).toEqual(before.holds);
  expect((await findingsOf(studio)).filter(({ detail }) => detail.includes("lacks")).map(({ entry, state, severity }) => [entry, state, severity])).toEqual([1, 2, 3, 4, 5, 6].map((entry) => [entry, "open", "critical"]));
});

test("a copy of a long log that is all gone is written anew, however many entries that are", async () => {
  const { studio } = await newWorld();
  const wallet = env.WALLET.getByName(studio);
  for (let number = 0; number < 1_250; number += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => wallet.grant({ key: `g${number + index}`, bucket: "promo", credits: 1, expiresAt: null, reason: "a reason that is long enough to be like one".repeat(4), ref: `ref_${number + index}` })));
  }
  await projected(studio);
  const before = await rows(studio);
  await sql("UPDATE wallet_entries SET body = body || ' ', hash = 'x' WHERE wallet = ?", studio);
  const run = await reconcile(studio);
  expect(run).toMatchObject({ state: "succeeded", differences: 1_251, repaired: 1_251 });
  expect(await rows(studio)).toEqual(before);
});
