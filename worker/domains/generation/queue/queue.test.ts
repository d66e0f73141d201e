import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { FRAME_RATE } from "#film/film.ts";
import { newFilmWorld, type FilmWorld } from "../../../../test/film-world.ts";
import type { Job, Run } from "../contract.ts";
import type { Notices } from "../notices/contract.ts";
import type { Queue } from "./contract.ts";

afterEach(() => void vi.restoreAllMocks());

const read = async <T>(world: Pick<FilmWorld, "get">, path: string): Promise<T> => (await world.get(`/api/v1${path}`)).json<T>();

interface Row { studio: string; project?: string; node?: string; model: string; frames?: number | null; status?: string; createdAt?: number; startedAt?: number | null; finishedAt?: number | null }
let number = 0;
/** A job's row as a run would have projected it. */
async function jobRow({ studio, project = "proj_x", node, model, frames = null, status = "succeeded", createdAt = Date.now(), startedAt = null, finishedAt = null }: Row): Promise<string> {
  number += 1;
  const id = `job_${String(number).padStart(8, "0")}${crypto.randomUUID().slice(0, 8)}`;
  await env.DB.prepare(
    `INSERT INTO jobs (id, run, studio, project, node, kind, label, tool, model, provider, status, attempts, priority, progress, step, credits_quoted, credits_captured, problem_code, problem_detail, frames, ord, created_at, started_at, finished_at, seq)
     VALUES (?, 'run_none', ?, ?, ?, 'clip', 'Clip', 'clip', ?, 'fal', ?, 1, 2, 0, 'Waiting for its turn', 0, 0, NULL, NULL, ?, 0, ?, ?, ?, 1)`,
  ).bind(id, studio, project, node ?? `clip:${number}`, model, status, frames, createdAt, startedAt, finishedAt).run();
  return id;
}
async function taken(studio: string, model: string, frames: number | null, ...seconds: number[]) {
  for (const each of seconds) await jobRow({ studio, model, frames, startedAt: Date.now() - each * 1_000 - 60_000, finishedAt: Date.now() - 60_000 });
}
const expectedOf = async (world: FilmWorld, id: string) => (await read<{ data: Job[] }>(world, "/jobs?limit=100")).data.find((job) => job.id === id)?.expected;

test("a job that is not over says half and nine tenths of what its model took for that length, on all of the platform; without a history it says nothing", async () => {
  const world = await newFilmWorld();
  const model = `test/${crypto.randomUUID()}`;
  const open = await jobRow({ studio: world.studio, project: world.project, model, frames: 5 * FRAME_RATE, status: "queued" });
  expect(await expectedOf(world, open)).toBeNull();
  // Four of another studio are not enough to speak of; with one's own they are.
  await taken("studio_other", model, 6 * FRAME_RATE, 20, 30, 40, 50);
  await taken("studio_other", model, 14 * FRAME_RATE, 900, 900, 900, 900, 900);
  expect(await expectedOf(world, open)).toBeNull();
  await taken(world.studio, model, 7 * FRAME_RATE, 10);
  expect(await expectedOf(world, open)).toEqual({ p50: 30, p90: 50, jobs: 5 });
  const { jobs, failed } = await read<Queue>(world, "/queue");
  expect(jobs.map(({ id, expected, title, place }) => ({ id, expected, title, place }))).toEqual([{ id: open, expected: { p50: 30, p90: 50, jobs: 5 }, title: "Late", place: null }]);
  expect(failed).toEqual([]);
});

test("what failed is offered again until somebody has asked for it again; what is put away with its project is not", async () => {
  const world = await newFilmWorld();
  const failed = { studio: world.studio, project: world.project, model: "fal/x", status: "failed", createdAt: Date.now() - 5_000, finishedAt: Date.now() - 4_000 };
  const lost = await jobRow({ ...failed, node: "clip:lost" });
  await jobRow({ ...failed, node: "clip:again" });
  await jobRow({ ...failed, node: "clip:again", status: "succeeded", createdAt: Date.now(), finishedAt: Date.now() });
  await jobRow({ ...failed, node: "clip:gone", project: "proj_gone" });
  await jobRow({ ...failed, node: "clip:old", finishedAt: Date.now() - 8 * 86_400_000 });
  await jobRow({ ...failed, node: "clip:theirs", studio: "studio_other" });
  expect((await read<Queue>(world, "/queue")).failed.map(({ id }) => id)).toEqual([lost]);
});

test("a run that waits for its provider is told of with why, since when and until when, in the queue and in the notices; then it is not", async () => {
  const world = await newFilmWorld();
  const began = Date.now();
  expect(await read<Notices>(world, "/notices")).toEqual({ object: "notices", ending: [], unread: 0, waiting: [] });
  world.provider.isDown = true;
  const { id } = await world.start((await world.quote("animatic")).id);
  await world.until(id, ["waiting"]);
  await expect.poll(async () => (await read<Notices>(world, `/notices?project=${world.project}`)).waiting, { timeout: 10_000 })
    .toEqual([{ run: id, project: world.project, title: "Late", for: expect.stringContaining("not answering"), since: expect.any(String), until: expect.any(String) }]);
  const { waiting } = await read<Notices>(world, "/notices");
  expect(Date.parse(waiting[0]?.since ?? "")).toBeGreaterThanOrEqual(began);
  expect((await (await world.stranger()).get(`/api/v1/notices?project=${world.project}`)).status).toBe(404);
  const run = await read<Run>(world, `/runs/${id}`);
  expect(run.remaining).toMatchObject({ p50: expect.any(Number) });
  const { jobs } = await read<Queue>(world, "/queue");
  expect(jobs.length).toBe(run.jobs.filter(({ finishedAt }) => finishedAt === null).length);
  world.provider.isDown = false;
  expect((await world.until(id)).status).toBe("succeeded");
  await expect.poll(async () => [(await read<Notices>(world, "/notices")).waiting, (await read<Queue>(world, "/queue")).jobs], { timeout: 10_000 }).toEqual([[], []]);
});
