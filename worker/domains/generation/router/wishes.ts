/** Which models people wish for: for one node, or for a film as a whole. */
import type { z } from "zod";
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { changeFilm } from "#domains/projects/index.ts";
import { wishFilm, wishFor } from "#film/choices.ts";
import { wishableKinds, type Film, type NodeId, type Wish } from "#film/film.ts";
import { partsOf } from "#film/recipes/recipe.ts";
import type { Wished } from "#objects/run/snapshot.ts";
import { models } from "../tools/index.ts";
import type { WishForFilm, WishForNode } from "./contract.ts";

/** A wish for a model that there is, and that makes such things. */
export function checkedWish(wish: string, tool: string, pointer: string): Wish {
  const id = wish.startsWith("model:") ? wish.slice("model:".length) : null;
  const model = id === null ? null : models.get(id);
  if (id !== null && !model) throw new AppError("model.not_found", `There is no model ${id.slice(0, 110)}. List them at /api/v1/models.`);
  if (model && model.tool !== tool) throw new AppError("request.invalid", `${model.id} makes ${model.tool}, not ${tool}.`, { errors: [{ pointer, detail: "a model of another tool" }] });
  return wish as Wish;
}

/** Wish for how one node is made. What is made of it already becomes stale, unless it was wished for so before. */
export function wishForNode(ctx: StudioCtx, { project, node, base, wish }: z.infer<typeof WishForNode> & { project: string; node: string }) {
  const { kind } = partsOf(node as NodeId);
  const wanted = checkedWish(wish, kind, "/wish");
  const touches = [{ field: `${node} wish`, yours: wish, read: (film: Film) => film.choices[node] ?? null }];
  return changeFilm(ctx, project, { base, what: `${node} is wished for from ${wish}`, touches, change: (film) => wishedFilm(film, { node: node as NodeId, wish: wanted }) });
}

/** The film as it is where a node is wished for so. */
export const wishedFilm = (film: Film, { node, wish }: Wished): Film => wishFor(film, node, wish) ?? missing(node);

/** Has a film wish for what a quote of it was made by, now that it is run. Whatever else was changed meanwhile stays; a node that is gone is wished for no more. */
export const keepWish = (ctx: StudioCtx, { project, node, wish }: Wished & { project: string }) =>
  changeFilm(ctx, project, { base: null, what: `${node} is made by ${wish}`, change: (film) => wishFor(film, node, wish) ?? film });

function missing(node: string): never {
  throw new AppError("node.not_found", `The film has no node ${node.slice(0, 60)} that is made by a model. Read the graph again.`);
}

/** Wish for how all of a kind are made, where nobody chose for one of them. */
export function wishForFilm(ctx: StudioCtx, project: string, { base, wishes }: z.infer<typeof WishForFilm>) {
  const wanted = Object.fromEntries(wishableKinds.flatMap((kind) => {
    const wish = wishes[kind];
    return wish === undefined ? [] : [[kind, wish === null ? null : checkedWish(wish, kind, `/wishes/${kind}`)] as const];
  }));
  const touches = wishableKinds.filter((kind) => wishes[kind] !== undefined).map((kind) => ({ field: `wishes ${kind}`, yours: wishes[kind] ?? null, read: (film: Film) => film.wishes?.[kind] ?? null }));
  return changeFilm(ctx, project, { base, what: "the film's models were wished for", touches, change: (film) => wishFilm(film, wanted) });
}
