import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { settings } from "#core/env.ts";
import { priceCard, priceOf } from "#film/prices.ts";
import { newAdministrator } from "../../../../test/admin-world.ts";
import { newFilmWorld } from "../../../../test/film-world.ts";
import { expectSame, type RecordWire } from "../../../../test/records.ts";
import { models } from "../tools/index.ts";
import type { AdminProvider, FailureGroup } from "./contract.ts";
import { healthOf, microsFor } from "./rules.ts";

test("figures of attempts count what was taken: a full house and a refusal say nothing of how well a model works, and what cannot be fetched does", () => {
  const counted = [["succeeded", 6, 120], ["failed", 1, null], ["unresolved", 1, null], ["unfetched", 2, 7], ["rejected", 40, null], ["refused", 5, 30], ["cancelled", 3, null], [null, 2, null]] as const;
  const rows = counted.map(([outcome, count, costMicros]) => ({ provider: "p", model: "m", outcome, count, priced: costMicros === null ? 0 : count - 1, costMicros }));
  const health = healthOf(rows, { took: { p50Ms: 3, p90Ms: 5 }, credits: 9, estimate: { attempts: 1, micros: 20 } });
  expect(health).toEqual({
    attempts: 60, succeeded: 6, failed: 1, refused: 5, rejected: 40, unresolved: 1, unfetched: 2, underWay: 2, failureRate: 0.4, p50Ms: 3, p90Ms: 5, costMicros: 157, costsSaid: 10, costsUnsaid: 8, estimate: { attempts: 1, micros: 20 }, credits: 9,
  });
  expect(healthOf([], { took: { p50Ms: null, p90Ms: null }, credits: 0, estimate: null })).toMatchObject({ attempts: 0, failureRate: null, p50Ms: null, costMicros: null, costsUnsaid: 0 });
});

test("what nobody said a cost of is worked out by the vendor's price list, in its own unit", () => {
  const micros = (id: string, credits: number) => { const model = models.get(id); return model ? microsFor(credits, { price: priceOf(priceCard, { tool: model.tool, model: id }), vendorPrice: model.vendorPrice }) : undefined; };
  for (const [id, units, inOurs] of [["fal/kling-v3-pro", 5, 1], ["openai/speech", 3, 100], ["elevenlabs/dubbing-v1", 2, null], ["fal/trellis", 2, 1]] as const) {
    const vendor = models.get(id)?.vendorPrice;
    const price = priceOf(priceCard, { tool: models.get(id)?.tool ?? "", model: id });
    const parts = inOurs ?? (vendor?.unit === "second" ? 60 : 1);
    expect([id, micros(id, units * (price?.unitCredits ?? 0))]).toEqual([id, vendor && Math.round(units * parts * vendor.micros * 1_000) / 1_000]);
  }
  expect(micros("dailies/clip", 4)).toBeNull();
});

test("a busy house hides no vendor's times, and what a vendor bills says of how much it is known, with an estimate of the rest", async () => {
  const admin = await newAdministrator();
  const [model, now] = ["replicate/robust-video-matting", Date.now()];
  const decide = (id: string, of: { model: string; provider: string; at: number; took: number; cost: number | null }) =>
    env.DB.prepare("INSERT INTO decisions (job, attempt, run, model, provider, why, at, outcome, ended_at, cost_micros) VALUES (?, 1, 'run_figures', ?, ?, 'the only one', ?, 'succeeded', ?, ?)").bind(`job_figures_${id}`, of.model, of.provider, of.at, of.at + of.took, of.cost);
  for (let from = 0; from < 2_500; from += 500) await env.DB.batch(Array.from({ length: 500 }, (_, at) => decide(`house${from + at}`, { model: "dailies/rig", provider: "house", at: now - 1_000, took: 10, cost: null })));
  const took = [9_000, 1_000, 5_000, 3_000, 7_000];
  await env.DB.batch(took.map((ms, at) => decide(`vendor${at}`, { model, provider: "replicate", at: now - 3_600_000, took: ms, cost: at === 0 ? 40_000 : null })));
  await env.DB.batch([1, 2, 3].map((at) => env.DB.prepare("INSERT INTO routings (job, quote, studio, class, model, credits, explored, record, at) VALUES (?, 'quote_figures', 'studio_figures', 'figures', ?, ?, 0, '{}', 1)").bind(`job_figures_vendor${at}`, at === 3 ? "fal/sam-3" : model, 9)));
  const { data } = await (await admin.get("/api/v1/admin/providers")).json<{ data: AdminProvider[] }>();
  const provider = data.find(({ id }) => id === "replicate");
  const health = provider?.models.find(({ id }) => id === model)?.health;
  expect(health).toMatchObject({ attempts: 5, p50Ms: 5_000, p90Ms: 9_000, costMicros: 40_000, costsSaid: 1, costsUnsaid: 4, estimate: { attempts: 2, micros: 2 * 67_500 } });
  expect(provider?.health.p50Ms).not.toBeNull();
  expect(data.find(({ id }) => id === "house")?.models.find(({ id }) => id === "dailies/rig")?.health.p50Ms).toBe(10);
  await env.DB.batch([env.DB.prepare("DELETE FROM decisions WHERE run = 'run_figures'"), env.DB.prepare("DELETE FROM routings WHERE class = 'figures'")]);
});

