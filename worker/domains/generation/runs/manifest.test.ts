/** What a take's record says of how it was made, and that nobody can change it unseen. */
import { env } from "cloudflare:workers";
import { CompactSign } from "jose";
import { expect, test } from "vitest";
import { canonicalJson } from "#film/canonical.ts";
import { checkFile, checkManifest } from "../../../../scripts/verify-manifest.mjs";
import { changeQuote, newVendorWorld, termsOfModel, type VendorWorld } from "../../../../test/vendor-world.ts";

const CLOCKS = { submitMs: 2_500, lookupLagMs: 200, resolveMs: 5_000, timeoutMs: 60_000 };
const MODELS: Record<string, string> = { clip: "runway/gen4.5", voice: "elevenlabs/v3" };
const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nEXT. BRIDGE - DAWN\n\nA room.\n\nMARTA\nYou're late.\n";

interface ManifestWire { take: string; jws: string; proof: string; keys: string; manifest: { prompt: string | null; seed: number | null; node: string; provider: string; recipe: { variant: number; params: { seed?: number } }; files: { role: string; sha256: string }[] } }
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

/** A take of the house's with its record, and the published keys. */
async function recorded(): Promise<{ world: VendorWorld; record: ManifestWire; keys: unknown }> {
  const world = await newVendorWorld({ script: SCRIPT });
  const { nodes } = await graphOf(world);
  const run = await world.until((await world.start((await world.quote([nodes.find(({ kind }) => kind === "frame")?.id])).id)).id);
  const record = await (await world.get(`/api/v1/takes/${run.jobs[0]?.take}/manifest`)).json<ManifestWire>();
  return { world, record, keys: await (await world.get(new URL(record.keys).pathname)).json() };
}

const part = (text: string): string => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
/** A JWS with another text in it, or another header. */
function altered(jws: string, change: { manifest?: object; header?: object }): string {
  const [header = "", payload = "", signature = ""] = jws.split(".");
  return [change.header ? part(JSON.stringify(change.header)) : header, change.manifest ? part(canonicalJson(change.manifest as never)) : payload, signature].join(".");
}

const rewrite = (take: string, jws: string) => env.DB.prepare("UPDATE takes SET manifest = ? WHERE id = ?").bind(jws, take).run();
const proofNow = async (world: VendorWorld, take: string) => (await (await world.get(`/api/v1/takes/${take}/manifest`)).json<ManifestWire>()).proof;

test("anybody proves a record with the published keys, and its files with it; whatever is altered does not verify", async () => {
  const { world, record, keys } = await recorded();
  expect([record.proof, record.keys]).toEqual(["published_key", "https://dailies.example/.well-known/dailies-keys.json"]);
  const { manifest } = checkManifest(record, keys);
  expect(manifest).toEqual(record.manifest);
  expect(checkFile(manifest, "panel.png", manifest.files[0]?.sha256 ?? "").role).toBe(manifest.files[0]?.role);
  expect(() => checkFile(manifest, "other.png", "0".repeat(64))).toThrow("other.png is none of its files");

  const cheaper = { ...record.manifest, prompt: "Somebody else's words" };
  expect(() => checkManifest({ ...record, manifest: cheaper }, keys)).toThrow("is not what was signed");
  expect(() => checkManifest({ ...record, take: "take_other" }, keys)).toThrow("another take");
  for (const jws of [altered(record.jws, { manifest: cheaper }), altered(record.jws, { header: { alg: "EdDSA", kid: "test", typ: "dailies-root+jws" } }), altered(record.jws, { header: { alg: "none" } }), record.jws.slice(0, -2), `${record.jws}.`]) {
    expect(() => checkManifest({ ...record, jws, manifest: cheaper }, keys)).toThrow();
    await rewrite(record.take, jws);
    expect(await proofNow(world, record.take)).toBe("none");
  }
  await rewrite(record.take, record.jws);
  expect(await proofNow(world, record.take)).toBe("published_key");
});

test("a record that was signed with the server's secret is told apart, and an altered one of that kind too", async () => {
  const { world, record, keys } = await recorded();
  const secret = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("manifest signing key of tests")));
  const jws = await new CompactSign(new TextEncoder().encode(canonicalJson(record.manifest as never))).setProtectedHeader({ alg: "HS256", kid: "test", typ: "dailies-manifest+jws" }).sign(secret);
  await rewrite(record.take, jws);
  expect(await proofNow(world, record.take)).toBe("server_secret");
  expect(() => checkManifest({ ...record, jws }, keys)).toThrow("only the server can tell");
  await rewrite(record.take, altered(jws, { manifest: { ...record.manifest, seed: 1 } }));
  expect(await proofNow(world, record.take)).toBe("none");
});
