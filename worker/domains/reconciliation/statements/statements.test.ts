import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { codeOf, newAdministrator } from "../../../../test/admin-world.ts";
import { billedBy, listedBy, statementCsv, type BilledLine } from "../../../../test/emulators/replicate-statement.ts";
import { newFilmWorld, type FilmWorld } from "../../../../test/film-world.ts";
import { settings } from "#core/env.ts";
import { providerStatements } from "../checks/provider-statements.ts";
import { allOf } from "../testing/reconciling.ts";
import { readStatement, recordsOf } from "./csv.ts";

const path = "/api/v1/admin/provider-statements";
const admin = await newAdministrator();

const FIRST_YEAR = 1980;
let films = 0;

/** A made film, and what the provider would bill for it. */
async function made(): Promise<{ world: FilmWorld; lines: BilledLine[]; period: string }> {
  const world = await newFilmWorld({ script: "INT. DINER - NIGHT\n\nMARTA\nYou're late.\n" });
  expect((await world.animatic()).status).toBe("succeeded");
  for (let tries = 0; !(await env.DB.prepare("SELECT 1 FROM runs WHERE studio = ? AND finished_at IS NOT NULL").bind(world.studio).first()); tries += 1) {
    if (tries > 300) throw new Error("the run is not projected");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // Each test's statements are about years of its own, long ago: those of a month are about all that was made in it.
  const day = new Date(Date.UTC(FIRST_YEAR + 4 * films++, 5, 15));
  await env.DB.prepare("UPDATE decisions SET at = ? WHERE run IN (SELECT id FROM runs WHERE studio = ?)").bind(day.getTime() + 12 * 3_600_000, world.studio).run();
  const at = new Date(day.getTime() + 12 * 3_600_000).toISOString();
  return { world, lines: billedBy(world.provider, { at }), period: at.slice(0, 10) };
}

const send = (period: string, lines: readonly BilledLine[]) => admin.post(path, { provider: "house", period, csv: statementCsv(lines) });
async function imported(period: string, lines: readonly BilledLine[]): Promise<string> {
  const answer = await send(period, lines);
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json<{ id: string }>()).id;
}
const found = async (statement: string) => (await allOf(providerStatements)).differences.filter(({ unit }) => unit === statement).map(({ detail, subject, severity }) => [detail, subject, severity]);

test("a statement that bills what was delivered, and nothing else, agrees", async () => {
  const { lines, period } = await made();
  const id = await imported(period, lines);
  expect(await (await admin.get(path)).json()).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ id, charges: lines.length, costMicros: lines.length * 12_000, source: "csv", importedBy: admin.user })]) });
  expect(await found(id)).toEqual([]);
});

test("what was billed and never ordered, billed twice, billed for a failure and never billed is told apart, line by line", async () => {
  const { world, lines, period } = await made();
  const [doubled, failed, missing, broken, ...rest] = lines;
  if (!doubled || !failed || !missing || !broken) throw new Error("there are too few lines");
  await env.DB.prepare("UPDATE jobs SET status = 'failed' WHERE id = ?").bind(broken.id.slice(0, broken.id.lastIndexOf("-"))).run();
  const stranger = { ...doubled, id: "job_0123456789abcdefghjkmnpqrs-1" };
  const id = await imported(period, [doubled, { ...failed, status: "failed" }, broken, doubled, stranger, { ...stranger, id: "their-own-id", cost_micros: 0 }, ...rest]);
  expect((await found(id)).toSorted()).toEqual([
    ["billed: unknown", stranger.id, "critical"], ["billed: unknown", "their-own-id", "info"], ["billed: twice", doubled.id, "critical"], ["billed: failed", failed.id, "warning"],
    ["billed: undelivered", broken.id, "warning"], ["not billed", missing.id, "info"],
  ].toSorted());
  const told = (await allOf(providerStatements)).differences.find(({ subject, detail }) => subject === doubled.id && detail === "billed: twice");
  expect(told).toMatchObject({ studio: world.studio, project: world.project, explanation: expect.stringContaining("line 1 of the same statement") });
});

