import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import type { Ctx } from "#core/context.ts";
import { codeOf } from "../../../../test/admin-world.ts";
import { newWorld } from "../../../../test/world.ts";
import { consumers, cronTasks } from "../../../subscriptions.ts";
import type { ReconciliationRun } from "../contract.ts";
import { findingsOf, laterCtx, projected, reconcile } from "../testing/reconciling.ts";
import { drive } from "./driving.ts";
import { goOnReconciling, reconcileNightly } from "./service.ts";

const WALLETS = 300;
const MINUTE_MS = 60_000;
const sql = (text: string, ...values: unknown[]) => env.DB.prepare(text).bind(...values).run();
const runs = async (scope: string) => (await env.DB.prepare("SELECT * FROM reconciliation_runs WHERE scope = ? ORDER BY started_at").bind(scope).all<{ id: string; state: string; turn: number; counts: string; problem: string | null; position: string }>()).results;
/** A deployment where nothing is sold: there is no Stripe to ask. */
const unsold = (ctx: Ctx): Ctx => ({ ...ctx, env: { ...ctx.env, STRIPE_SECRET_KEY: undefined } as unknown as Env });

/** Studios whose wallets have an entry each, all in D1. */
async function town(): Promise<string[]> {
  const mark = crypto.randomUUID().slice(0, 8);
  const names = Array.from({ length: WALLETS }, (_, index) => `studio_night_${mark}_${String(index).padStart(3, "0")}`);
  await sql("INSERT INTO studios (id, name, handle, created_at) SELECT value, value, replace(value, '_', '-'), 1 FROM json_each(?)", JSON.stringify(names));
  for (let from = 0; from < names.length; from += 50) {
    await Promise.all(names.slice(from, from + 50).map(async (name) => {
      await env.WALLET.getByName(name).grant({ key: `signup:${name}`, bucket: "promo", credits: 100, expiresAt: null, reason: "free plan", ref: `signup:${name}` });
      await projected(name);
    }));
  }
  return names;
}

/** Drives a run to its end as if every request did one step, two of them at a time, and every fifth write were lost with its request. */
async function driveBadly(ctx: Ctx, id: string): Promise<number> {
  const batch = env.DB.batch.bind(env.DB);
  let [requests, writes] = [0, 0];
  const quiet = vi.spyOn(console, "log").mockReturnValue();
  const failing = vi.spyOn(env.DB, "batch").mockImplementation((statements) => ((writes += 1) % 5 === 0 ? Promise.reject(new Error("D1_ERROR: killed")) : batch(statements)));
  try {
    for (; requests < 2_000; requests += 2) {
      const [one, other] = await Promise.all([drive(ctx, id, { steps: 1 }), drive(ctx, id, { steps: 1 })]);
      if (one === "over" && other === "over") return requests;
    }
    throw new Error("the run does not end");
  } finally {
    failing.mockRestore();
    quiet.mockRestore();
  }
}

test("a night over three hundred wallets ends however its requests are cut off, finds what is wrong in ten of them, counts nothing twice", { timeout: 240_000 }, async () => {
  const names = await town();
  const wrong = names.filter((_, index) => index % 30 === 7);
  for (const name of wrong) await sql("UPDATE wallet_entries SET available = available + 1 WHERE wallet = ?", name);
  const { ctx, settled } = laterCtx();
  const night = unsold(ctx);
  await sql("UPDATE findings SET mailed_at = 1 WHERE mailed_at IS NULL");
  vi.spyOn(env.EVENTS, "send").mockResolvedValue(undefined as never);
  await reconcileNightly(night);
  const [run] = (await runs("platform")).slice(-1);
  expect(run?.state).toBe("running");
  vi.restoreAllMocks();
  await driveBadly(night, run?.id ?? "");
  await settled();
  const [over] = (await runs("platform")).slice(-1);
  expect([over?.id, over?.state]).toEqual([run?.id, "succeeded"]);
  expect(over?.turn).toBeGreaterThan(60);
  const counts = JSON.parse(over?.counts ?? "") as Record<string, { examined: number; differences: number; repaired: number; state: string }>;
  expect(Object.values(counts).every(({ state }) => state === "done")).toBe(true);
  const repaired = await env.DB.prepare("SELECT count(*) AS count FROM findings WHERE run = ? AND source = 'object-projection' AND repaired_at IS NOT NULL").bind(run?.id).first<{ count: number }>();
  expect(counts["object-projection"]?.repaired).toBe(repaired?.count);
  const found = await env.DB.prepare("SELECT studio, entry, credits, state, repaired_at IS NOT NULL AS repaired FROM findings WHERE studio LIKE 'studio_night_%' AND run = ? ORDER BY studio").bind(run?.id).all<{ studio: string }>();
  expect(found.results).toEqual(wrong.map((studio) => ({ studio, entry: 1, credits: 1, state: "resolved", repaired: 1 })));
  const entries = await env.DB.prepare("SELECT count(*) AS entries, sum(available) AS available FROM wallet_entries WHERE wallet LIKE ?").bind(`${names[0]?.slice(0, -3)}%`).first();
  expect(entries).toEqual({ entries: WALLETS, available: WALLETS * 100 });
});

