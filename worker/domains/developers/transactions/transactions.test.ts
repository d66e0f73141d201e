import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { deliver } from "#core/relay.ts";
import { newFilmWorld } from "../../../../test/film-world.ts";
import { newAdmin, newPartner } from "../../../../test/partner-world.ts";
import { newWorld, type World } from "../../../../test/world.ts";
import { subscriptions } from "../../../subscriptions.ts";
import { differs } from "./rules.ts";

interface Wire { id: string; reference: string; project: string | null; run: string | null; kind: string; estimatedTokens: number | null }

const admin = await newAdmin();
const problemOf = async (answer: Response) => ({ status: answer.status, ...(await answer.json<Record<string, unknown>>()) });
const occurredAt = "2026-11-20T10:00:00+01:00";
const payment = ({ studio }: { studio: string }, more: object = {}) => ({ kind: "payment", studio, reference: crypto.randomUUID(), amountCents: 4_900, currency: "EUR", occurredAt, ...more });
const use = ({ studio }: { studio: string }, more: object = {}) =>
  ({ kind: "token_use", studio, reference: crypto.randomUUID(), provider: "anyone", model: "writer-1", estimatedTokens: 1_000, actualTokens: 900, occurredAt, ...more });

async function newProject(world: World): Promise<string> {
  return (await (await world.post("/api/v1/projects", { title: "Late" })).json<{ id: string }>()).id;
}

/** Delivers what is not delivered yet, as the queue would. */
async function hear(studio: string): Promise<void> {
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE studio = ? AND type = 'transaction.recorded' ORDER BY at, rowid").bind(studio).all<{ id: string }>();
  for (const { id } of results) await deliver(systemCtx(env, openDb(env), "test", () => undefined), id, subscriptions);
}

test("a payment and a token use are written down, and not a credit moves", async () => {
  const world = await newWorld({ credits: 500 });
  const project = await newProject(world);
  const partner = await newPartner({ admin });
  const wallet = env.WALLET.getByName(world.studio);
  const before = { log: await wallet.entries({ after: 0, limit: 1_000 }), balance: await wallet.balance() };
  const paid = await partner.record(payment(world, { description: "Poster shoot" }));
  expect(paid.status).toBe(201);
  expect(await paid.json()).toMatchObject({
    object: "transaction", kind: "payment", studio: world.studio, partner: { id: partner.id }, amountCents: 4_900, currency: "EUR", description: "Poster shoot",
    occurredAt: "2026-11-20T09:00:00.000Z", estimatedTokens: null, project: null,
  });
  const used = await partner.record(use(world, { project, estimatedTokens: 1_000_000_000, actualTokens: 0 }));
  expect(await used.json()).toMatchObject({ kind: "token_use", project, provider: "anyone", model: "writer-1", amountCents: null, actualTokens: 0 });
  await hear(world.studio);
  expect({ log: await wallet.entries({ after: 0, limit: 1_000 }), balance: await wallet.balance() }).toEqual(before);
});

test("a hundred repeats of one request in parallel record once and answer the same", async () => {
  const world = await newWorld();
  const project = await newProject(world);
  const partner = await newPartner({ admin });
  const body = use(world, { project });
  const answers = await Promise.all(Array.from({ length: 100 }, () => partner.record(body, { key: "once" })));
  const wires = await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()]));
  expect(new Set(wires.map(String)).size).toBe(1);
  expect(wires[0]?.[0]).toBe(201);
  expect((await (await world.get("/api/v1/transactions")).json<{ data: Wire[] }>()).data).toHaveLength(1);
  expect(await (await world.get(`/api/v1/projects/${project}/token-use`)).json()).toMatchObject({ estimated: 1_000, actual: 900, byModel: [{ uses: 1 }] });
});

test("a hundred references in parallel are a hundred rows, and the sums are theirs", async () => {
  const world = await newWorld();
  const project = await newProject(world);
  const partner = await newPartner({ admin });
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => partner.record(use(world, { project, actualTokens: at, model: at % 2 === 0 ? "even" : "odd" }))));
  expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
  expect(await (await world.get(`/api/v1/projects/${project}/token-use`)).json()).toMatchObject({
    estimated: 100_000, actual: 4_950, difference: -95_050, differs: true, byModel: [{ model: "odd", uses: 50, actual: 2_500 }, { model: "even", uses: 50, actual: 2_450 }],
  });
});