test("the same charge in statements of two months is billed twice; a month that repeats its day is not, and a newer statement takes the place of an older one", async () => {
  const { lines, period } = await made();
  const month = await imported(period.slice(0, 7), lines);
  const day = await imported(period, lines.map((line) => ({ ...line, model: "again" })));
  expect([await found(month), await found(day)]).toEqual([[], []]);
  const later = `${Number(period.slice(0, 4)) + 3}-01`;
  const other = await imported(later, lines.slice(0, 1));
  expect(await found(other)).toEqual([["billed: twice", lines[0]?.id, "critical"]]);
  const newer = await imported(later, []);
  const { differences, finished } = await allOf(providerStatements);
  expect(differences.filter(({ unit }) => unit === other || unit === newer)).toEqual([]);
  expect(finished).toEqual(expect.arrayContaining([{ from: other, to: other }]));
});

test("an attempt is known by the provider's own id too, as its run told D1", async () => {
  const { lines, period } = await made();
  const [line] = lines;
  const [job, attempt] = [line?.id.slice(0, line.id.lastIndexOf("-")), line?.id.split("-").at(-1)];
  expect(await env.DB.prepare("SELECT ticket FROM decisions WHERE job = ? AND attempt = ?").bind(job, attempt).first("ticket")).toBe(line?.id);
  const theirs = `prediction-${crypto.randomUUID()}`;
  await env.DB.prepare("UPDATE decisions SET ticket = ? WHERE job = ? AND attempt = ?").bind(theirs, job, attempt).run();
  expect(await found(await imported(period, lines.map((one) => (one.id === line?.id ? { ...one, id: theirs } : one))))).toEqual([]);
});

test("a provider that can be asked is asked page by page, and only for that time", async () => {
  const { world, lines, period } = await made();
  const real = globalThis.fetch;
  const { origin } = new URL(settings(env).RENDERER_URL);
  const at = `${period}T12:00:00Z`;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init);
    return (new URL(request.url).origin === origin ? listedBy(world.provider, request, at) : null) ?? real(input as RequestInfo, init);
  });
  const ask = (when: string) => admin.post(path, { provider: "house", period: when });
  expect(await (await ask(period)).json()).toMatchObject({ source: "api", charges: lines.length, costMicros: 0 });
  expect(await (await ask("2019-01")).json()).toMatchObject({ charges: 0 });
  expect(await codeOf(await admin.post(path, { provider: "nobody", period }))).toBe("statement.unavailable");
});

test("the same statement twice, and one that cannot be read, imports nothing and says which line", async () => {
  const { lines, period } = await made();
  await imported(period, lines);
  expect(await codeOf(await send(period, lines))).toBe("statement.known");
  const bad = await admin.post(path, { provider: "house", period, csv: "id,model,status,cost_micros,created_at\na,m,succeeded,1.5,2027-01-01T00:00:00Z\nb,m,succeeded,1\n" });
  expect([bad.status, await bad.json()]).toMatchObject([422, { errors: [{ pointer: "/csv/2" }, { pointer: "/csv/3" }] }]);
  for (const wrong of ["2027-13", "2027-02-30", "yesterday"]) expect((await admin.post(path, { provider: "house", period: wrong, csv: statementCsv(lines) })).status).toBe(422);
});

test("values between quotes keep their commas, quotes and line ends, whatever ends the lines", () => {
  expect(recordsOf('\uFEFFa,b\r\n"1,2","say ""hi"""\n"x\ny",\r\n\r\nlast,"un')).toEqual([["a", "b"], ["1,2", 'say "hi"'], ["x\ny", ""], ["last", "un"]]);
  const text = "created_at, cost_micros ,ID,status,model\n2027-01-01T00:00:00Z,7,x,succeeded,m\n";
  expect(readStatement(text)).toEqual({ ok: true, charges: [{ charge: "x", model: "m", status: "succeeded", costMicros: 7, createdAt: Date.UTC(2027, 0, 1) }] });
  expect(readStatement("id,model\n")).toMatchObject({ ok: false, errors: [{ line: 1, detail: expect.stringContaining("status, cost_micros, created_at") }] });
  expect(readStatement("")).toMatchObject({ ok: false });
});
