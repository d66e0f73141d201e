import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { settings } from "#core/env.ts";
import { newAdministrator } from "../../../../test/admin-world.ts";
import { newFilmWorld } from "../../../../test/film-world.ts";
import { expectSame, type RecordWire } from "../../../../test/records.ts";
import type { AdminProvider, FailureGroup } from "./contract.ts";
import { healthOf } from "./rules.ts";

test("figures of attempts count what was taken: a full house and a refusal say nothing of how well a model works", () => {
  const counted = [["succeeded", 6, 120], ["failed", 1, null], ["unresolved", 1, null], ["rejected", 40, null], ["refused", 5, 30], ["cancelled", 3, null], [null, 2, null]] as const;
  const health = healthOf(counted.map(([outcome, count, costMicros]) => ({ provider: "p", model: "m", outcome, count, costMicros })), { tookMs: [5, 1, 3, 2, 4], credits: 9 });
  expect(health).toEqual({ attempts: 58, succeeded: 6, failed: 1, refused: 5, rejected: 40, unresolved: 1, underWay: 2, failureRate: 0.25, p50Ms: 3, p90Ms: 5, costMicros: 150, credits: 9 });
  expect(healthOf([], { tookMs: [], credits: 0 })).toMatchObject({ attempts: 0, failureRate: null, p50Ms: null, costMicros: null });
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