test("a caught request sent again records nothing; another body under its key, or its reference under another, is refused", async () => {
  const world = await newWorld();
  const [partner, other] = [await newPartner({ admin }), await newPartner({ admin })];
  const body = payment(world);
  const first = await (await partner.record(body, { key: "k" })).json<Wire>();
  expect(await (await partner.record(body, { key: "k" })).json()).toEqual(first);
  expect(await problemOf(await partner.record({ ...body, amountCents: 1 }, { key: "k" }))).toMatchObject({ status: 409, code: "request.key_reused", transaction: first.id });
  expect(await problemOf(await partner.record(body, { key: "k2" }))).toMatchObject({ status: 409, code: "transaction.reference_used", transaction: first.id });
  expect((await other.record(body, { key: "k" })).status).toBe(201);
  expect((await (await world.get("/api/v1/transactions")).json<{ data: Wire[] }>()).data).toHaveLength(2);
});

test("the address of before records the same things, and a key is one key at both", async () => {
  const world = await newWorld();
  const partner = await newPartner({ admin });
  const body = payment(world);
  const first = await partner.record(body, { path: "/api/transaction", key: "k" });
  expect(first.status).toBe(201);
  expect(await (await partner.record(body, { key: "k" })).json()).toEqual(await first.json());
});

test("a job names its run and a run its project; what does not fit, is not there or is another's answers alike", async () => {
  const world = await newFilmWorld({ script: "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n" });
  const run = await world.animatic();
  const job = run.jobs[0]?.id ?? "";
  await expect.poll(() => env.DB.prepare("SELECT 1 FROM runs WHERE id = ? AND finished_at IS NOT NULL").bind(run.id).first(), { timeout: 5_000 }).not.toBeNull();
  const stranger = await newWorld();
  const [anyStudio, ofOne] = [await newPartner({ admin }), await newPartner({ admin, studio: stranger.studio })];
  expect(await (await anyStudio.record(use(world, { job }))).json()).toMatchObject({ project: world.project, run: run.id, job });
  expect(await (await anyStudio.record(use(world, { run: run.id, project: world.project }))).json()).toMatchObject({ project: world.project, run: run.id, job: null });
  const elsewhere = await newProject(world);
  const refused = [
    await anyStudio.record(payment({ studio: "studio_00000000000000000000000000" })),
    await anyStudio.record(payment({ studio: "nonsense" })),
    await anyStudio.record(use(stranger, { project: world.project })),
    await anyStudio.record(use(stranger, { run: run.id })),
    await anyStudio.record(use(stranger, { job })),
    await anyStudio.record(use(world, { project: "proj_00000000000000000000000000" })),
    await anyStudio.record(use(world, { project: elsewhere, run: run.id })),
    await anyStudio.record(use(world, { run: "run_0000000000000000", job })),
    await ofOne.record(payment(world)),
    await ofOne.record(use(world, { project: world.project })),
  ];
  const texts = await Promise.all(refused.map(async (answer) => JSON.stringify({ ...await problemOf(answer), instance: "" })));
  expect(new Set(texts).size).toBe(1);
  expect(JSON.parse(texts[0] ?? "")).toMatchObject({ status: 404, code: "transaction.target_not_found" });
  expect((await ofOne.record(payment(stranger))).status).toBe(201);
});

test("a partner records only kinds that it may, and nothing that has not happened", async () => {
  const world = await newWorld();
  const partner = await newPartner({ admin, kinds: ["payment"] });
  expect(await problemOf(await partner.record(use(world)))).toMatchObject({ status: 403, code: "partner.kind_refused", kinds: ["payment"] });
  const wrong: [object, string][] = [
    [{ occurredAt: new Date(Date.now() + 600_000).toISOString() }, "/occurredAt"], [{ amountCents: 0 }, "/amountCents"], [{ amountCents: 1.5 }, "/amountCents"], [{ amountCents: -5 }, "/amountCents"],
    [{ currency: "euro" }, "/currency"], [{ reference: "" }, "/reference"], [{ reference: "a\u0000b" }, "/reference"], [{ description: "\ud800" }, "/description"], [{ estimatedTokens: 5 }, "/"],
  ];
  for (const [more, pointer] of wrong) expect(await problemOf(await partner.record(payment(world, more)))).toMatchObject({ status: 422, code: "request.invalid", errors: [{ pointer }] });
  expect(await problemOf(await partner.record(payment(world), { key: "with.dot" }))).toMatchObject({ status: 422, errors: [{ pointer: "header/idempotency-key" }] });
  expect((await (await world.get("/api/v1/transactions")).json<{ data: Wire[] }>()).data).toEqual([]);
});

