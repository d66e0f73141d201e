/** What a take's record says of how it was made, and that nobody can change it unseen. */
import { expect, test } from "vitest";
import { changeQuote, newVendorWorld, termsOfModel, type VendorWorld } from "../../../../test/vendor-world.ts";

const CLOCKS = { submitMs: 2_500, lookupLagMs: 200, resolveMs: 5_000, timeoutMs: 60_000 };
const MODELS: Record<string, string> = { clip: "runway/gen4.5", voice: "elevenlabs/v3" };
const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nEXT. BRIDGE - DAWN\n\nA room.\n\nMARTA\nYou're late.\n";

interface ManifestWire { jws: string; manifest: { prompt: string | null; seed: number | null; node: string; provider: string; recipe: { variant: number; params: { seed?: number } } } }
interface Graph { filmVersion: number; nodes: { id: string; kind: string; deps: string[] }[] }

const graphOf = async (world: VendorWorld) => (await world.get(`/api/v1/projects/${world.project}/graph`)).json<Graph>();

/** Has vendors make some nodes, and answers the records of their takes. */
async function made(world: VendorWorld, nodes: string[]): Promise<ManifestWire["manifest"][]> {
  const quote = await world.quote(nodes);
  await changeQuote(world, quote.id, (step) => { const model = MODELS[step.kind]; return model === undefined ? step : { ...step, terms: termsOfModel(model, CLOCKS), alternatives: [] }; });
  const weather = setInterval(() => { for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); } }, 100);
  const run = await world.until((await world.start(quote.id)).id, undefined, 60).finally(() => clearInterval(weather));
  expect(run.status).toBe("succeeded");
  return Promise.all(run.jobs.filter(({ node }) => nodes.includes(node)).map(async ({ take }) => (await (await world.get(`/api/v1/takes/${take}/manifest`)).json<ManifestWire>()).manifest));
}

/** What a vendor was last sent. */
const lastSent = (world: VendorWorld, vendor: string) => JSON.parse(world.vendors[vendor]?.submitted.at(-1)?.body ?? "{}") as Record<string, unknown>;

test("a vendor's take says the words and the seed that the vendor was sent, a retake's included", { timeout: 120_000 }, async () => {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000 });
  const { nodes } = await graphOf(world);
  const clip = nodes.find(({ kind, deps }) => kind === "clip" && !deps.some((dep) => dep.startsWith("voice:")))?.id ?? "";
  const [first] = await made(world, [clip]);
  const sent = lastSent(world, "runway");
  expect(sent["promptText"]).toMatch(/^The camera .*cinematic film still/);
  expect([first?.provider, first?.prompt, first?.seed]).toEqual(["runway", sent["promptText"], sent["seed"]]);

  const { filmVersion } = await graphOf(world);
  expect((await world.post(`/api/v1/projects/${world.project}/nodes/${clip}/retake`, { base: filmVersion })).status).toBe(200);
  const [again] = await made(world, [clip]);
  expect(again?.recipe.variant).toBeGreaterThan(0);
  expect([again?.prompt, again?.seed]).toEqual([lastSent(world, "runway")["promptText"], lastSent(world, "runway")["seed"]]);
  expect(again?.seed).not.toBe(again?.recipe.params.seed);

  const [voice] = await made(world, [nodes.find(({ kind }) => kind === "voice")?.id ?? ""]);
  const spoken = lastSent(world, "elevenlabs");
  expect(voice?.prompt).toBe("You're late.");
  expect([voice?.prompt, voice?.seed]).toEqual([spoken["text"], spoken["seed"]]);
});

test("a take of the house's says what its own model was given", async () => {
  const world = await newVendorWorld({ script: SCRIPT });
  const { nodes } = await graphOf(world);
  const [frame] = await made(world, [nodes.find(({ kind }) => kind === "frame")?.id ?? ""]);
  const { input } = [...world.provider.predictions.values()].at(-1) as unknown as { input: { description: string; seed: number } };
  expect([frame?.prompt, frame?.seed]).toEqual([input.description, input.seed]);
});
