import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { AnthropicEmulator } from "../../../../test/emulators/anthropic/emulator.ts";
import { newFilmWorld, type FilmWorld, type QuoteWire } from "../../../../test/film-world.ts";
import { expectSame, recordOf } from "../../../../test/records.ts";
import { newWorld } from "../../../../test/world.ts";
import { anthropic } from "../providers/anthropic.ts";

const SCRIPT = "INT. DINER - NIGHT\n\nMARTA, 40, in a red coat, wipes the counter with a dish towel.\n\nMARTA\nYou're late.\n\nTOM\nThe bridge was closed.\n";
const nothing = { scenes: [], characters: [], locations: [], props: [], costumes: [] };
const good = {
  ...nothing, scenes: [{ scene: 1, synopsis: "Tom comes late to the diner.", lines: [3, 6] }], characters: [{ name: "Marta", aliases: [], description: "40, in a red coat", lines: [3, 5] }],
  props: [{ name: "dish towel", scene: 1, lines: [3] }], costumes: [{ item: "red coat", character: "Marta", scene: 1, lines: [3] }],
};
const invented = { ...nothing, characters: [{ name: "Mallory", aliases: [], description: "", lines: [3] }] };
const KEY = "key-of-the-readers";
interface ReadingWire { by: string; model: { id: string } | null; parts: number; take: string | null; reading: typeof good; lines: { line: number; text: string }[] }

/** A film whose script a model can read. */
async function readerWorld(script = SCRIPT): Promise<FilmWorld & { writer: AnthropicEmulator }> {
  const origin = "https://api.anthropic.com";
  const writer = new AnthropicEmulator({ key: KEY, now: () => Date.now(), deliver: null, delayMs: null, origin, filesOrigin: origin });
  const world = await newFilmWorld({ script, others: (request) => (new URL(request.url).origin === origin ? writer.handle(request) : null) });
  vi.spyOn(anthropic, "configured").mockReturnValue({ baseUrl: origin, token: KEY, webhookSecret: "", more: {} });
  return { ...world, writer };
}
const order = (world: FilmWorld) => world.post("/api/v1/quotes", { tool: "break-down", project: world.project });
const readingOf = async (world: FilmWorld, project = world.project): Promise<ReadingWire> => (await world.get(`/api/v1/projects/${project}/breakdown/reading`)).json<ReadingWire>();
const problemOf = async (answer: Response) => ({ status: answer.status, ...(await answer.json<Record<string, unknown>>()) });

test("before it is read by a model, the breakdown is the rules', with its proofs, and free", async () => {
  const world = await readerWorld();
  const read = await readingOf(world);
  expect(read).toMatchObject({ by: "rules", model: null, parts: 1, take: null });
  expect(read.reading.characters.map(({ name }) => name)).toEqual(expect.arrayContaining(["MARTA", "TOM"]));
  expect(read.lines.find(({ line }) => line === 5)?.text).toBe("MARTA");
});

test("a reading is quoted, made, paid and shown with its lines; the same text is not paid again, in another film neither", async () => {
  const world = await readerWorld();
  world.writer.texts.answers.push({ says: good });
  const quote = await (await order(world)).json<QuoteWire & { items: { model: string; quantity: number }[] }>();
  expect(quote).toMatchObject({ credits: 10, items: [{ model: "anthropic/haiku", quantity: 1 }] });
  const run = await world.until((await world.start(quote.id)).id);
  expect(run).toMatchObject({ status: "succeeded", credits: { captured: 10, returned: 0, held: 0 } });
  expectSame(await recordOf(world, run.id));
  const read = await readingOf(world);
  expect(read).toMatchObject({ by: "model", model: { id: "anthropic/haiku" }, take: run.jobs[0]?.take, reading: { characters: [{ name: "Marta" }], costumes: [{ item: "red coat" }] } });
  expect(read.lines).toEqual(expect.arrayContaining([{ line: 3, text: "MARTA, 40, in a red coat, wipes the counter with a dish towel." }]));
  expect(await problemOf(await order(world))).toMatchObject({ status: 409, code: "quote.nothing_to_do", take: run.jobs[0]?.take });
  const { id: second } = await (await world.post("/api/v1/projects", { title: "The same" })).json<{ id: string }>();
  await world.put(`/api/v1/projects/${second}/script`, { text: SCRIPT });
  expect(await readingOf(world, second)).toMatchObject({ by: "model" });
  await world.put(`/api/v1/projects/${second}/script`, { text: `${SCRIPT}\nHe sits.\n`, base: 1 });
  expect(await readingOf(world, second)).toMatchObject({ by: "rules" });
  expect(world.writer.submitted).toHaveLength(1);
  expect(await world.balance()).toEqual({ available: 90, held: 0 });
});

