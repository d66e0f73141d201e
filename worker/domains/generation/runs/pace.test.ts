/** A vendor that says how often it may be asked how far a job is. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { RunwayEmulator } from "../../../../test/emulators/runway/emulator.ts";
import { changeQuote, newVendorWorld, termsOfModel } from "../../../../test/vendor-world.ts";

test("Runway is asked about a job every five seconds at most, whoever else asks meanwhile, and what it made is there all the same", { timeout: 90_000 }, async () => {
  const world = await newVendorWorld({ script: "INT. ROOM - DAY\n\nMarta waits.\n", credits: 1_000, hasBreakers: true });
  const { runway } = world.vendors;
  if (!(runway instanceof RunwayEmulator)) throw new Error("no Runway");
  Object.assign(runway.options, { delayMs: null });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id));
  await changeQuote(world, quote.id, (step) => (step.kind === "clip" ? { ...step, terms: termsOfModel("runway/gen4.5", { timeoutMs: 80_000 }), alternatives: [] } : step));
  const { id: run } = await world.start(quote.id);
  const polls = () => runway.seen.filter(({ at }) => at === "check").length;
  await expect.poll(polls, { timeout: 20_000 }).toBe(1);
  const job = (await world.run(run)).jobs.find(({ kind }) => kind === "clip")?.id ?? "";
  // Messages may come twice.
  for (let count = 0; count < 3; count += 1) await env.JOBS.send({ run, job, attempt: 1, action: "check" });
  await expect.poll(polls, { timeout: 30_000 }).toBe(3);
  runway.endAll();
  expect((await world.until(run, undefined, 30)).status).toBe("succeeded");
  expect(runway.hasty).toEqual([]);
});
