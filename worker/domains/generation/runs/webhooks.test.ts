/** Webhooks that are registered with a vendor once: their address names no attempt. */
import { env, exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { changeQuote, newVendorWorld, termsOfModel, type VendorWorld } from "../../../../test/vendor-world.ts";
import type { Weather } from "../../../../test/emulators/vendor/webhooks.ts";

const ADDRESS = (source: string) => `https://dailies.example/api/webhooks/${source}`;
const SCRIPT = "INT. ROOM - DAY\n\nMarta waits.\n";

/** Sends a message as its vendor signs it, and says what was answered and what came of it. */
async function send(world: VendorWorld, source: string, job: string, { weather = {}, query = "", change }: { weather?: Weather; query?: string; change?: (init: RequestInit) => RequestInit } = {}): Promise<[number, string | null]> {
  const init = await world.vendors[source]?.webhookOf(job, weather);
  if (!init) throw new Error("no such vendor");
  const lines: { evt: string; effect?: string }[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line: unknown) => { if (typeof line === "string" && line.startsWith("{")) lines.push(JSON.parse(line) as { evt: string }); });
  const answer = await exports.default.fetch(new Request(`${ADDRESS(source)}${query}`, change ? change(init) : init));
  spy.mockRestore();
  const about = lines.find(({ evt }) => evt.startsWith("webhook."));
  return [answer.status, about?.effect ?? about?.evt ?? null];
}

/** A clip that is being made by Gemini, and its interaction. */
async function underWay(): Promise<{ world: VendorWorld; run: string; interaction: string }> {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000 });
  const gemini = world.vendors["gemini"];
  if (!gemini) throw new Error("no vendor");
  Object.assign(gemini.options, { delayMs: null });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.filter(({ kind }) => kind === "clip").slice(0, 1).map(({ id }) => id));
  await changeQuote(world, quote.id, (step) => (step.kind === "clip" ? { ...step, terms: termsOfModel("gemini/omni-1.1", { timeoutMs: 60_000 }), alternatives: [] } : step));
  const run = (await world.start(quote.id)).id;
  const known = async () => (await env.DB.prepare("SELECT ticket FROM decisions WHERE run = ? AND provider = 'gemini'").bind(run).first<{ ticket: string | null }>())?.ticket ?? null;
  await expect.poll(known, { timeout: 30_000 }).not.toBeNull();
  return { world, run, interaction: (await known()) ?? "" };
}

test("Gemini's registered webhook finds its job by the interaction, wakes a check, and only once", { timeout: 120_000 }, async () => {
  const { world, run, interaction } = await underWay();
  expect(await send(world, "gemini", interaction, { weather: { forged: true } })).toEqual([400, "webhook.refused"]);
  expect(await send(world, "gemini", interaction, { weather: { tampered: true } })).toEqual([400, "webhook.refused"]);
  expect(await send(world, "gemini", interaction, { weather: { staleSeconds: 360 } })).toEqual([400, "webhook.refused"]);
  expect(await send(world, "gemini", interaction, { query: "?run=run_1&job=job_1&attempt=1&proof=no" })).toEqual([400, "webhook.refused"]);
  world.vendors["gemini"]?.end(interaction);
  expect(await send(world, "gemini", interaction)).toEqual([200, "check"]);
  expect(await send(world, "gemini", interaction)).toEqual([200, "stale"]);
  expect((await world.until(run)).status).toBe("succeeded");
  expect(await send(world, "gemini", interaction)).toEqual([200, "over"]);
});

test("what a registered webhook tells of others' work is answered and left alone; where nothing is registered, a bare address is refused", { timeout: 120_000 }, async () => {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000 });
  const job = { model: "m", input: {}, webhook: null };
  for (const source of ["gemini", "openai", "elevenlabs", "replicate", "fal"]) world.vendors[source]?.add({ id: "foreign", ...job });
  for (const source of ["gemini", "openai", "elevenlabs"]) {
    expect([source, await send(world, source, "foreign")]).toEqual([source, [200, "webhook.ignored"]]);
    expect([source, await send(world, source, "foreign", { weather: { forged: true } })]).toEqual([source, [400, "webhook.refused"]]);
    expect([source, await send(world, source, "foreign", { weather: { staleSeconds: -360 } })]).toEqual([source, [400, "webhook.refused"]]);
  }
  for (const source of ["replicate", "fal"]) expect([source, await send(world, source, "foreign")]).toEqual([source, [400, "webhook.refused"]]);
});
