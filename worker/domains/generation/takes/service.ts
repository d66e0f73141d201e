import type { z } from "zod";
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { toPage, type PageQuery } from "#core/page.ts";
import { keysAddress } from "#domains/credits/index.ts";
import { assetsById, requireAsset, signLink, type AssetRow } from "#domains/media/index.ts";
import { EditShot, changeFilm, getFilm } from "#domains/projects/index.ts";
import { chooseTake as choose, dropUpload as drop, retake as again, useUpload as bring } from "#film/choices.ts";
import type { Film, NodeId, NodeKind } from "#film/film.ts";
import { buildGraph } from "#film/graph/graph.ts";
import { lineageOf } from "#film/graph/lineage.ts";
import type { Target } from "#film/plan.ts";
import { partsOf } from "#film/recipes/recipe.ts";
import * as edits from "#film/reconcile/index.ts";
import { whatIf as compare } from "#film/what-if.ts";
import { isTask } from "#film/tasks/task.ts";
import { projectOf } from "#objects/run/snapshot.ts";
import type { AskWhatIf, GraphView, Manifest, Take, WhatIf } from "../contract.ts";
import { labelsOf } from "../quotes/labels.ts";
import { readSnapshot } from "../quotes/service.ts";
import { creditsOf } from "../router/service.ts";
import { judge } from "../router/store.ts";
import { manifestIn, proofOf } from "../runs/manifest.ts";
import { priceCard } from "../tools/card.ts";
import { findTake, indexTakes, makingIn, takesOf, takesOfNode, taskTakesOf, type PlainTake } from "./store.ts";

const LINK_SECONDS = 3_600;

/** The longest recording of one line; a shot lasts two minutes at most, with a little air around what is said. */
const VOICE_MS_MAX = 110_000;

/** What may be brought for a node, by kind of file. */
const kindsOf: Partial<Record<NodeKind, string>> = { voice: "audio", music: "audio", frame: "image", clip: "video", title: "video" };

async function toTakes(ctx: StudioCtx, rows: readonly PlainTake[], isCurrent: (row: PlainTake) => "current" | "old"): Promise<Take[]> {
  const assets = await assetsById(ctx, [...new Set(rows.flatMap((row) => Object.values(row.assets)))]);
  return Promise.all(rows.map(async (row) => ({
    object: "take" as const, id: row.id, project: projectOf(row), node: row.node, fingerprint: row.fingerprint, variant: row.variant, tool: row.tool, model: row.model, provider: row.provider,
    current: isCurrent(row) === "current", frames: row.frames, credits: row.credits, assets: await Promise.all(assetsIn(row, assets).map((asset) => toTakeAsset(ctx, asset))),
    values: row.facts, createdAt: new Date(row.createdAt).toISOString(),
  })));
}

const assetsIn = (row: PlainTake, assets: ReadonlyMap<string, AssetRow>) => Object.entries(row.assets).flatMap(([role, id]) => {
  const asset = assets.get(id);
  return asset ? [{ role, asset }] : [];
});

const toTakeAsset = async (ctx: StudioCtx, { role, asset }: { role: string; asset: AssetRow }) =>
  ({ role, asset: asset.id, contentType: asset.contentType, url: (await signLink(ctx, asset.key, LINK_SECONDS)).url });

