/** How what came is recorded as a take with its assets and manifest, in one batch. */
import type { StudioCtx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { commit } from "#core/events.ts";
import { derivedId } from "#core/id.ts";
import { assetsById, recordAssets, type ContentType, type ProbeFacts, type StoredObject } from "#domains/media/index.ts";
import type { Aspect, Json, NodeId, TakeFacts } from "#film/film.ts";
import { isPlace } from "#film/tasks/task.ts";
import { projectOf, type QuotedStep, type Terms } from "#objects/run/snapshot.ts";
import { takeRecorded } from "../contract.ts";
import { findByFingerprint, insertTake, toFacts } from "../takes/store.ts";
import { discard, type NotFetched } from "./fetching.ts";
import type { KnownAssets } from "./inputs.ts";
import { signManifest } from "./manifest.ts";
import { wordsAndSeed } from "./request.ts";

/** A file of a result that is stored and was looked at. */
export interface RecordedFile {
  role: string;
  object: StoredObject;
  facts: Pick<ProbeFacts, "durationMs" | "width" | "height">;
  contentType: ContentType;
}

export interface Delivery {
  studio: string;
  project: string;
  quote: string;
  run: string;
  attempt: number;
  fetch: number;
  quoted: QuotedStep;
  /** Of the model that made it. */
  terms: Terms;
  takes: [NodeId, TakeFacts][];
  aspect: Aspect;
  ticket: Json;
  output: Json;
  /** What making it cost us, in millionths of a dollar, where the provider says so. */
  costMicros: number | null;
  /** The version of the card that it was priced by. */
  priceCard: string;
  /** What was looked up already of the files that it is made from. */
  known: KnownAssets;
}

export type BroughtIn = { ok: true; take: TakeFacts } | NotFetched;

/** Writes a take down: its row, its assets and its signed manifest, in one batch. Whoever comes second is answered the first one's. */
export async function record(
  ctx: StudioCtx, { delivery, take, stored, values, frames }: { delivery: Delivery; take: string; stored: RecordedFile[]; values: TakeFacts["values"]; frames: number | null },
): Promise<BroughtIn> {
  const { quoted: { step, kind, job }, terms, project, quote, run } = delivery;
  const createdAt = ctx.now();
  const assets: TakeFacts["assets"] = {};
  for (const { role } of stored) assets[role] = await derivedId("asset", take, role);
  const files = recordAssets(ctx, stored.map(({ role, object, facts, contentType }) => ({
    id: assets[role] ?? ctx.newId("asset"), studio: ctx.studio, project: projectOf(delivery), kind, node: step.node, take, role, key: object.key, contentType, bytes: object.bytes, sha256: object.sha256,
    durationMs: facts.durationMs, width: facts.width, height: facts.height,
  })));
  const inputs = await inputsOf(ctx, delivery);
  const manifest = await signManifest(ctx, {
    v: 1, take, generated: step.recipe.tool !== "upload", studio: ctx.studio, project: projectOf(delivery), node: step.node, tool: step.tool, recipe: { ...step.recipe }, fingerprint: step.fingerprint,
    madeFrom: step.deps.map(({ node, fingerprint }) => ({ node, fingerprint })), inputs, provider: terms.provider, providerId: delivery.ticket, model: terms.id ?? terms.model, providerModel: terms.model, modelVersion: terms.version,
    ...wordsAndSeed(delivery), priceCard: delivery.priceCard, credits: step.item.credits, costMicros: delivery.costMicros, quote, run, job, attempt: delivery.attempt,
    files: stored.map(({ role, object, contentType }) => ({ role, sha256: object.sha256, bytes: object.bytes, contentType })), values, frames, madeAt: new Date(createdAt).toISOString(),
  });
  const facts: TakeFacts = { id: take, node: step.node, fingerprint: step.fingerprint, frames, assets, values, createdAt };
  try {
    await commit(ctx, takeRecorded(ctx.studio, take, { take, project, node: step.node, run }), [
      insertTake(ctx, {
        id: take, studio: ctx.studio, project, node: step.node, kind, fingerprint: step.fingerprint, variant: step.recipe.variant, tool: step.tool, model: terms.id ?? terms.model, modelVersion: terms.version,
        provider: terms.provider, frames, credits: step.item.credits, assets, facts: values, quote, run, job, manifest, createdAt,
      }),
      files,
    ]);
    return { ok: true, take: facts };
  } catch (error) {
    if (!isDuplicate(error, "takes")) throw error;
    await discard(ctx, stored);
    const winner = await findByFingerprint(ctx, project, step.fingerprint);
    if (!winner) throw error;
    return { ok: true, take: toFacts(winner) };
  }
}

/** The files that it is made from, by hash. */
async function inputsOf(ctx: StudioCtx, { takes, quoted: { step: { recipe } }, known }: Delivery): Promise<Json> {
  const named = takes.flatMap(([node, { assets }]) => Object.entries(assets).map(([role, id]) => ({ node: node as string | null, role, id })));
  const ordered = Object.entries(recipe.params).flatMap(([role, value]) => (isPlace(value) ? [{ node: null, role, id: value.$asset }] : []));
  const all = [...named, ...ordered];
  const others = await assetsById(ctx, [...new Set(all.map(({ id }) => id))].filter((id) => !known.has(id)));
  return all.flatMap(({ node, role, id }) => {
    const asset = known.get(id) ?? others.get(id);
    return asset ? [{ ...(node === null ? { asset: id } : { node }), role, sha256: asset.sha256 }] : [];
  });
}
