import type { StudioCtx } from "#core/context.ts";
import type { Film, NodeId, NodeKind, Recipe } from "#film/film.ts";
import { buildGraph, closureOf } from "#film/graph/graph.ts";
import { snapshotKey, type Snapshot } from "#objects/run/snapshot.ts";
import { labelsOf } from "../quotes/labels.ts";
import { findTake, takesOf, type PlainTake } from "./store.ts";

/** A node that a film consists of, with the take that it was made from. */
export interface Part {
  node: NodeId;
  kind: NodeKind;
  label: string;
  recipe: Recipe;
  take: { id: string; tool: string; model: string; provider: string; frames: number | null; assets: Record<string, string>; values: Record<string, unknown> };
}

/** Where a film comes from: the film document that its run was priced for, and every part with its take, those made of the film itself last. */
export interface Provenance {
  film: Film;
  parts: Part[];
}

/** What is made of a finished film and belongs to it. */
const companions: NodeId[] = ["poster:film", "preview:film"];

/** The provenance of a take of the studio; null where there is no such take. */
export async function provenanceOf(ctx: StudioCtx, id: string): Promise<Provenance | null> {
  const take = await findTake(ctx, id);
  const stored = take && (await ctx.env.MEDIA.get(snapshotKey(ctx.studio, take.quote)));
  if (!take || !stored) return null;
  const { film } = await stored.json<Snapshot>();
  const graph = buildGraph(film);
  const rows = new Map((await takesOf(ctx, take.project)).map((row) => [row.fingerprint, row]));
  const labelOf = labelsOf(film);
  const nodes = new Set([...closureOf(graph, [take.node]), ...companions]);
  const parts = [...nodes].flatMap((node) => {
    const { recipe, fingerprint, kind, deps } = graph.nodes.get(node) ?? {};
    const row = fingerprint === undefined ? undefined : rows.get(fingerprint);
    if (!recipe || !kind || !row || (companions.includes(node) && !deps?.includes(take.node))) return [];
    return [{ node, kind, label: labelOf(node), recipe, take: toPartTake(row) }];
  });
  return { film, parts };
}

const toPartTake = ({ id, tool, model, provider, frames, assets, facts }: PlainTake): Part["take"] => ({ id, tool, model, provider, frames, assets, values: facts });
