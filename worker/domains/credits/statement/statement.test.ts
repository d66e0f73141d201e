import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import type { Wallet } from "#objects/wallet/object.ts";
import { checkOlder, checkStatement } from "../../../../scripts/verify-statement.mjs";
import { newWorld, type World } from "../../../../test/world.ts";
import { beginNightlyRoot, continueRoot } from "../roots/collecting.ts";
import type { Statement } from "./contract.ts";
import { dayStart, ENTRIES_MAX, layOut, momentsOf, WHOLE_ENTRIES_MAX } from "./rules.ts";

const HOUR = 3_600_000;
let night = Date.parse("2041-01-01T03:17:00Z");

/** Signs a root of all wallets. */
async function sign(): Promise<void> {
  const at = (night += 2 * 24 * HOUR);
  const ctx = { ...systemCtx(env, openDb(env), "test", (work) => void work), now: () => at };
  await beginNightlyRoot(ctx);
  while (await env.DB.prepare("SELECT 1 FROM roots WHERE state = 'collecting'").first()) await continueRoot(ctx);
}

/** What happens to a wallet in a day: a hold, a capture, the rest back. */
async function day(world: World, name: string): Promise<void> {
  const wallet = env.WALLET.getByName(world.studio);
  await wallet.hold({ key: `h${name}`, hold: `hold_${name}`, credits: 5, expiresAt: Date.now() + HOUR, ref: { run: `run_${name}`, project: null, member: world.user, apiKey: null } });
  await wallet.capture({ key: `c${name}`, hold: `hold_${name}`, item: `job_${name}`, credits: 2, reason: "Ünïcode \"quotes\" \\ and 🎬" });
  await wallet.release({ key: `r${name}`, hold: `hold_${name}`, cause: "settled" });
}

async function get(world: World, query = ""): Promise<Statement> {
  const answer = await world.get(`/api/v1/wallet/statement${query}`);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json();
}

test("a statement proves itself to a stranger, up to the newest root, and says what no root covers yet", async () => {
  const world = await newWorld();
  await day(world, "a");
  await expect.poll(() => env.DB.prepare("SELECT seq FROM wallets WHERE wallet = ?").bind(world.studio).first("seq"), { timeout: 10_000 }).toBe(4);
  expect(await get(world)).toMatchObject({ root: null, rootless: "no signed root has this wallet yet", unsigned: { from: 1 } });
  await sign();
  const older = await get(world);
  expect(older).toMatchObject({ wallet: world.studio, range: { first: 1, last: 4 }, opening: { seq: 0, stated: null }, unsigned: null, keys: { at: "https://dailies.example/.well-known/dailies-keys.json" } });
  await day(world, "b");
  const newer = await get(world);
  expect(newer.unsigned).toEqual({ from: 5, why: "not yet under a signed root" });
  const published = await (await world.get("/.well-known/dailies-keys.json")).json();
  expect(published).toEqual(newer.keys.jwks);
  const { state, leaf } = checkStatement(newer, published);
  expect([state.seq, leaf.seq, state.accounts["promo"], state.accounts["spent"]]).toEqual([7, 4, 96, 4]);
  checkOlder(newer, older);
});

