import { afterEach, expect, test } from "vitest";
import { newFilmWorld, type RunWire } from "../../../../test/film-world.ts";
import { changeQuote, newVendorWorld, termsOfModel, type VendorWorld } from "../../../../test/vendor-world.ts";

const SPOKEN = "INT. ROOM - DAY\n\nA room.\n\nMARTA\nYou are late.\n\nTOM\n(whispering)\nI know.\n";
const SHOWN = "INT. ROOM - DAY\n\nMarta wipes the counter.\n";
const CLOCKS = { submitMs: 2_500, lookupLagMs: 300, resolveMs: 20_000, timeoutMs: 90_000, limits: { concurrency: 100, perMinute: null, perDay: null } };

let weather: ReturnType<typeof setInterval> | undefined;
afterEach(() => clearInterval(weather));

interface Begun {
  world: VendorWorld;
  run: string;
  quoted: number;
}

/** A film whose lines are spoken, or whose shots are shown, by a vendor: each of them is paid for. What the house is to fit into the film waits where `isHeld`. */
async function begin(script: string, { kind, model, faults = [], isHeld = false }: { kind: "voice" | "clip"; model: string; faults?: VendorWorld["provider"]["faults"]; isHeld?: boolean }): Promise<Begun> {
  const world = await newVendorWorld({ script, credits: 1_000, delayMs: isHeld ? null : 0 });
  const { provider, vendors } = world;
  provider.faults.push(...faults);
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.filter((node) => node.kind === kind).map(({ id }) => id));
  await changeQuote(world, quote.id, (step) => (step.kind === kind ? { ...step, terms: termsOfModel(model, CLOCKS), alternatives: [] } : step));
  weather = setInterval(() => {
    for (const vendor of Object.values(vendors)) { vendor.pump(); void vendor.deliverPending(); }
    if (isHeld) for (const { id, model: made } of provider.predictions.values()) if (made !== "dailies/conform") provider.end(id, "succeeded");
  }, 100);
  return { world, run: (await world.start(quote.id)).id, quoted: quote.credits };
}

const conforms = ({ provider }: VendorWorld) => [...provider.predictions.values()].filter(({ model }) => model === "dailies/conform");
const problems = ({ jobs }: RunWire) => jobs.flatMap(({ problem }) => problem ?? []);
const sent = (world: VendorWorld): number => Object.values(world.vendors).reduce((total, { submitted }) => total + submitted.length, 0);
const nextConform = (world: VendorWorld, count = 1) => expect.poll(() => conforms(world).length, { timeout: 20_000 }).toBe(count);

test("a vendor's voices are brought to the level that their lines ask for, whoever speaks them", async () => {
  const { world, run, quoted } = await begin(SPOKEN, { kind: "voice", model: "elevenlabs/multilingual-v2" });
  expect(await world.until(run)).toMatchObject({ status: "succeeded", credits: { captured: quoted } });
  expect(conforms(world).map(({ input }) => input["lufs"]).sort()).toEqual([-20, -25]);
});

test.each([["loud", "too loud: at -4 LUFS, ordered were -23 to -17"], ["hushed", "too quiet: at -41.2 LUFS"]] as const)("a vendor's voice that is still %s is not paid for: the user reads how loud it is", async (does, words) => {
  const { world, run } = await begin(SPOKEN, { kind: "voice", model: "elevenlabs/multilingual-v2", faults: [{ at: "file", model: "dailies/conform", does }] });
  const ended = await world.until(run);
  expect(ended).toMatchObject({ status: "failed", credits: { captured: 0 } });
  expect(problems(ended)).toEqual(problems(ended).map(() => ({ code: "bad_output", detail: expect.stringMatching(/^What came back cannot be used: it is too .*Nothing was charged/) })));
  expect(JSON.stringify(problems(ended))).toContain(words);
  expect(await world.balance()).toEqual({ available: 1_000, held: 0 });
});

test.each([["voice", "loud"], ["music", "hushed"], ["animatic", "loud"], ["animatic", "hushed"]] as const)("what the house makes is held against its level as well: %s, %s", async (tool, does) => {
  const world = await newFilmWorld();
  world.provider.faults.push({ at: "file", model: `dailies/${tool}`, does });
  const ended = await world.animatic();
  expect(ended.status).not.toBe("succeeded");
  expect(ended.jobs.filter(({ kind }) => kind === tool).map(({ status, problem }) => [status, problem?.code])).toContainEqual(["failed", "bad_output"]);
  expect(JSON.stringify(problems(ended))).toContain(does === "loud" ? "it is too loud" : "it is too quiet");
});

test("fitting that outlives its link's ten minutes goes on: the house is asked after it, and not anew", async () => {
  const { world, run, quoted } = await begin(SHOWN, { kind: "clip", model: "runway/gen4.5", isHeld: true });
  await nextConform(world);
  const [conform] = conforms(world);
  // Whoever asked for it again now would ask with a link that ends at another time.
  if (conform) conform.input = { ...conform.input, file: `${String(conform.input["file"])}0` };
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  world.provider.finishAll();
  expect(await world.until(run)).toMatchObject({ status: "succeeded", credits: { captured: quoted } });
  expect([conforms(world).length, sent(world)]).toEqual([1, 1]);
});

test.each([["fetch", "cannot fetch http://10.0.0.7:8787/media/raw/x: the host does not answer"], ["internal", "the process that made it ended unexpectedly (SIGKILL)"]] as const)("where the house fails for a reason of its own (%s), it tries again, and what the vendor made is not lost", async (fault, error) => {
  const { world, run, quoted } = await begin(SHOWN, { kind: "clip", model: "runway/gen4.5", isHeld: true });
  await nextConform(world);
  world.provider.end(conforms(world)[0]?.id ?? "", "failed", error, fault);
  await nextConform(world, 2);
  expect(JSON.stringify(await world.run(run))).not.toMatch(/10\.0\.0\.7|SIGKILL/);
  world.provider.finishAll();
  expect(await world.until(run)).toMatchObject({ status: "succeeded", credits: { captured: quoted } });
  expect([sent(world), new Set(conforms(world).map(({ id }) => id)).size]).toEqual([1, 2]);
});

test("what the house cannot fit because of what it is ends at once, and is not paid for", async () => {
  const { world, run } = await begin(SHOWN, { kind: "clip", model: "runway/gen4.5", isHeld: true });
  await nextConform(world);
  world.provider.end(conforms(world)[0]?.id ?? "", "failed", "the file is a picture, not a video", "input");
  const ended = await world.until(run);
  expect(problems(ended)).toEqual([{ code: "bad_output", detail: "What came back cannot be used: the file is a picture, not a video. Try it again, or choose another model. Nothing was charged." }]);
  expect([ended.credits.captured, conforms(world).length]).toEqual([0, 1]);
});

test("a house that is out keeps nobody's result: it is fitted in when the house is back", async () => {
  const { world, run, quoted } = await begin(SHOWN, { kind: "clip", model: "runway/gen4.5", isHeld: true });
  await expect.poll(() => sent(world), { timeout: 20_000 }).toBe(1);
  world.provider.isDown = true;
  await expect.poll(async () => JSON.stringify(await world.run(run)), { timeout: 20_000 }).toContain("the house does not answer just now");
  world.provider.isDown = false;
  await nextConform(world);
  world.provider.finishAll();
  expect(await world.until(run)).toMatchObject({ status: "succeeded", credits: { captured: quoted } });
  expect(sent(world)).toBe(1);
}, 60_000);