test.each([["invents", { says: invented }, "failed", "bad_output"], ["says no such shape", { says: "Of course!" }, "failed", "bad_output"], ["will not", "refuse", "refused", "refused"]] as const)(
  "a model that %s is not paid, and the rules' breakdown stands", async (_, answer, status, code) => {
    const world = await readerWorld();
    world.writer.texts.answers.push(answer);
    const run = await world.until((await world.start((await (await order(world)).json<QuoteWire>()).id)).id);
    expect(run.jobs[0]).toMatchObject({ status, problem: { code, detail: expect.stringContaining("breakdown by rules stands, and nothing was charged") }, credits: { captured: 0 } });
    expect(await world.balance()).toEqual({ available: 100, held: 0 });
    expect(await readingOf(world)).toMatchObject({ by: "rules" });
  });

test("a reading that fails in the middle costs its studio nothing, is not bought again by itself, and what it cost us is known", async () => {
  const long = Array.from({ length: 60 }, (_, at) => `INT. ROOM ${at} - DAY\n\n${`Marta walks through room ${at} and sits down by the window. `.repeat(35)}\n\n`).join("");
  const world = await readerWorld(long);
  world.writer.texts.answers.push({ says: nothing });
  world.writer.faults.push({ at: "create", after: 3, does: { status: 401 } });
  const run = await world.until((await world.start((await (await order(world)).json<QuoteWire>()).id)).id);
  expect(run.jobs[0]).toMatchObject({ status: "failed", attempts: 1, problem: { code: "provider_config", detail: expect.stringContaining("breakdown by rules stands") }, credits: { captured: 0 } });
  expect(world.writer.submitted.length).toBeLessThanOrEqual(6);
  const cost = () => env.DB.prepare("SELECT cost_micros AS micros FROM decisions WHERE run = ?").bind(run.id).first<{ micros: number }>();
  await expect.poll(async () => ((await cost())?.micros ?? 0) > 0).toBe(true);
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
  expectSame(await recordOf(world, run.id));
});

test("two readings of one text at once: the second is told the first, and one is paid", async () => {
  const world = await readerWorld();
  world.writer.texts.answers.push({ says: good });
  const [one, two] = [await (await order(world)).json<QuoteWire>(), await (await order(world)).json<QuoteWire>()];
  const answers = await Promise.all([one, two].map(({ id }) => world.post("/api/v1/runs", { quote: id })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  const opened = answers.find(({ status }) => status === 201);
  await world.until((await opened?.json<{ id: string }>())?.id ?? "");
  expect(await world.balance()).toEqual({ available: 90, held: 0 });
  expect(world.writer.submitted).toHaveLength(1);
});

test("without a script, a project or a model it is refused; a stranger's project is not there", async () => {
  const world = await readerWorld("Just some words that are in no scene.\n");
  expect(await problemOf(await world.post("/api/v1/quotes", { tool: "break-down" }))).toMatchObject({ status: 422, errors: [{ pointer: "/project" }] });
  const stranger = await newWorld({ credits: 10 });
  expect(await problemOf(await stranger.post("/api/v1/quotes", { tool: "break-down", project: world.project }))).toMatchObject({ status: 404, code: "project.not_found" });
  expect((await stranger.get(`/api/v1/projects/${world.project}/breakdown/reading`)).status).toBe(404);
  await world.put(`/api/v1/projects/${world.project}/script`, { text: SCRIPT, base: 1 });
  vi.spyOn(anthropic, "configured").mockReturnValue(null);
  expect(await problemOf(await order(world))).toMatchObject({ status: 409, code: "tool.unavailable" });
});
