/** How a result comes in: fetched to new keys, probed, and recorded as a take with its assets and manifest in one batch. */
import { inStudio, type Ctx, type StudioCtx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { commit } from "#core/events.ts";
import { derivedId } from "#core/id.ts";
import { contentTypes, probe, recordAsset, storeStream, type ProbeFacts, type StoredObject } from "#domains/media/index.ts";
import type { Json, NodeId, TakeFacts } from "#film/film.ts";
import { expectedOutput, readOutput, type ExpectedFile, type ExpectedOutput } from "#film/inputs/expected-output.ts";
import type { Aspect } from "#film/film.ts";
import type { QuotedStep } from "#objects/run/snapshot.ts";
import { takeRecorded } from "../contract.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { findByFingerprint, insertTake, toFacts } from "../takes/store.ts";
import { contentTypeOf, faultIn } from "./accepting.ts";
import { signManifest } from "./manifest.ts";

const FETCH_TIMEOUT_MS = 120_000;
const BYTES_MAX: Record<ExpectedFile["kind"], number> = { video: 4_000_000_000, audio: 1_000_000_000, image: 100_000_000, text: 10_000_000 };

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

export type BroughtIn = { ok: true; take: TakeFacts } | { ok: false; problem: { code: string; detail: string }; again: "never" | "later" };

interface StoredFile {
  role: string;
  expected: ExpectedFile;
  object: StoredObject;
  facts: ProbeFacts;
}

const bad = (detail: string): BroughtIn => ({ ok: false, again: "never", problem: { code: "bad_output", detail: `What came back cannot be used: ${detail}. Nothing was charged.` } });

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
  const results = await Promise.all(Object.entries(output.files).map(([role, url]) => bringFile(ctx, reached, { delivery, take, role, url, expected })));
  const stored = results.flatMap((result) => ("object" in result ? [result] : []));
  const failure = results.find((result) => "ok" in result);
  if (failure && "ok" in failure) {
    await discard(ctx, stored);
    return failure;
  }
  return record(studio, { delivery, take, stored, values: output.values, frames: output.frames });
}

async function bringFile(
  ctx: Ctx, { provider, call }: { provider: Provider; call: Call },
  { delivery, take, role, url, expected }: { delivery: Delivery; take: string; role: string; url: string; expected: ExpectedOutput },
): Promise<StoredFile | Extract<BroughtIn, { ok: false }>> {
  const ordered = expected.files[role.split(".")[0] ?? ""];
  const refuse = (detail: string) => bad(`${role}: ${detail}`) as Extract<BroughtIn, { ok: false }>;
  if (!ordered) return refuse("nobody ordered it");
  const address = URL.parse(url);
  if (!address || !provider.mayFetch(call, address)) return refuse("it lies where nothing may be fetched from");
  const later = (detail: string): Extract<BroughtIn, { ok: false }> => ({ ok: false, again: "later", problem: { code: "fetch_failed", detail: `The result could not be brought in: ${detail}.` } });
  const contentType = contentTypeOf(ordered);
  const key = `takes/${delivery.studio}/${take}/${role}-${delivery.attempt}-${delivery.fetch}.${contentTypes[contentType].ending}`;
  let outcome: Awaited<ReturnType<typeof storeStream>>;
  try {
    const response = await call.fetch(address.href, { redirect: "manual", signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (response.status !== 200 || !response.body) {
      await response.body?.cancel();
      return response.status === 404 || response.status === 410 ? refuse("the provider does not have it any more") : later(`the provider answered ${response.status}`);
    }
    outcome = await storeStream(ctx, { key, body: response.body as ReadableStream<Uint8Array>, contentType, bytesMax: BYTES_MAX[ordered.kind] });
  } catch {
    return later("the provider did not answer");
  }
  if (!outcome.ok) return outcome.reason === "cut_off" ? later("it was cut off") : refuse(outcome.reason === "empty" ? "it is empty" : "it is too large");
  const facts = await probe(ctx, key);
  const fault = faultIn(ordered, facts);
  if (fault === null && facts) return { role, expected: ordered, object: outcome.object, facts };
  await ctx.env.MEDIA.delete(key);
  return refuse(fault ?? "it did not arrive");
}

const discard = async (ctx: Ctx, stored: StoredFile[]): Promise<void> => {
  if (stored.length > 0) await ctx.env.MEDIA.delete(stored.map(({ object }) => object.key));
};

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

