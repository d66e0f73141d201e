/** Where each vendor says that it refused is what the receipt says, however far it was seen to be. */
import { expect, test } from "vitest";
import { changeQuote, newVendorWorld, termsOfModel } from "../../../../test/vendor-world.ts";
import type { Ending } from "../../../../test/emulators/vendor/emulator.ts";
import { outcomeTable } from "../../../../film/outcomes.ts";
import type { Job } from "../contract.ts";
import type { Receipt } from "./contract.ts";

const BEFORE = "refused-before";
const AFTER = "refused-after";
const refused = (more: Partial<Ending>): Ending => ({ as: "failed", ...more });
const table: Record<string, [model: string, endings: [Ending, outcome: string][]]> = {
  gemini: ["gemini/omni-1.1", [[refused({ code: "words_only" }), AFTER]]],
  vertex: ["vertex/veo-3.1-fast", [[refused({ code: "filtered" }), AFTER], [refused({ code: "3", words: "violates our usage guidelines" }), BEFORE]]],
  runway: ["runway/gen4.5", [[refused({ code: "SAFETY.OUTPUT.NUDITY" }), AFTER], [refused({ code: "SAFETY.INPUT.TEXT" }), BEFORE]]],
  fal: ["fal/kling-v3-standard", [[refused({ code: "content_policy_violation", status: 422, words: "output" }), AFTER], [refused({ code: "content_policy_violation", status: 422 }), BEFORE]]],
  replicate: ["replicate/veo-3.1-fast", [[refused({ words: "NSFW content detected in the output" }), AFTER], [refused({ words: "The prompt was flagged as sensitive." }), BEFORE]]],
};
const rows = Object.entries(table).flatMap(([provider, [model, endings]]) => endings.map(([ending, outcome]) => ({ provider, model, ending, outcome })));

test.each(["never seen at work", "seen at work"])("what was refused before and after, %s", { timeout: 120_000 }, async (seen) => {
  const world = await newVendorWorld({ script: rows.map((_, at) => `INT. ROOM ${at + 1} - DAY\n\nMarta waits.\n`).join("\n"), credits: 2_000 });
  for (const { options } of Object.values(world.vendors)) Object.assign(options, { delayMs: null });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id));
  let at = 0;
  await changeQuote(world, quote.id, (step) => (step.kind === "clip" ? { ...step, terms: termsOfModel(rows[at++]?.model ?? "", { timeoutMs: 100_000 }), alternatives: [] } : step));
  expect(at).toBe(rows.length);
  const { id } = await world.start(quote.id);
  const jobsAt = (provider: string) => [...(world.vendors[provider]?.jobs.values() ?? [])];
  await expect.poll(() => rows.filter(({ provider }) => jobsAt(provider).length < (table[provider]?.[1].length ?? 0)).map(({ provider }) => provider), { timeout: 60_000 }).toEqual([]);
  if (seen === "seen at work") {
    for (const { provider } of rows) for (const job of jobsAt(provider)) world.vendors[provider]?.start(job.id, 0.5);
    // Not every vendor tells how far it is.
    await expect.poll(async () => ((await world.run(id)).jobs as unknown as Job[]).filter(({ progress }) => progress > 0).length, { timeout: 30_000 }).toBeGreaterThan(1);
  }
  for (const [provider, [, endings]] of Object.entries(table)) for (const [index, job] of jobsAt(provider).entries()) world.vendors[provider]?.end(job.id, endings[index]?.[0]);
  await world.until(id, undefined, 80);
  const jobs = (await world.run(id)).jobs as unknown as Job[];
  const receipt = await (await world.get(`/api/v1/runs/${id}/receipt`)).json<Receipt>();
  const told = receipt.items.flatMap(({ job, outcome, happened, captured }) => {
    const { provider, refusalStage, kind } = jobs.find((each) => each.id === job) ?? {};
    return kind === "clip" ? [JSON.stringify([provider, outcome, refusalStage, happened, captured])] : [];
  });
  const right = rows.map(({ provider, outcome }) => JSON.stringify([provider, outcome, outcome === AFTER ? "output" : "input", outcomeTable.find((row) => row.outcome === outcome)?.happened, 0]));
  expect(told.sort()).toEqual(right.sort());
});