test("it is a file to download, of one's own wallet alone", async () => {
  const world = await newWorld();
  const answer = await world.get("/api/v1/wallet/statement");
  expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="dailies-statement-${world.studio}-1-1.json"`);
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  const eve = await world.stranger();
  expect((await eve.get("/api/v1/wallet/statement", { "dailies-studio": world.studio })).status).toBe(404);
});

test("a range of time marks its entries, and the others are there to connect them", async () => {
  const world = await newWorld();
  const wallet = env.WALLET.getByName(world.studio);
  const times = ["2043-03-29T00:30:00Z", "2043-03-29T21:59:59Z", "2043-03-29T22:00:00Z", "2043-04-30T21:59:59.999Z", "2043-04-30T22:00:00Z"];
  await wallet.setTimeZone({ timeZone: "Europe/Berlin" });
  await runInDurableObject(wallet, async (instance: Wallet) => {
    let now = 0;
    Object.defineProperty(instance, "now", { configurable: true, value: () => now });
    for (const [at, time] of times.entries()) {
      now = Date.parse(time);
      await instance.grant({ key: `g${at}`, bucket: "purchased", credits: 1, expiresAt: null, reason: "pack", ref: "in_1" });
    }
  });
  const range = async (query: string) => {
    const statement = await get(world, query);
    checkStatement(statement);
    return [statement.range.first, statement.range.last];
  };
  expect(await range("?from=2043-03-29&to=2043-03-29")).toEqual([2, 3]);
  expect(await range("?from=2043-03-30&to=2043-04-30")).toEqual([4, 5]);
  expect(await range("?from=2043-04-30T22:00:00Z")).toEqual([6, 6]);
  expect(await range(`?from=${encodeURIComponent("2043-03-29T23:59:59+02:00")}&to=2043-03-29T22:00:00Z`)).toEqual([3, 3]);
  expect(await range("?from=2050-01-01")).toEqual([7, 6]);
  expect(await range("?to=2001-01-01")).toEqual([1, 0]);
});

test("a range that is none is refused, and the field is named", async () => {
  const world = await newWorld();
  for (const [query, pointer] of [
    ["from=yesterday", "query/from"], ["to=2027-02-29", "query/to"], ["from=2027-01-01T00:00", "query/from"], ["from=2027-01-02&to=2027-01-01", "query/to"],
    ["from=2027-01-01T00:00:00Z&to=2027-01-01T00:00:00Z", "query/to"], ["from=", "query/from"], ["from=1%00", "query/from"], ["to=9999-12-31", "query/to"], ["from=0001-01-01", "query/from"],
  ]) {
    const answer = await world.get(`/api/v1/wallet/statement?${query}`);
    expect([query, answer.status, (await answer.json<{ errors: { pointer: string }[] }>()).errors.map((error) => error.pointer)]).toEqual([query, 422, [pointer]]);
  }
  expect((await world.get("/api/v1/wallet/statement?from=2027-01-01&to=2027-01-01")).status).toBe(200);
});

test("a long log begins at its range, or where the root ends, and is never longer than a file may be", () => {
  const span = (first: number, last: number, seq: number) => ({ first, last, seq, before: "", head: "" });
  expect(layOut(span(500, 600, WHOLE_ENTRIES_MAX), 700)).toEqual({ start: 1, end: 700, reachesRoot: true });
  expect(layOut(span(25_000, 26_000, 40_000), 30_000)).toEqual({ start: 25_000, end: 30_000, reachesRoot: true });
  expect(layOut(span(35_000, 36_000, 40_000), 30_000)).toEqual({ start: 30_001, end: 36_000, reachesRoot: true });
  expect(layOut(span(1, 40_000, 40_000), null)).toEqual({ start: 1, end: 40_000, reachesRoot: false });
  expect(layOut(span(25_000, 26_000, 900_000), 900_000)).toEqual({ start: 25_000, end: 26_000, reachesRoot: false });
  expect(layOut(span(1, ENTRIES_MAX, ENTRIES_MAX), ENTRIES_MAX)).toMatchObject({ start: 1, end: ENTRIES_MAX });
  expect(layOut(span(1, ENTRIES_MAX + 1, ENTRIES_MAX + 1), null)).toBe(null);
});

test("days begin in the studio's time zone, also where clocks change and at the ends of the earth", () => {
  const at = (date: string, timeZone: string) => new Date(dayStart(date, timeZone)).toISOString();
  expect(at("2027-03-28", "Europe/Berlin")).toBe("2027-03-27T23:00:00.000Z");
  expect(at("2027-03-29", "Europe/Berlin")).toBe("2027-03-28T22:00:00.000Z");
  expect(at("2027-01-01", "Pacific/Kiritimati")).toBe("2026-12-31T10:00:00.000Z");
  expect(at("2027-01-01", "Etc/GMT+12")).toBe("2027-01-01T12:00:00.000Z");
  expect(momentsOf({ to: "2028-02-29" }, "UTC")).toEqual({ from: null, to: Date.parse("2028-03-01T00:00:00Z") });
});
