import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newFilmWorld, type FilmWorld } from "../../../../test/film-world.ts";

const SHORT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n";
const problemOf = async (answer: Response) => ({ status: answer.status, ...(await answer.json<Record<string, unknown>>()) });

/** A cut of some project at some time, as a run records it. */
async function cutOf(world: FilmWorld, project: string, at: number): Promise<void> {
  await env.DB.prepare(`INSERT INTO takes (id, studio, project, node, kind, fingerprint, variant, tool, model, provider, credits, assets, facts, quote, run, job, manifest, created_at)
    VALUES (?1, ?2, ?3, 'cut:film', 'cut', ?1, 1, 'cut', 'm', 'house', 0, '{}', '{}', 'q', 'r', 'j', '', ?4)`).bind(`take_${crypto.randomUUID()}`, world.studio, project, at).run();
}

const monthStart = (): number => {
  const now = new Date(Date.now());
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
};
const films = async (world: FilmWorld) => (await (await world.get("/api/v1/billing")).json<{ quotas: { quota: string; used: number | null; limit: number }[] }>()).quotas.find(({ quota }) => quota === "filmsPerMonth");

test("a fourth film in a month needs another plan; the same film again does not, and last month's do not count", async () => {
  const world = await newFilmWorld({ script: SHORT });
  await world.animatic();
  const graph = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const cut = graph.nodes.filter(({ kind }) => kind === "cut").map(({ id }) => id);
  await cutOf(world, "proj_of_last_month", monthStart() - 1);
  for (const project of ["proj_1", "proj_2"]) for (let times = 0; times < 3; times += 1) await cutOf(world, project, monthStart() + times);
  expect(await films(world)).toMatchObject({ used: 2, limit: 3 });
  const allowed = await world.quote(cut);
  await cutOf(world, "proj_3", monthStart());
  const refused = await problemOf(await world.post("/api/v1/quotes", { project: world.project, target: cut }));
  expect(refused).toMatchObject({ status: 402, code: "plan.quota_reached", quota: "filmsPerMonth", limit: 3, used: 3, plan: "creator_starter", amountCents: 999 });
  // A quote that was made before the quota was used up is counted again when its run begins.
  expect(await problemOf(await world.post("/api/v1/runs", { quote: allowed.id }))).toMatchObject({ code: "plan.quota_reached" });
  expect((await world.post("/api/v1/quotes", { project: world.project, target: graph.nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id) })).status).toBe(201);
  await cutOf(world, world.project, monthStart());
  expect((await world.post("/api/v1/quotes", { project: world.project, target: cut })).status).toBe(201);
  expect(await films(world)).toMatchObject({ used: 4, limit: 3 });
});