test("a step that somebody else has taken meanwhile is not written: nothing goes back, and no repair is forgotten", async () => {
  const { studio } = await newWorld();
  await projected(studio);
  await sql("UPDATE wallet_entries SET held = 1 WHERE wallet = ?", studio);
  const { ctx } = laterCtx();
  const id = `recon_${crypto.randomUUID().replaceAll("-", "")}`;
  await sql("INSERT INTO reconciliation_runs (id, scope, cause, state, position, counts, started_at, stepped_at) VALUES (?, ?, 'asked', 'running', '{\"check\":0,\"at\":null}', '{}', ?, ?)", id, studio, ctx.now(), ctx.now());
  const batch = env.DB.batch.bind(env.DB);
  const [letGo, begun] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  let isFirst = true;
  const slow = vi.spyOn(env.DB, "batch").mockImplementation(async (statements) => {
    const isStep = statements.some((statement) => JSON.stringify(statement).includes("reconciliation_runs"));
    if (isStep && isFirst) {
      isFirst = false;
      begun.resolve(undefined);
      await letGo.promise;
    }
    return batch(statements);
  });
  const late = drive(ctx, id, { steps: 1 });
  await begun.promise;
  expect(await drive(ctx, id, { steps: 2 })).toBe("more");
  const [between] = await runs(studio);
  expect(JSON.parse(between?.counts ?? "")).toMatchObject({ "object-projection": { differences: 1, repaired: 1 } });
  letGo.resolve(undefined);
  expect(await late).toBe("stalled");
  slow.mockRestore();
  expect(await runs(studio)).toEqual([between]);
});

