import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from "jose";
import { beforeAll, expect, test, vi } from "vitest";
import { type Ctx, systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { hex, sha256 } from "#core/encoding.ts";
import type { Wallet } from "#objects/wallet/object.ts";
import { anonymous, newWorld } from "../../../../test/world.ts";
import { beginNightlyRoot, continueRoot } from "./collecting.ts";
import type { KeySet, Root, SignedRoot } from "./contract.ts";
import { parseKeys } from "./keys.ts";
import { type Inclusion, inclusionOf } from "./service.ts";
import { fromHex, leafHash } from "./tree.ts";

const DAY = 86_400_000;
/** Nights far from each other, and from the real one. */
let night = Date.parse("2031-01-01T03:17:00Z");
const ctxAt = (now: () => number): Ctx => ({ ...systemCtx(env, openDb(env), "test", (work) => void work), now });
const nextNight = (): Ctx => {
  night += 2 * DAY;
  const at = night;
  return ctxAt(() => at);
};

async function newWallet(entries = 2): Promise<string> {
  const studio = `stu_root_${crypto.randomUUID()}`;
  for (let count = 0; count < entries; count += 1) await grant(studio);
  await runDurableObjectAlarm(env.WALLET.getByName(studio));
  await vi.waitUntil(async () => (await env.DB.prepare("SELECT seq FROM wallets WHERE wallet = ?").bind(studio).first("seq")) === entries, { timeout: 10_000 });
  return studio;
}
const grant = (studio: string) => env.WALLET.getByName(studio).grant({ key: crypto.randomUUID(), bucket: "purchased", credits: 10, expiresAt: null, reason: "pack", ref: "in_1" });
const collecting = () => env.DB.prepare("SELECT number, wallets, cursor FROM roots WHERE state = 'collecting'").first<{ number: number; wallets: number; cursor: string }>();
const newest = async (): Promise<SignedRoot> => {
  const { data } = await (await anonymous.get("/api/v1/ledger/roots?limit=1")).json<{ data: Root[] }>();
  return (await anonymous.get(`/api/v1/ledger/roots/${data[0]?.number}`)).json();
};
const keys = async (): Promise<KeySet> => (await anonymous.get("/.well-known/dailies-keys.json")).json();
const findingsOf = async (studio: string) => (await env.DB.prepare("SELECT severity, data ->> 'code' AS code FROM findings WHERE studio = ? AND source = 'roots'").bind(studio).all()).results;

/** A night from its beginning to the signature. */
async function wholeNight(ctx = nextNight()): Promise<void> {
  await beginNightlyRoot(ctx);
  for (let minutes = 0; await collecting(); minutes += 1) {
    if (minutes > 100) throw new Error("the root is never signed");
    await continueRoot(ctx);
  }
}

async function inclusion(studio: string): Promise<Inclusion> {
  const proof = await inclusionOf(nextNight(), studio);
  if (!proof) throw new Error(`${studio} is in no root`);
  return proof;
}

/** RFC 9162, 2.1.3.2, written anew. */
async function foldPath({ leaf, index, size, path }: Inclusion): Promise<string> {
  const node = async (left: Uint8Array, right: Uint8Array) => fromHex(await sha256(Uint8Array.from([1, ...left, ...right])));
  let [at, last, hash] = [index, size - 1, leafHash(leaf)];
  for (const sibling of path.map(fromHex)) {
    if (at % 2 === 1 || at === last) {
      hash = await node(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at >> 1, last >> 1];
    } else {
      hash = await node(hash, sibling);
    }
    [at, last] = [at >> 1, last >> 1];
  }
  return last === 0 ? hex(hash) : "the path is too short";
}

beforeAll(async () => {
  await newWallet();
});

test("a night signs what every wallet says of itself, and anyone can check it with the published keys", async () => {
  const studios = await Promise.all(Array.from({ length: 5 }, () => newWallet()));
  await wholeNight();
  const root = await newest();
  const { payload, protectedHeader } = await compactVerify(root.jws, createLocalJWKSet(await keys()));
  expect(protectedHeader).toEqual({ alg: "EdDSA", kid: "test", typ: "dailies-root+jws" });
  expect(new TextDecoder().decode(payload)).toBe(root.record);
  expect(await sha256(root.record)).toBe(root.hash);
  expect(JSON.parse(root.record)).toEqual({ at: Date.parse(root.at), number: root.number, previous: root.previous, root: root.root, v: 1, wallets: root.wallets });
  for (const studio of studios) {
    const { seq, head } = await env.WALLET.getByName(studio).balance();
    const proof = await inclusion(studio);
    expect(proof).toMatchObject({ number: root.number, jws: root.jws, leaf: { wallet: studio, seq, head }, size: root.wallets });
    expect(await foldPath(proof)).toBe(root.root);
  }
});

test("each root names the one before it, and no wallet goes backwards from one to the next", async () => {
  const studio = await newWallet();
  await wholeNight();
  const [first, before] = [await newest(), await inclusion(studio)];
  await grant(studio);
  await wholeNight();
  const [second, after] = [await newest(), await inclusion(studio)];
  expect(second).toMatchObject({ number: first.number + 1, previous: first.hash });
  expect([before.leaf.seq, after.leaf.seq]).toEqual([2, 3]);
  expect(second.wallets).toBeGreaterThanOrEqual(first.wallets);
});

test("a night that begins twice, with minutes that run at once, signs one root", async () => {
  await newWallet();
  const ctx = nextNight();
  const before = (await env.DB.prepare("SELECT coalesce(max(number), 0) AS number FROM roots").first<{ number: number }>())?.number ?? 0;
  await Promise.all([beginNightlyRoot(ctx), beginNightlyRoot(ctx), continueRoot(ctx), continueRoot(ctx)]);
  await wholeNight(ctx);
  expect((await newest()).number).toBe(before + 1);
  const leaves = await env.DB.prepare("SELECT count(*) AS count, max(ord) + 1 AS next, count(DISTINCT ord) AS places FROM root_leaves WHERE root = ?").bind(before + 1).first();
  const { wallets } = await newest();
  expect(leaves).toEqual({ count: wallets, next: wallets, places: wallets });
});

test("a night that is cut short after every step goes on where it was, and asks nobody twice", async () => {
  await Promise.all(Array.from({ length: 110 }, () => newWallet(1)));
  const at = nextNight().now();
  let ticks = 0;
  const oneStepOnly = ctxAt(() => at + 13_000 * (ticks += 1));
  await beginNightlyRoot(oneStepOnly);
  const seen: string[] = [];
  for (let root = await collecting(); root; root = await collecting()) {
    expect(seen).not.toContain(root.cursor);
    seen.push(root.cursor);
    const dying = ctxAt(() => at);
    dying.db = new Proxy(dying.db, { get: (db, name) => (name === "batch" ? () => Promise.reject(new Error("killed")) : Reflect.get(db, name)) });
    await expect(continueRoot(dying)).rejects.toThrow("killed");
    await continueRoot(oneStepOnly);
  }
  expect(seen.length).toBeGreaterThanOrEqual(3);
  const root = await newest();
  expect(await env.DB.prepare("SELECT count(*) AS count FROM root_leaves WHERE root = ?").bind(root.number).first()).toEqual({ count: root.wallets });
});

test("a wallet that does not answer keeps what it had, becomes one finding, and does not stop the night", async () => {
  const studio = await newWallet();
  await wholeNight();
  const before = await inclusion(studio);
  await runInDurableObject(env.WALLET.getByName(studio), (wallet: Wallet) => {
    Object.defineProperty(wallet, "leaf", { configurable: true, value: () => Promise.reject(new Error("broken")) });
  });
  await wholeNight();
  await wholeNight();
  const after = await inclusion(studio);
  expect(after.number).toBe(before.number + 2);
  expect(after.leaf).toEqual(before.leaf);
  expect(await findingsOf(studio)).toEqual([{ severity: "warning", code: "silent" }]);
  await runInDurableObject(env.WALLET.getByName(studio), (wallet: Wallet) => void Reflect.deleteProperty(wallet, "leaf"));
});

test("a wallet that was restored freezes, and the root keeps what was signed of it", async () => {
  const studio = await newWallet(4);
  await wholeNight();
  const before = await inclusion(studio);
  const wallet = env.WALLET.getByName(studio);
  await runInDurableObject(wallet, (_, state) => state.storage.deleteAll());
  await evictDurableObject(wallet);
  for (let count = 0; count < 2; count += 1) await grant(studio);
  await wholeNight();
  expect((await inclusion(studio)).leaf).toEqual(before.leaf);
  expect(await env.WALLET.getByName(studio).hold({ key: "h", hold: "h", credits: 1, expiresAt: Date.now() + DAY, ref: { run: "r", project: null, member: null, apiKey: null } })).toMatchObject({ code: "frozen" });
  expect(await findingsOf(studio)).toEqual([{ severity: "critical", code: "frozen" }]);
});

test("leaves of old roots are forgotten, their signatures are not", async () => {
  await wholeNight();
  const { number } = await newest();
  await wholeNight();
  await wholeNight();
  for (let minutes = 0; minutes < 30; minutes += 1) await continueRoot(ctxAt(() => night));
  const kept = await env.DB.prepare("SELECT DISTINCT root FROM root_leaves ORDER BY root").all<{ root: number }>();
  expect(kept.results.length).toBeLessThanOrEqual(3);
  expect((await anonymous.get(`/api/v1/ledger/roots/${number}`)).status).toBe(200);
});

test("roots are public and name no wallet; numbers that are none are not there", async () => {
  const studio = await newWallet();
  await wholeNight();
  const answer = await anonymous.get("/api/v1/ledger/roots");
  expect(answer.headers.get("cache-control")).toBe("public, max-age=60");
  expect(await answer.text()).not.toContain(studio);
  const one = await anonymous.get(`/api/v1/ledger/roots/${(await newest()).number}`);
  expect(one.headers.get("cache-control")).toContain("immutable");
  expect(await one.text()).not.toContain("stu_");
  for (const number of ["0", "-1", "1e3", "999999999", "1%20", "x"]) expect((await anonymous.get(`/api/v1/ledger/roots/${number}`)).status).toBe(404);
});

test("a studio sees how far the newest root covers its own log, and that what came later is not signed yet", async () => {
  const world = await newWorld();
  const seqInD1 = () => env.DB.prepare("SELECT seq FROM wallets WHERE wallet = ?").bind(world.studio).first<number>("seq");
  expect(await (await world.get("/api/v1/wallet/root")).json()).toMatchObject({ code: "root.not_found" });
  await runDurableObjectAlarm(env.WALLET.getByName(world.studio));
  await vi.waitUntil(async () => ((await seqInD1()) ?? 0) > 0, { timeout: 10_000 });
  const signed = (await env.WALLET.getByName(world.studio).balance()).seq;
  await wholeNight();
  await grant(world.studio);
  const { number, at } = await newest();
  expect(await (await world.get("/api/v1/wallet/root")).json()).toEqual({ object: "wallet_root", number, at, seq: signed });
});

test("an administrator has a root signed now; nobody else sees that this can be asked", async () => {
  const admin = await newWorld();
  expect((await admin.post("/api/v1/ledger/roots")).status).toBe(404);
  await env.DB.prepare("UPDATE users SET admin = 1 WHERE id = ?").bind(admin.user).run();
  const before = (await newest()).number;
  const answer = await admin.post("/api/v1/ledger/roots");
  expect([answer.status, (await answer.json<{ number: number }>()).number]).toEqual([202, before + 1]);
  await expect.poll(async () => (await newest()).number, { timeout: 20_000 }).toBe(before + 1);
  expect(await env.DB.prepare("SELECT count(*) AS count FROM events WHERE type = 'ledger.root_requested' AND subject = ?").bind(String(before + 1)).first()).toEqual({ count: 1 });
});

const SEED = "cm9vdCBzaWduaW5nIHNlZWQgb2YgdGhlIHRlc3RzISE=";

test("old public keys stay published, private halves never are, and what is no key is named by its place alone", async () => {
  const { published } = await parseKeys(`new:${SEED},old:public:${SEED}`);
  expect(published.map(({ kid }) => kid)).toEqual(["new", "old"]);
  expect(JSON.stringify(published)).not.toContain("\"d\"");
  expect(published[0]?.x).not.toBe(published[1]?.x);
  for (const bad of [`old:public:${SEED}`, "a:short", `a:${SEED},a:${SEED}`, SEED, `a:${SEED},`]) {
    await expect(parseKeys(bad)).rejects.toThrow(/ROOT_SIGNING_KEYS/);
    await expect(parseKeys(bad)).rejects.not.toThrow(SEED);
  }
  expect((await anonymous.get("/.well-known/dailies-keys.json")).headers.get("cache-control")).toBe("public, max-age=3600");
  expect(decodeProtectedHeader((await newest()).jws).kid).toBe("test");
});
