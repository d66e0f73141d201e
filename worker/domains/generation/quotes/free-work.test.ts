import { expect, test } from "vitest";
import { priceCard } from "#film/prices.ts";
import { newFilmWorld, type FilmWorld } from "../../../../test/film-world.ts";

const most = priceCard.freeAnimatic;
const scenes = (count: number): string => Array.from({ length: count }, (_, n) => `INT. ROOM ${n + 1} - DAY\n\nThe door opens.\n`).join("\n");

async function worldOf(count: number) {
  const world = await newFilmWorld({ script: scenes(count), delayMs: null });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const of = (kind: string) => nodes.filter((node) => node.kind === kind).map(({ id }) => id);
  return { world, frames: of("frame"), moves: of("move"), clips: of("clip") };
}
async function quoted(world: FilmWorld, target: unknown) {
  const answer = await world.post("/api/v1/quotes", { project: world.project, target });
  return { ...(await answer.json<{ id: string; credits?: number; code?: string; limit?: string; asked?: number }>()), status: answer.status };
}
const started = async (world: FilmWorld, quote: string) => {
  const answer = await world.post("/api/v1/runs", { quote });
  return { ...(await answer.json<{ code?: string }>()), status: answer.status };
};

test("free work makes so many shots at a time, and something paid beside it adds none; what the paid is made from is paid for", async () => {
  const { world, frames, moves, clips } = await worldOf(most.shots + 2);
  expect([frames.length, clips.length]).toEqual([most.shots + 2, most.shots + 2]);
  expect(await quoted(world, frames.slice(0, most.shots))).toMatchObject({ status: 201, credits: 0 });
  const tooLong = { status: 422, code: "quote.too_long", limit: "shots", most: most.shots, asked: most.shots + 1 };
  expect(await quoted(world, frames.slice(0, most.shots + 1))).toMatchObject(tooLong);
  expect(await quoted(world, moves.slice(0, most.shots + 1))).toMatchObject(tooLong);
  expect(await quoted(world, [...frames.slice(0, most.shots + 1), ...clips.slice(-1)])).toMatchObject(tooLong);
  expect(await quoted(world, [...moves.slice(0, most.shots + 1), ...clips.slice(0, 1)])).toMatchObject(tooLong);
  // A clip's own frame is paid for by the clip: a film's master has as many as it has shots.
  expect(await quoted(world, [...frames.slice(0, most.shots + 1), ...clips.slice(0, 1)])).toMatchObject({ status: 201 });
  const master = await quoted(world, "master");
  expect([master.status, (master.credits ?? 0) > most.shots]).toEqual([201, true]);
});

test("free work makes so many seconds at a time, and something paid beside it adds none", async () => {
  const { world, moves, clips } = await worldOf(17);
  const { filmVersion: base, data } = await (await world.get(`/api/v1/projects/${world.project}/shots`)).json<{ filmVersion: number; data: { id: string }[] }>();
  for (const { id } of data) expect((await world.patch(`/api/v1/projects/${world.project}/shots/${id}`, { base, fields: { seconds: 60 } })).status).toBe(200);
  const enough = most.seconds / 60;
  expect(await quoted(world, moves.slice(0, enough))).toMatchObject({ status: 201, credits: 0 });
  const tooLong = { status: 422, code: "quote.too_long", limit: "seconds", asked: most.seconds + 60 };
  expect(await quoted(world, moves.slice(0, enough + 1))).toMatchObject(tooLong);
  expect(await quoted(world, [...moves.slice(0, enough + 1), ...clips.slice(0, 1)])).toMatchObject(tooLong);
  expect(await quoted(world, clips)).toMatchObject({ status: 201, credits: 17 * 60 });
});

test("a run with free work beside what is paid is one of the free runs; one in which all is paid for is none", async () => {
  const { world, frames, clips } = await worldOf(5);
  for (const frame of frames.slice(0, most.openRuns)) expect(await started(world, (await quoted(world, [frame])).id)).toMatchObject({ status: 201 });
  expect(await started(world, (await quoted(world, [...frames.slice(2, 3), ...clips.slice(3, 4)])).id)).toMatchObject({ status: 409, code: "run.limit_reached" });
  expect(await started(world, (await quoted(world, clips.slice(3, 4))).id)).toMatchObject({ status: 201 });
});

test("a quote has so many steps, and says how to ask for more", async () => {
  const { world, moves } = await worldOf(251);
  const refused = await quoted(world, moves);
  expect(refused).toMatchObject({ status: 422, code: "quote.too_long", steps: 502 });
});
