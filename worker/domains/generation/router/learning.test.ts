/** What the router learns from runs that are over, told late, twice and in the wrong order. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { inStudio, systemCtx, type StudioCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import type { NodeId } from "#film/film.ts";
import { recordOf, type ChoiceInput } from "#film/routing/choose.ts";
import { statsOf } from "#film/routing/stats.ts";
import { snapshotKey } from "#objects/run/snapshot.ts";
import { countingRows } from "../../../../test/rows-read.ts";
import { decisions, jobs, takes, type JobRow, type TakeRow } from "../tables.ts";
import { forgetUnusedRoutings, learnFromRun } from "./learning.ts";
import * as store from "./store.ts";
import { modelOutcomes, routings } from "./tables.ts";

const db = openDb(env);
const STUDIO = "studio_of_learning";
const ctx: StudioCtx = inStudio(systemCtx(env, db, "test", () => undefined), STUDIO, "owner");
const CLIP: NodeId = "clip:shot_1";

const input = (name: string): ChoiceInput => ({
  tool: "clip", class: name, wish: "best", wanted: { seconds: 5, aspect: "16:9", resolution: null, firstFrame: "have", letters: null, language: null }, ceiling: null, providers: null, candidates: [], stats: {},
  spent: { credits: 0, explored: 0 }, seed: 1,
});

let name = "";
beforeEach(() => {
  name = `clip/8s/16:9/${crypto.randomUUID()}`;
});

const jobRow = (id: string, run: string, more: Partial<JobRow>): JobRow => ({
  id, run, studio: STUDIO, project: "proj_1", node: CLIP, kind: "clip", label: "Clip 1", tool: "clip", model: "m", provider: "p", status: "succeeded", attempts: 1, priority: 2, progress: 100, step: "", remainingLow: null,
  remainingHigh: null, creditsQuoted: 40, creditsCaptured: 40, problemCode: null, problemDetail: null, refusalStage: null, take: null, frames: 96, ord: 0, createdAt: 1, startedAt: 1, finishedAt: 2, seq: 1, ...more,
});

const takeRow = (id: string, run: string, more: Partial<TakeRow>): TakeRow => ({
  id, studio: STUDIO, project: `proj_${run}`, node: CLIP, kind: "clip", fingerprint: id, variant: 0, tool: "clip", model: "m", modelVersion: null, provider: "p", frames: 96, credits: 40, assets: {}, facts: {}, quote: `quote_${run}`,
  run, job: `job_${run}`, manifest: "", createdAt: 1, ...more,
});

interface Attempt { model: string; outcome: string | null; seconds?: number; costMicros?: number }

/** A run of one job with a choice, and how its attempts went. */
async function ran(run: string, attempts: Attempt[], { take = null, isChosen = true, candidates = [] }: { take?: string | null; isChosen?: boolean; candidates?: ChoiceInput["candidates"] } = {}): Promise<string> {
  const job = `job_${run}`;
  if (isChosen) await db.insert(routings).values({ job, quote: `quote_${run}`, studio: STUDIO, class: name, model: attempts[0]?.model ?? "", credits: 40, explored: false, record: recordOf({ ...input(name), candidates }), at: 1 });
  await db.insert(jobs).values(jobRow(job, run, { take }));
  for (const [at, { model, outcome, seconds = 60, costMicros = null }] of attempts.entries()) {
    await db.insert(decisions).values({ job, attempt: at + 1, run, model, provider: "p", why: "", at: 1_000, ticket: null, outcome, endedAt: outcome === null ? null : 1_000 + seconds * 1_000, costMicros });
  }
  return job;
}

const hear = (run: string, at = 5_000) => learnFromRun(ctx, { studio: STUDIO, data: { run }, at });
const learned = async () => (await db.select().from(modelOutcomes).all()).filter((row) => row.class === name).sort((a, b) => a.job.localeCompare(b.job) || a.attempt - b.attempt);
const newRun = () => `run_${crypto.randomUUID()}`;

/** The snapshot of a run that made something from a take that was there before. */
async function snapshotFrom(run: string, made: string, from: string): Promise<void> {
  const steps = [{ step: { fingerprint: made, deps: [{ node: CLIP, fingerprint: from, take: { id: from } }] } }];
  await env.MEDIA.put(snapshotKey(STUDIO, `quote_${run}`), JSON.stringify({ steps }));
}

test("a failure counts against the model that failed, and the delivery for the one that stood in", async () => {
  const run = newRun();
  await ran(run, [{ model: "a", outcome: "failed" }, { model: "b", outcome: "succeeded", seconds: 42 }], { take: "take_of_b" });
  await hear(run);
  expect((await learned()).map(({ model, delivered, seconds, take }) => ({ model, delivered, seconds, take }))).toEqual([
    { model: "a", delivered: false, seconds: null, take: null }, { model: "b", delivered: true, seconds: 42, take: "take_of_b" },
  ]);
});

test("hearing of a run twice teaches once; cancelled work, work that never arrived and attempts without an end teach nothing", async () => {
  const [run, other] = [newRun(), newRun()];
  await ran(run, [{ model: "a", outcome: "succeeded" }]);
  await ran(other, [{ model: "a", outcome: "unsent" }, { model: "a", outcome: "rejected" }, { model: "a", outcome: "cancelled" }, { model: "a", outcome: null }]);
  await Promise.all([hear(run), hear(run), hear(other)]);
  await hear(run);
  expect((await learned()).length).toBe(1);
});