/** The film as a build: each node with its state, its take, and what is making it. */
export async function getGraph(ctx: StudioCtx, project: string): Promise<z.infer<typeof GraphView>> {
  const { film, version } = await getFilm(ctx, project);
  const [rows, making] = await Promise.all([takesOf(ctx, project), makingIn(ctx, project)]);
  const graph = buildGraph(film);
  const takes = indexTakes(rows);
  const counts = new Map<string, number>();
  for (const { node } of rows) counts.set(node, (counts.get(node) ?? 0) + 1);
  const nodes = graph.order.flatMap((id) => graph.nodes.get(id) ?? []);
  const shown = nodes.flatMap(({ id, fingerprint }) => takes.row(fingerprint) ?? takes.newest(id) ?? []);
  const current = new Set(nodes.map(({ fingerprint }) => fingerprint));
  const views = new Map((await toTakes(ctx, shown, (row) => (current.has(row.fingerprint) ? "current" : "old"))).map((take) => [take.node, take]));
  const label = labelsOf(film);
  const makers = new Map(making.map(({ node, ...job }) => [node, job]));
  return {
    object: "graph", project, filmVersion: version, wishes: { ...film.wishes },
    nodes: nodes.map(({ id, kind, deps, recipe, fingerprint }) => {
      const { subject } = partsOf(id);
      const state = takes.row(fingerprint) ? "current" : takes.newest(id) ? "stale" : "missing";
      return {
        id, kind, label: label(id), shot: subject.startsWith("shot_") ? subject : null, line: kind === "voice" ? subject : null, state, deps, fingerprint,
        chosen: film.choices[id] !== undefined, uploaded: recipe.tool === "upload", wish: recipe.wish, take: views.get(id) ?? null, takes: counts.get(id) ?? 0, making: makers.get(id) ?? null,
      };
    }),
  };
}

/** A node of the film, or a 404. */
async function requireNode(ctx: StudioCtx, project: string, id: string): Promise<{ film: Film; fingerprint: string | null }> {
  const { film } = await getFilm(ctx, project);
  const node = buildGraph(film).nodes.get(id as NodeId);
  if (!node) throw new AppError("node.not_found", `The film has no node ${id.slice(0, 60)}. Read the graph again.`);
  return { film, fingerprint: node.fingerprint };
}

/** All takes of a node, newest first. */
export async function listTakes(ctx: StudioCtx, project: string, node: string): Promise<{ data: Take[]; nextCursor: null }> {
  const { fingerprint } = await requireNode(ctx, project, node);
  const rows = await takesOfNode(ctx, project, node);
  return { data: await toTakes(ctx, rows, (row) => (row.fingerprint === fingerprint ? "current" : "old")), nextCursor: null };
}

async function requireTake(ctx: StudioCtx, id: string) {
  const row = await findTake(ctx, id);
  if (!row) throw new AppError("take.not_found", "There is no such take in this studio.");
  return row;
}

export async function getTake(ctx: StudioCtx, id: string): Promise<Take> {
  const row = await requireTake(ctx, id);
  const node = isTask(row.node) ? row : buildGraph((await getFilm(ctx, row.project)).film).nodes.get(row.node);
  const [take] = await toTakes(ctx, [row], () => (node?.fingerprint === row.fingerprint ? "current" : "old"));
  if (!take) throw new Error("a take became none");
  return take;
}

/** What was ordered by itself, newest first: of the whole studio, by some tools, or for one film. */
export async function listTaskTakes(ctx: StudioCtx, { tool, project, limit, cursor }: PageQuery & { tool?: string | undefined; project?: string | undefined }) {
  const { data, nextCursor } = toPage(await taskTakesOf(ctx, { tools: tool?.split(","), limit, cursor, project: project === "none" ? ctx.studio : project }), limit, (row) => row, (row) => [row.createdAt, row.id]);
  return { data: await toTakes(ctx, data, () => "current"), nextCursor };
}

/** The signed record of how a take was made, and who can tell that it was not altered. */
export async function getManifest(ctx: StudioCtx, id: string): Promise<Manifest> {
  const { manifest: jws } = await requireTake(ctx, id);
  return { object: "manifest", take: id, jws, manifest: manifestIn(jws), proof: await proofOf(ctx, jws), keys: keysAddress(ctx) };
}

type Field = "choices";
const touches = (node: string, yours: unknown) => [{ field: `${node} take` as const, yours, read: (film: Film) => film[("choices" satisfies Field)][node] ?? null }];

