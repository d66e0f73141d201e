import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newWorld } from "../../../../test/world.ts";
import { consumers } from "../../../subscriptions.ts";
import { allOf, laterCtx, projected } from "../testing/reconciling.ts";
import { background } from "./background.ts";

const HOUR_MS = 3_600_000;
const sql = (text: string, ...values: unknown[]) => env.DB.prepare(text).bind(...values).run();
const found = async (subject: string, aheadMs?: number) => (await allOf(background, aheadMs === undefined ? {} : { aheadMs })).differences.filter((one) => one.subject === subject);

test("an event that nobody heard for an hour is found, and a young one is not", async () => {
  const id = `evt_${crypto.randomUUID()}`;
  await sql("INSERT INTO events (id, type, subject, actor, data, request_id, at) VALUES (?, 'nothing.happened', 'x', '{\"kind\":\"anonymous\"}', '{}', 'req', ?)", id, Date.now());
  const named = async (aheadMs: number) => JSON.stringify((await found("events that not everybody has heard", aheadMs)).map(({ data }) => data)).includes(id);
  expect([await named(0), await named(2 * HOUR_MS)]).toEqual([false, true]);
  await sql("UPDATE events SET sent_at = 1 WHERE id = ?", id);
  expect(await named(2 * HOUR_MS)).toBe(false);
});

test("a reservation that should have ended is found, and its wallet is woken and ends it", async () => {
  const { studio } = await newWorld();
  const wallet = env.WALLET.getByName(studio);
  const hold = `hold_${crypto.randomUUID()}`;
  await wallet.hold({ key: hold, hold, credits: 12, expiresAt: Date.now() + 600, ref: { run: "none", project: null, member: null, apiKey: null } });
  await projected(studio);
  expect(await found(hold, 0)).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 700));
  await sql("UPDATE wallet_holds SET state = 'open', remaining = 12 WHERE hold = ?", hold);
  expect(await found(hold)).toMatchObject([{ studio, credits: 12, severity: "warning" }]);
  expect(await wallet.balance()).toMatchObject({ available: 100, held: 0 });
});

test("a run that is long past its deadline is found", async () => {
  const { studio } = await newWorld();
  const run = `run_${crypto.randomUUID().replaceAll("-", "")}`;
  await sql(`INSERT INTO runs (id, studio, project, quote, target, status, credits_quoted, credits_held, credits_captured, credits_returned, progress, free, job_counts, created_at, deadline_at, seq)
    VALUES (?, ?, 'proj_x', 'quote_x', '[]', 'running', 9, 9, 0, 0, 0, 0, '{}', ?, ?, 1)`, run, studio, Date.now(), Date.now() + HOUR_MS);
  expect(await found(run, 2 * HOUR_MS)).toEqual([]);
  expect(await found(run, 4 * HOUR_MS)).toMatchObject([{ studio, project: "proj_x", credits: 9 }]);
  await sql("DELETE FROM runs WHERE id = ?", run);
});

test("a message that failed for good is written down once, with what it names and nothing else, and its owner goes on", async () => {
  const { ctx } = laterCtx(0);
  const message = { run: "run_00000000", job: `job_${crypto.randomUUID()}`, attempt: 2, action: "check", secret: "not to be kept" };
  for (let times = 0; times < 3; times += 1) await consumers["dailies-dead-letters"]?.(ctx, message, 1);
  await consumers["dailies-dead-letters"]?.(ctx, "nonsense", 1);
  const { results } = await env.DB.prepare("SELECT source, severity, data FROM findings WHERE subject = ?").bind(message.job).all<{ data: string }>();
  expect(results).toMatchObject([{ source: "queue", severity: "warning" }]);
  expect(JSON.parse(results[0]?.data ?? "")).toEqual({ run: message.run, job: message.job, attempt: 2, action: "check" });
});