test("one scope is compared once at a time: whoever asks meanwhile is told of the run that is under way", async () => {
  const world = await newWorld();
  const ask = async () => (await world.post("/api/v1/reconciliation/runs")).json<ReconciliationRun>();
  const asked = await Promise.all([ask(), ask(), ask(), ask()]);
  const alias = await (await world.post("/api/reconciliation/run")).json<ReconciliationRun>();
  for (let tries = 0; (await runs(world.studio)).some(({ state }) => state === "running"); tries += 1) {
    if (tries > 400) throw new Error("the run does not end");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const all = await runs(world.studio);
  expect(all.every(({ state }) => state === "succeeded")).toBe(true);
  expect(asked.map(({ id }) => id).filter((id) => !all.some((run) => run.id === id))).toEqual([]);
  expect(all.length).toBeLessThan(5);
  expect(alias).toMatchObject({ object: "reconciliation", studio: world.studio });
  await expect(env.DB.batch([1, 2].map(() => env.DB.prepare("INSERT INTO reconciliation_runs (id, scope, cause, state, position, counts, started_at, stepped_at) VALUES (?, ?, 'asked', 'running', '{}', '{}', 1, 1)").bind(crypto.randomUUID(), world.studio)))).rejects.toThrow(/UNIQUE/);
});

test("a run whose request died is taken up by the minute, and by a message, where it was", async () => {
  const world = await newWorld();
  const id = `recon_${crypto.randomUUID().replaceAll("-", "")}`;
  const dead = (minutesAgo: number) => sql(`INSERT OR REPLACE INTO reconciliation_runs (id, scope, cause, state, position, turn, counts, started_at, stepped_at) VALUES (?, ?, 'asked', 'running', '{"check":2,"at":null}', 9, '{"object-itself":{"examined":1,"differences":0,"repaired":0,"state":"done"}}', ?, ?)`,
    id, world.studio, Date.now() - minutesAgo * MINUTE_MS, Date.now() - minutesAgo * MINUTE_MS);
  const { ctx, settled } = laterCtx(0);
  await dead(0);
  await goOnReconciling(ctx);
  expect(await runs(world.studio)).toMatchObject([{ state: "running", turn: 9 }]);
  await dead(2);
  expect(cronTasks.find(({ name }) => name === "go-on-reconciling")).toMatchObject({ every: "minute", run: goOnReconciling });
  await goOnReconciling(ctx);
  await settled();
  expect(await runs(world.studio)).toMatchObject([{ state: "succeeded" }]);
  await dead(0);
  await consumers["dailies-events"]?.(ctx, { reconciliation: id }, 1);
  expect(await runs(world.studio)).toMatchObject([{ state: "succeeded" }]);
});

test("a comparison that cannot be made is tried again, then said to have failed; the rest is compared, and the next run closes it", async () => {
  const { studio } = await newWorld();
  await projected(studio);
  const broken = vi.spyOn(env.MEDIA, "list").mockRejectedValue(new Error("R2 is away"));
  const failed = await reconcile(studio);
  expect(broken.mock.calls.length).toBe(5);
  broken.mockRestore();
  expect(failed).toMatchObject({ state: "failed", problem: expect.stringMatching(/could not be made/) });
  expect((await runs(studio)).at(-1)?.problem).toBe("Error: R2 is away");
  expect(failed.checks.map(({ check, state }) => [check, state])).toContainEqual(["files-takes", "failed"]);
  expect(failed.checks.filter(({ state }) => state === "done")).toHaveLength(4);
  expect(await findingsOf(studio)).toMatchObject([{ source: "files-takes", severity: "critical", state: "open", subject: "files-takes" }]);
  expect(await reconcile(studio)).toMatchObject({ state: "succeeded", problem: null });
  expect(await findingsOf(studio)).toMatchObject([{ state: "resolved", resolution: "No longer seen." }]);
});

test("a studio sees its own runs and findings, and nobody else's", async () => {
  const [world, stranger] = [await newWorld(), await newWorld()];
  await projected(world.studio);
  await sql("UPDATE wallets SET available = 1 WHERE wallet = ?", world.studio);
  await sql("INSERT INTO findings (id, studio, source, severity, subject, detail, data, at) SELECT ? || value, ?, value, 'warning', 'x', 'said by ' || value, '{\"secret\":1}', 1 FROM json_each('[\"run\",\"stripe-grants\",\"provider-statements\",\"billing\"]')", `finding_${crypto.randomUUID()}`, world.studio);
  const run = await reconcile(world.studio);
  const own = await (await world.get(`/api/v1/reconciliation/runs/${run.id}`)).json<{ findings: object[] }>();
  expect(own).toMatchObject({ id: run.id, repaired: 1, findings: [{ object: "finding", explanation: "said by run" }] });
  expect(JSON.stringify(own)).not.toMatch(/secret|"notes"|"resolvedBy"/);
  expect(await codeOf(await stranger.get(`/api/v1/reconciliation/runs/${run.id}`))).toBe("reconciliation.not_found");
  expect(await (await stranger.get("/api/v1/reconciliation/runs")).json()).toEqual({ data: [], nextCursor: null });
  const editor = await world.member("editor");
  expect((await editor.post("/api/v1/reconciliation/runs")).status).toBe(403);
  expect((await editor.get("/api/v1/reconciliation/runs")).status).toBe(403);
});

test("nobody keeps the platform busy by asking without end", async () => {
  const world = await newWorld();
  await sql("INSERT INTO reconciliation_runs (id, scope, cause, state, position, counts, started_at, stepped_at, finished_at) SELECT ? || value, ?, 'asked', 'succeeded', '{}', '{}', ?, 1, 1 FROM json_each(?)",
    `recon_${crypto.randomUUID()}`, world.studio, Date.now() - MINUTE_MS, JSON.stringify(Array.from({ length: 30 }, (_, index) => index)));
  const answer = await world.post("/api/v1/reconciliation/runs");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "600"]);
});