/** Put a take's recipe back, with those of what it was made from. Undo is choosing the other one. */
export async function chooseTake(ctx: StudioCtx, id: string, base: number) {
  const row = await requireTake(ctx, id);
  const { film: quoted } = await readSnapshot(ctx, row.quote);
  if (!quoted) throw new AppError("take.not_found", "This take was ordered by itself, and is of no film: use its file as a take of yours instead.");
  const lineage = lineageOf(buildGraph(quoted), row.node);
  if (!lineage || lineage.fingerprint !== row.fingerprint) throw new AppError("take.not_found", "How this take was made is no longer known, so it cannot be put back.");
  const changed = await changeFilm(ctx, row.project, { base, what: `a take of ${row.node} was chosen`, touches: touches(row.node, id), change: (film) => choose(film, lineage) });
  await judge(ctx, [id], { accepted: true, at: ctx.now() });
  return changed;
}

/** Ask for another making of a node. It is made by the next run. */
export async function retakeNode(ctx: StudioCtx, { project, node, base }: { project: string; node: string; base: number }) {
  const taken = (await takesOfNode(ctx, project, node)).map(({ variant }) => variant);
  return changeFilm(ctx, project, { base, what: `another take of ${node} was asked for`, touches: touches(node, null), change: (film) => again(film, node as NodeId, taken) ?? missing(node) });
}

function missing(node: string): never {
  throw new AppError("node.not_found", `The film has no node ${node.slice(0, 60)}, or it takes no file. Read the graph again.`);
}

/** Take a file that people brought in the place of what would be made. */
export async function useUpload(ctx: StudioCtx, { project, node, base, asset: id }: { project: string; node: string; base: number; asset: string }) {
  await requireNode(ctx, project, node);
  const asset = await requireAsset(ctx, id);
  const { kind } = partsOf(node as NodeId);
  const wanted = kindsOf[kind];
  if (wanted === undefined) throw new AppError("upload.unsupported", `A ${kind} takes no file of yours. Voices, frames, clips, music and titles do.`);
  if (kind === "voice" && (asset.durationMs ?? 0) > VOICE_MS_MAX) throw new AppError("upload.unsupported", `A recording may last ${VOICE_MS_MAX / 1_000} seconds: its shot cannot be longer than two minutes. Divide the line in the script, and record its parts.`);
  if (!asset.contentType.startsWith(`${wanted}/`)) throw new AppError("upload.unsupported", `A ${kind} takes ${wanted}, and this file is ${asset.contentType}.`);
  return changeFilm(ctx, project, { base, what: `a file was brought for ${node}`, touches: touches(node, id), change: (film) => bring(film, node as NodeId, asset.sha256) ?? missing(node) });
}

/** Take an upload away again. */
export async function dropUpload(ctx: StudioCtx, { project, node, base }: { project: string; node: string; base: number }) {
  await requireNode(ctx, project, node);
  return changeFilm(ctx, project, { base, what: `the file of ${node} was taken away`, touches: touches(node, null), change: (film) => drop(film, node as NodeId) ?? film });
}

/** What an edit of a shot would make stale and cost, before it is made. */
export async function whatIf(ctx: StudioCtx, project: string, { shot, fields, target }: z.infer<typeof AskWhatIf>): Promise<z.infer<typeof WhatIf>> {
  const { film, version } = await getFilm(ctx, project);
  const asked = EditShot.shape.fields.safeParse(fields);
  if (!asked.success) {
    const errors = asked.error.issues.map((issue) => ({ pointer: `/fields/${issue.path.join("/")}`, detail: issue.message }));
    throw new AppError("request.invalid", `Correct ${errors.map(({ pointer }) => pointer).join(", ")} and ask again.`, { errors });
  }
  const edited = edits.editShot(film, { shot, fields: asked.data, base: version });
  if (!edited.ok) throw new AppError(edited.code === "not_found" ? "shot.not_found" : "request.invalid", edited.detail);
  const takes = indexTakes(await takesOf(ctx, project));
  const result = compare({ before: film, after: edited.film, takes, prices: priceCard, target: target as Target });
  const nodes = buildGraph(edited.film).order.length;
  return { object: "what_if", stale: result.added, credits: await creditsOf(ctx, { film: edited.film, steps: result.steps }), unchanged: nodes - result.added.length };
}