test("an administrator sees how each provider and model does, what stands in its gate, and what went wrong by cause; nobody else does", async () => {
  const world = await newFilmWorld({ credits: 200 });
  await world.animatic();
  world.provider.faults.push({ at: "file", model: "dailies/clip", does: "corrupt" });
  const run = await world.until((await world.start((await world.quote("master")).id)).id);
  expect(run.status).toBe("failed");
  const admin = await newAdministrator();
  await expect.poll(async () => {
    const { data } = await (await admin.get("/api/v1/admin/providers")).json<{ data: AdminProvider[] }>();
    const house = data.find(({ id }) => id === "house");
    const clip = house?.models.find(({ id }) => id === "dailies/clip");
    return { configured: house?.configured, waiters: house?.gate.waiters, worked: (house?.health.succeeded ?? 0) > 0, bad: (clip?.health.failed ?? 0) > 0, rate: clip?.health.failureRate === 0 };
  }, { timeout: 10_000 }).toEqual({ configured: true, waiters: 0, worked: true, bad: true, rate: false });
  await expect.poll(async () => {
    const { data } = await (await admin.get("/api/v1/admin/failures?hours=1")).json<{ data: FailureGroup[] }>();
    const group = data.find(({ code, model }) => code === "bad_output" && model === "dailies/clip");
    return group && { ...group, shown: group.jobs.length <= 3 };
  }, { timeout: 10_000 }).toMatchObject({ status: "failed", tool: "clip", detail: expect.stringContaining("cannot be used"), shown: true });
  expect(await (await admin.get("/api/v1/admin/queue")).json()).toMatchObject({ object: "queue", runsWaiting: expect.any(Number), deadLetters: expect.any(Number) });
  for (const path of ["providers", "failures", "queue"]) expect((await world.get(`/api/v1/admin/${path}`)).status).toBe(404);
  // Which settings a provider needs is said by name; what is in them is not.
  const shown = await (await admin.get("/api/v1/admin/providers")).text();
  expect(shown).toContain("RENDERER_TOKEN");
  for (const secret of [settings(env).RENDERER_TOKEN, settings(env).RENDERER_WEBHOOK_SECRET]) expect(shown).not.toContain(secret);
});

test("an administrator goes through anybody's job again, and that they read it is written down; nobody else can", async () => {
  const world = await newFilmWorld({ credits: 200, script: "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n" });
  const { jobs: [job], id } = await world.animatic();
  const admin = await newAdministrator();
  await expect.poll(async () => (await admin.get(`/api/v1/admin/jobs/${job?.id}/record`)).status, { timeout: 10_000 }).toBe(200);
  const record = await (await admin.get(`/api/v1/admin/jobs/${job?.id}/record`)).json<RecordWire & { run: string }>();
  expect(record.run).toBe(id);
  expectSame(record);
  const events = async () => (await env.DB.prepare("SELECT studio, data, actor FROM events WHERE type = 'job.record_read' AND subject = ?").bind(job?.id).all<{ studio: string; data: string; actor: string }>()).results;
  const read = await events();
  expect(read.map(({ studio, data, actor }) => [studio, JSON.parse(data), (JSON.parse(actor) as { user: string }).user])).toEqual(read.map(() => [world.studio, { job: job?.id, run: id }, admin.user]));
  expect(read.length).toBeGreaterThan(0);
  expect((await world.get(`/api/v1/admin/jobs/${job?.id}/record`)).status).toBe(404);
  expect((await (await world.key(["runs:read"])).get(`/api/v1/admin/jobs/${job?.id}/record`)).status).toBe(401);
  expect((await events()).length).toBe(read.length);
  expect(await (await admin.get("/api/v1/admin/jobs/job_of_nobody/record")).json()).toMatchObject({ status: 404, code: "job.not_found" });
});
