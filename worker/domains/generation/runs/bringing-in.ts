/** How a result comes in: fetched to new keys, probed, and recorded. */
import { inStudio, type Ctx } from "#core/context.ts";
import { derivedId } from "#core/id.ts";
import { expectedOutput, readOutput } from "#film/inputs/expected-output.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { findByFingerprint, toFacts } from "../takes/store.ts";
import { bringInTask } from "../tasks/bringing-in.ts";
import { contentTypeOf, levelFault } from "./accepting.ts";
import { conform } from "./conforming.ts";
import { bad, discard, fetchFile } from "./fetching.ts";
import { record, type BroughtIn, type Delivery } from "./recording.ts";

/** Brings a result in, once: what is recorded already is found. Nothing stays stored that is not recorded. */
export async function bringIn(ctx: Ctx, reached: { provider: Provider; call: Call }, delivery: Delivery): Promise<BroughtIn> {
  const studio = inStudio(ctx, delivery.studio, "owner");
  const { step } = delivery.quoted;
  // At first nobody has brought it in: a run begins with what is made already, and a claim keeps others from making it.
  const known = delivery.attempt === 1 && delivery.fetch === 1 ? undefined : await findByFingerprint(ctx, delivery.project, step.fingerprint);
  if (known) return { ok: true, take: toFacts(known) };
  if (delivery.quoted.kind === "task") return bringInTask(studio, reached, delivery);
  const expected = expectedOutput(step, new Map(delivery.takes), { aspect: delivery.aspect });
  const made = reached.provider.delivers === "raw" ? await conform(ctx, reached, { studio: delivery.studio, attempt: { job: delivery.quoted.job, attempt: delivery.attempt }, fetch: delivery.fetch, aspect: delivery.aspect, expected, output: delivery.output }) : { ...reached, output: delivery.output, rawKeys: [] };
  if ("ok" in made) return made;
  const output = readOutput(expected, made.output);
  if (!output) return bad("files that were ordered are missing");
  const misLevelled = levelFault(expected, output);
  if (misLevelled !== null) return bad(misLevelled);
  const take = await derivedId("take", delivery.project, step.fingerprint);
  const keyOf = (role: string) => `takes/${delivery.studio}/${take}/${role}-${delivery.attempt}-${delivery.fetch}`;
  const results = await Promise.all(Object.entries(output.files).map(([role, url]) => fetchFile(ctx, made, { key: keyOf(role), role, url, expected })));
  const stored = results.flatMap((result) => ("object" in result ? [{ ...result, contentType: contentTypeOf(result.expected) }] : []));
  const failure = results.find((result) => "ok" in result);
  if (failure) {
    await discard(ctx, stored);
    return failure;
  }
  const recorded = await record(studio, { delivery, take, stored, values: output.values, frames: output.frames });
  if (recorded.ok && made.rawKeys.length > 0) ctx.later(ctx.env.MEDIA.delete(made.rawKeys).catch(() => undefined));
  return recorded;
}