test("a job that had only one model teaches nothing about choices", async () => {
  const run = newRun();
  await ran(run, [{ model: "dailies/clip", outcome: "succeeded" }], { isChosen: false });
  await hear(run);
  expect(await learned()).toEqual([]);
});

test("another take asked for is one that was not accepted; one that the next run built upon was", async () => {
  const [first, second, third] = [newRun(), newRun(), newRun()];
  const project = `proj_${first}`;
  await ran(first, [{ model: "a", outcome: "succeeded" }], { take: `take_${first}` });
  await db.insert(takes).values(takeRow(`take_${first}`, first, { project, createdAt: 1 }));
  await env.MEDIA.put(snapshotKey(STUDIO, `quote_${first}`), JSON.stringify({ steps: [] }));
  await hear(first, 1_000);
  await ran(second, [{ model: "b", outcome: "succeeded" }], { take: `take_${second}` });
  await db.insert(takes).values(takeRow(`take_${second}`, second, { project, variant: 1, createdAt: 2 }));
  await env.MEDIA.put(snapshotKey(STUDIO, `quote_${second}`), JSON.stringify({ steps: [] }));
  await hear(second, 2_000);
  await db.insert(takes).values(takeRow(`take_${third}`, third, { project, node: "cut:film", kind: "cut", createdAt: 3 }));
  await snapshotFrom(third, `take_${third}`, `take_${second}`);
  await hear(third, 3_000);
  const accepted = Object.fromEntries((await learned()).map(({ model, accepted: own }) => [model, own]));
  expect(accepted).toEqual({ a: false, b: true });
  await hear(second, 2_000);
  expect(Object.fromEntries((await learned()).map(({ model, accepted: own }) => [model, own]))).toEqual({ a: false, b: true });
});

test("of two judgements of a take the later holds, whichever is heard of first", async () => {
  const run = newRun();
  await ran(run, [{ model: "a", outcome: "succeeded" }], { take: `take_${run}` });
  await hear(run);
  await store.judge(ctx, [`take_${run}`], { accepted: false, at: 9_000 });
  await store.judge(ctx, [`take_${run}`], { accepted: true, at: 8_000 });
  expect((await learned())[0]).toMatchObject({ accepted: false, judgedAt: 9_000 });
});

test("what is read of a class is its own, newest first; what it spent is of jobs that were ordered, not of quotes", async () => {
  for (const at of [1, 2, 3]) {
    const run = newRun();
    await ran(run, [{ model: `m${at}`, outcome: "succeeded", seconds: at }]);
    await hear(run);
  }
  await db.insert(routings).values({ job: `job_${newRun()}`, quote: "quote_unused", studio: STUDIO, class: name, model: "m1", credits: 1_000, explored: true, record: recordOf(input(name)), at: 2 });
  expect((await store.outcomesOf(ctx, [name])).get(name)?.map(({ model }) => model)).toEqual(["m3", "m2", "m1"]);
  expect((await store.spentIn(ctx, [name, "another"])).get(name)).toEqual({ credits: 120, explored: 0 });
  await forgetUnusedRoutings(ctx);
  expect((await db.select().from(routings).all()).filter((row) => row.class === name).length).toBe(3);
});

test("what a provider said that it cost is held against its own model's price, also where it stood in; who says nothing, or is free, teaches nothing of it", async () => {
  const candidate = (model: string, credits: number): ChoiceInput["candidates"][number] => ({ model, provider: "p", limits: null, lifecycle: "active", quality: 50, credits, seconds: 60 });
  const run = newRun();
  await ran(run, [{ model: "a", outcome: "failed" }, { model: "b", outcome: "failed", costMicros: 80_000 }, { model: "b", outcome: "succeeded", costMicros: 160_000 }], { candidates: [candidate("a", 40), candidate("b", 10)] });
  const other = newRun();
  await ran(other, [{ model: "free", outcome: "succeeded", costMicros: 5_000 }], { candidates: [candidate("free", 0)] });
  await Promise.all([hear(run), hear(other)]);
  const read = (await store.outcomesOf(ctx, [name])).get(name) ?? [];
  // A credit is a cent, and a quarter is put on what is billed.
  expect(read.map(({ model, credits, cost }) => [model, credits, cost]).sort()).toEqual([["a", 40, null], ["b", 10, 1], ["b", 10, 2], ["free", 0, null]]);
  expect(statsOf(read)["b"]?.cost?.part).toBeGreaterThan(1);
  expect(statsOf(read)["a"]?.cost).toBeUndefined();
});

test("what a run teaches is found by its jobs, however much others have made", async () => {
  const others = newRun();
  for (let at = 0; at < 60; at += 1) {
    await db.insert(decisions).values({ job: `job_${others}_${at}`, attempt: 1, run: others, model: "a", provider: "p", why: "", at: 1_000, ticket: null, outcome: "succeeded", endedAt: 2_000, costMicros: null });
    await db.insert(takes).values(takeRow(`take_${others}_${at}`, others, { variant: at }));
  }
  const run = newRun();
  await ran(run, [{ model: "a", outcome: "succeeded" }]);
  const counting = countingRows(env.DB);
  const counted = { ...ctx, env: { ...env, DB: counting.db }, db: openDb({ ...env, DB: counting.db }) };
  await store.learnAttempts(counted, run);
  await store.retakenBy(counted, run);
  expect(counting.rows()).toBeLessThan(30);
});
