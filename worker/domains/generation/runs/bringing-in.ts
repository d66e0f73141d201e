/** How a result comes in: fetched to new keys, probed, and recorded as a take with its assets and manifest in one batch. */
import { inStudio, type Ctx, type StudioCtx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { commit } from "#core/events.ts";
import { derivedId } from "#core/id.ts";
import { recordAsset } from "#domains/media/index.ts";
import type { Json, NodeId, TakeFacts } from "#film/film.ts";
import { expectedOutput, readOutput } from "#film/inputs/expected-output.ts";
import type { Aspect } from "#film/film.ts";
import type { QuotedStep } from "#objects/run/snapshot.ts";
import { takeRecorded } from "../contract.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { findByFingerprint, insertTake, toFacts } from "../takes/store.ts";
import { contentTypeOf } from "./accepting.ts";
import { bad, discard, fetchFile, type NotFetched, type StoredFile } from "./fetching.ts";
import { signManifest } from "./manifest.ts";

export interface Delivery {
  studio: string;
  project: string;
  quote: string;
  run: string;
  attempt: number;
  fetch: number;
  quoted: QuotedStep;
  takes: [NodeId, TakeFacts][];
  aspect: Aspect;
  ticket: Json;
  output: Json;
}

export type BroughtIn = { ok: true; take: TakeFacts } | NotFetched;

/** Brings a result in, once: what is recorded already is found. Nothing stays stored that is not recorded. */
export async function bringIn(ctx: Ctx, reached: { provider: Provider; call: Call }, delivery: Delivery): Promise<BroughtIn> {
  const studio = inStudio(ctx, delivery.studio, "owner");
  const { step } = delivery.quoted;
  const known = await findByFingerprint(ctx, delivery.project, step.fingerprint);
  if (known) return { ok: true, take: toFacts(known) };
  const expected = expectedOutput(step, new Map(delivery.takes), { aspect: delivery.aspect });
  const output = readOutput(expected, delivery.output);
  if (!output) return bad("files that were ordered are missing");
  const take = await derivedId("take", delivery.project, step.fingerprint);
  const keyOf = (role: string) => `takes/${delivery.studio}/${take}/${role}-${delivery.attempt}-${delivery.fetch}`;
  const results = await Promise.all(Object.entries(output.files).map(([role, url]) => fetchFile(ctx, reached, { key: keyOf(role), role, url, expected })));
  const stored = results.flatMap((result) => ("object" in result ? [result] : []));
  const failure = results.find((result) => "ok" in result);
  if (failure) {
    await discard(ctx, stored);
    return failure;
  }
  return record(studio, { delivery, take, stored, values: output.values, frames: output.frames });
}

async function record(
  ctx: StudioCtx, { delivery, take, stored, values, frames }: { delivery: Delivery; take: string; stored: StoredFile[]; values: TakeFacts["values"]; frames: number | null },
): Promise<BroughtIn> {
  const { quoted: { step, kind, terms, job }, project, quote, run } = delivery;
  const createdAt = ctx.now();
  const assets: TakeFacts["assets"] = {};
  for (const { role } of stored) assets[role] = await derivedId("asset", take, role);
  const writes = stored.map(({ role, object, facts, expected }) =>
    recordAsset(ctx, {
      id: assets[role] ?? ctx.newId("asset"), studio: ctx.studio, project, kind, node: step.node, take, role, key: object.key, contentType: contentTypeOf(expected), bytes: object.bytes, sha256: object.sha256,
      durationMs: facts.durationMs, width: facts.width, height: facts.height,
    }).write);
  const manifest = await signManifest(ctx, {
    v: 1, take, generated: step.recipe.tool !== "upload", studio: ctx.studio, project, node: step.node, tool: step.tool, recipe: { ...step.recipe }, fingerprint: step.fingerprint,
    madeFrom: step.deps.map(({ node, fingerprint }) => ({ node, fingerprint })), provider: terms.provider, providerId: delivery.ticket, model: terms.model, modelVersion: terms.version,
    prompt: promptOf(step.recipe.params), seed: step.recipe.params["seed"] ?? null, credits: step.item.credits, quote, run, job, attempt: delivery.attempt,
    files: stored.map(({ role, object, expected }) => ({ role, sha256: object.sha256, bytes: object.bytes, contentType: contentTypeOf(expected) })), values, frames, madeAt: new Date(createdAt).toISOString(),
  });
  const facts: TakeFacts = { id: take, node: step.node, fingerprint: step.fingerprint, frames, assets, values, createdAt };
  try {
    await commit(ctx, takeRecorded(ctx.studio, take, { take, project, node: step.node, run }), [
      insertTake(ctx, {
        id: take, studio: ctx.studio, project, node: step.node, kind, fingerprint: step.fingerprint, variant: step.recipe.variant, tool: step.tool, model: terms.model, modelVersion: terms.version,
        provider: terms.provider, frames, credits: step.item.credits, assets, facts: values, quote, run, job, manifest, createdAt,
      }),
      ...writes,
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

/** What was asked for in words: of a voice its text, of a picture its description. */
function promptOf(params: { [key: string]: Json }): Json {
  return params["text"] ?? params["description"] ?? params["title"] ?? null;
}