test("what was recorded cannot be changed or taken away, not even by us", async () => {
  const world = await newWorld();
  const { id } = await (await (await newPartner({ admin })).record(payment(world))).json<Wire>();
  for (const sql of ["UPDATE transactions SET amount_cents = 1 WHERE id = ?", "DELETE FROM transactions WHERE id = ?"]) await expect(env.DB.prepare(sql).bind(id).run()).rejects.toThrow("transactions are final");
});

test("a studio reads its own, page by page and filtered; others see nothing of them", async () => {
  const [world, stranger] = [await newWorld(), await newWorld()];
  const project = await newProject(world);
  const partner = await newPartner({ admin });
  for (let at = 0; at < 5; at += 1) await partner.record(at % 2 === 0 ? payment(world) : use(world, { project }));
  const read = async (query: string, by = world) => (await by.get(`/api/v1/transactions?${query}`)).json<{ data: Wire[]; nextCursor: string | null }>();
  const all = await read("limit=100");
  expect(all.data).toHaveLength(5);
  const paged: Wire[] = [];
  for (let cursor = ""; ;) {
    const page = await read(`limit=2${cursor}`);
    paged.push(...page.data);
    if (page.nextCursor === null) break;
    cursor = `&cursor=${page.nextCursor}`;
  }
  expect(paged).toEqual(all.data);
  expect((await read("kind=payment")).data).toHaveLength(3);
  expect((await read(`project=${project}`)).data).toHaveLength(2);
  expect((await read("from=2100-01-01T00:00:00Z")).data).toEqual([]);
  expect((await read("to=2100-01-01T00:00:00Z")).data).toHaveLength(5);
  expect((await read("", stranger)).data).toEqual([]);
  expect((await stranger.get(`/api/v1/projects/${project}/token-use`)).status).toBe(404);
  expect(await problemOf(await world.get("/api/v1/transactions?cursor=x"))).toMatchObject({ status: 422 });
  const ofPartner = await (await admin.get(`/api/v1/admin/partners/${partner.id}/transactions`)).json<{ data: Wire[] }>();
  expect(ofPartner.data).toEqual(all.data);
  expect((await admin.get("/api/v1/admin/partners/partner_0000/transactions")).status).toBe(404);
});

test("tokens that go far from their estimate are told of once, and once more when they are near again", async () => {
  const world = await newWorld();
  const project = await newProject(world);
  const partner = await newPartner({ admin });
  const told = async () => (await world.events()).filter((type) => type.startsWith("tokens."));
  const record = async (estimatedTokens: number, actualTokens: number) => {
    await partner.record(use(world, { project, estimatedTokens, actualTokens }));
    await hear(world.studio);
  };
  await record(10_000, 11_000);
  expect(await told()).toEqual([]);
  await record(0, 1_500);
  expect(await told()).toEqual(["tokens.discrepancy"]);
  await record(0, 5_000);
  expect(await told()).toEqual(["tokens.discrepancy"]);
  const event = await env.DB.prepare("SELECT data FROM events WHERE studio = ? AND type = 'tokens.discrepancy'").bind(world.studio).first<{ data: string }>();
  expect(JSON.parse(event?.data ?? "")).toEqual({ project, provider: "anyone", model: "writer-1", estimated: 10_000, actual: 12_500 });
  await record(10_000, 2_500);
  expect(await told()).toEqual(["tokens.discrepancy", "tokens.agreed"]);
});

test.each([
  [0, 0, false], [0, 1_000, false], [0, 1_001, true], [5_000, 6_000, false], [5_000, 6_001, true], [5_000, 3_999, true], [10_000, 12_000, false], [10_000, 12_001, true], [10_000, 7_999, true], [1_000_000, 1_200_000, false],
])("estimated %i and used %i: differs %s", (estimated, actual, expected) => {
  expect(differs({ estimated, actual })).toBe(expected);
});
