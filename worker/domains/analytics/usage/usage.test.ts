import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { inStudio, systemCtx, type StudioCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { newFilmWorld, type FilmWorld } from "../../../../test/film-world.ts";
import { newWorld, type Caller } from "../../../../test/world.ts";
import { usageBys, type Usage, type UsageBy } from "./contract.ts";
import { toCsv } from "./csv.ts";
import { daysMeant, daysOf } from "./rules.ts";
import { getUsage } from "./service.ts";
import { capturedByBucket } from "./store.ts";

const DAY_MS = 86_400_000;
const usageOf = async (by: Caller, query: string) => (await by.get(`/api/v1/usage?${query}`)).json<Usage>();
const capturedIn = async (studio: string, from: number, to: number) =>
  (await env.DB.prepare("SELECT coalesce(sum(spent), 0) AS spent FROM wallet_entries WHERE wallet = ? AND body ->> 'kind' = 'capture' AND body ->> 'at' >= ? AND body ->> 'at' < ?").bind(studio, from, to).first<{ spent: number }>())?.spent;

/** A database that counts the rows that its queries read. */
function counting(counter: { rowsRead: number }): D1Database {
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => new Proxy(statement, {
    get: (target, name) => {
      if (name === "bind") return (...values: unknown[]) => wrap(target.bind(...values));
      // What asks for raw rows is not told how many were read.
      if (name === "raw") return async () => {
        const { results, meta } = await target.all<Record<string, unknown>>();
        counter.rowsRead += meta.rows_read;
        return results.map((row) => Object.values(row));
      };
      if (name === "all") return async () => {
        const result = await target.all();
        counter.rowsRead += result.meta.rows_read;
        return result;
      };
      return Reflect.get(target, name);
    },
  });
  return new Proxy(env.DB, { get: (target, name) => (name === "prepare" ? (text: string) => wrap(target.prepare(text)) : Reflect.get(target, name)) });
}

const contextIn = (studio: string, counter = { rowsRead: 0 }): StudioCtx => inStudio(systemCtx({ ...env, DB: counting(counter) }, openDb({ ...env, DB: counting(counter) }), "test", () => undefined), studio, "viewer");
let studiosMade = 0;
/** A studio that is nobody's: what stands in its log was never in a wallet. */
const newStudio = (): string => `studio_made${studiosMade += 1}${crypto.randomUUID().slice(0, 8)}`;

interface Filling {
  /** So many captures, one every so often, from this moment on. */
  captures: number;
  from: number;
  everyMs: number;
  holds: number;
}

/** Captures with the holds and jobs that they belong to: of every tenth the job is not known, of every hundredth the hold. Each run had a hold before that was undone. */
async function fill(studio: string, { captures, from, everyMs, holds }: Filling): Promise<void> {
  const numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)";
  const lots = [{ id: 1, bucket: "promo" }, { id: 2, bucket: "purchased" }];
  await env.DB.batch([
    env.DB.prepare("INSERT INTO wallet_entries (wallet, seq, available, held, spent, body, hash) VALUES (?, ?, 0, 0, 0, ?, 'hash')").bind(studio, captures + 1, JSON.stringify({ kind: "grant", at: from, lots, postings: [] })),
    env.DB.prepare(`${numbers} INSERT INTO wallet_entries (wallet, seq, available, held, spent, body, hash)
      SELECT ?1, i + 1, 0, -(i % 7), i % 7, json_object('kind', 'capture', 'at', CAST(?3 + i * ?4 AS INTEGER), 'hold', 'hold_' || CASE WHEN i % 100 = 99 THEN 'lost' ELSE i % CAST(?5 AS INTEGER) END, 'item', ?1 || '_job_' || i,
        'reason', 'A clip', 'lots', json('[]'), 'postings', json_array(json_object('account', 'held', 'credits', -(i % 7), 'lot', 1 + i % 2), json_object('account', 'spent', 'credits', i % 7, 'lot', 1 + i % 2))), 'hash' FROM n`).bind(studio, captures, from, everyMs, holds),
    env.DB.prepare(`${numbers} INSERT INTO jobs (id, run, studio, project, node, kind, label, tool, model, provider, status, attempts, priority, progress, step, credits_quoted, credits_captured, frames, ord, created_at, finished_at, seq)
      SELECT ?1 || '_job_' || i, ?1 || '_run_' || (i % CAST(?5 AS INTEGER)), ?1, 'proj_' || (i % CAST(?5 AS INTEGER) % 5), 'clip:1', 'clip', 'A clip', CASE WHEN i % 2 = 0 THEN 'clip' ELSE 'voice' END, 'model-' || (i % 3), 'house',
        CASE WHEN i % 10 = 3 THEN 'failed' ELSE 'succeeded' END, 1, 2, 100, '', i % 7, CASE WHEN i % 10 = 3 THEN 0 ELSE i % 7 END, 24, 0, ?3, CAST(?3 + i * ?4 AS INTEGER), 1 FROM n WHERE i % 10 <> 9`).bind(studio, captures, from, everyMs, holds),
    env.DB.prepare(`${numbers} INSERT INTO wallet_holds (wallet, hold, run, project, member, api_key, state, credits, captured, remaining, opened_at, expires_at, seq)
      SELECT ?1, 'undone_' || i, ?1 || '_run_' || i, 'proj_0', 'user_of_before', NULL, 'compensated', 1, 0, 0, ?3, ?3, 1 FROM n`).bind(studio, holds, from),
    env.DB.prepare(`${numbers} INSERT INTO wallet_holds (wallet, hold, run, project, member, api_key, state, credits, captured, remaining, opened_at, expires_at, seq)
      SELECT ?1, 'hold_' || i, ?1 || '_run_' || i, 'proj_' || (i % 5), CASE WHEN i % 2 = 0 THEN 'user_' || (i % 4) END, CASE WHEN i % 2 = 1 THEN 'key_' || (i % 4) END, 'settled', 1, 1, 0, ?3, ?3, 1 FROM n`).bind(studio, holds, from),
  ]);
}

async function filmWithClips(): Promise<FilmWorld & { credits: number }> {
  const world = await newFilmWorld({ script: "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n" });
  await world.animatic();
  const graph = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(graph.nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id));
  const run = await world.until((await world.start(quote.id)).id);
  await expect.poll(() => capturedIn(world.studio, 0, Date.now() + DAY_MS), { timeout: 5_000 }).toBe(quote.credits);
  await expect.poll(async () => (await env.DB.prepare("SELECT sum(credits_captured) AS sum FROM jobs WHERE run = ? AND finished_at IS NOT NULL").bind(run.id).first<{ sum: number }>())?.sum, { timeout: 5_000 }).toBe(quote.credits);
  return { ...world, credits: quote.credits };
}

test("what a film cost is told by day, project, tool, member and model, in the words of whoever made it", async () => {
  const world = await filmWithClips();
  const answers = await Promise.all(usageBys.map(async (by) => [by, await usageOf(world, `by=${by}`)] as const));
  const { day, ...rest } = Object.fromEntries(answers) as Record<UsageBy, Usage>;
  for (const usage of [day, ...Object.values(rest)]) expect(usage.totals).toEqual({ ...day.totals, credits: { captured: world.credits, quoted: world.credits, returned: 0 } });
  expect(day).toMatchObject({ object: "usage", timeZone: "UTC", to: new Date().toISOString().slice(0, 10) });
  expect(day.data).toHaveLength(30);
  expect(day.data.at(-1)).toMatchObject({ id: day.to, credits: { captured: world.credits } });
  expect(day.data[0]).toMatchObject({ id: day.from, credits: { captured: 0 }, jobs: { delivered: 0 }, seconds: 0 });
  expect(rest.project.data).toMatchObject([{ id: world.project, name: "Late", credits: { captured: world.credits } }]);
  expect(rest.member.data).toMatchObject([{ id: world.user, name: "Ada" }]);
  expect(rest.key.data).toMatchObject([{ id: null, name: null }]);
  expect(rest.tool.data[0]).toMatchObject({ id: "clip", name: "Clip", credits: { captured: world.credits, quoted: world.credits } });
  expect(rest.tool.data[0]?.seconds).toBeGreaterThan(0);
  expect(rest.tool.data.filter(({ credits }) => credits.captured > 0)).toHaveLength(1);
  expect(rest.model.data[0]).toMatchObject({ id: "dailies/clip", name: "dailies/clip" });
  expect(await (await world.get("/api/v1/usage/summary")).json()).toMatchObject({
    credits: { spent: world.credits, byBucket: [{ bucket: "promo", spent: world.credits }] }, runs: { opened: 2, free: 1 }, quotes: { runs: 1, quoted: world.credits, captured: world.credits, share: 1, exceeded: 0 },
  });
});

test("nothing of it is seen by another studio, whatever it asks for", async () => {
  const world = await filmWithClips();
  const stranger = await newWorld();
  for (const by of usageBys) {
    const answer = await stranger.get(`/api/v1/usage?by=${by}`);
    const text = await answer.text();
    expect(text).not.toContain(world.project);
    expect((JSON.parse(text) as Usage).totals).toMatchObject({ credits: { captured: 0, quoted: 0, returned: 0 }, seconds: 0 });
  }
  expect((await stranger.get("/api/v1/usage", { "dailies-studio": world.studio })).status).toBe(404);
});

test.each(usageBys)("by %s, every capture of the time is counted once: the total is the wallet's", async (by) => {
  const studio = newStudio();
  const from = Date.UTC(2026, 9, 1) - 7 * DAY_MS;
  await fill(studio, { captures: 2_000, from, everyMs: 3_600_000, holds: 40 });
  for (const [first, last] of [["2026-10-01", "2026-10-31"], ["2026-10-05", "2026-10-05"], ["2026-09-01", "2027-01-31"], ["2027-05-01", "2027-05-02"]] as const) {
    const usage = await getUsage(contextIn(studio), { by, from: first, to: last });
    const captured = await capturedIn(studio, Date.parse(first), Date.parse(last) + DAY_MS);
    expect(usage.totals.credits.captured).toBe(captured);
    expect(usage.data.reduce((sum, { credits }) => sum + credits.captured, 0)).toBe(captured);
    expect(new Set(usage.data.map(({ id }) => id)).size).toBe(usage.data.length);
    expect(usage.totals).toEqual((await getUsage(contextIn(studio), { by: "day", from: first, to: last })).totals);
  }
});

test("what is no more has its id for a name, and what belongs to none has none", async () => {
  const studio = newStudio();
  await fill(studio, { captures: 200, from: Date.UTC(2026, 9, 1), everyMs: 60_000, holds: 40 });
  const read = async (by: UsageBy) => (await getUsage(contextIn(studio), { by, from: "2026-10-01", to: "2026-10-01" })).data.map(({ id, name }) => [id, name]).toSorted();
  expect(await read("project")).toEqual([[null, null], ...[0, 1, 2, 3, 4].map((at) => [`proj_${at}`, `proj_${at}`])].toSorted());
  expect(await read("tool")).toEqual([["clip", "Clip"], [null, null], ["voice", "Voice"]].toSorted());
  expect(await read("key")).toEqual([[null, null], ["key_1", "key_1"], ["key_3", "key_3"]].toSorted());
});

test("days are the studio's: of 23, 24 and 25 hours, and a capture a minute before midnight is yesterday's", async () => {
  const studio = newStudio();
  await env.WALLET.getByName(studio).setTimeZone({ timeZone: "America/New_York" });
  // Every minute of 31 October to 2 November 2026: the clock goes back on the first.
  await fill(studio, { captures: 73 * 60, from: Date.parse("2026-10-31T00:00:00-04:00"), everyMs: 60_000, holds: 10 });
  const usage = await getUsage(contextIn(studio), { by: "day", from: "2026-10-30", to: "2026-11-03" });
  expect(usage.timeZone).toBe("America/New_York");
  expect(usage.data.map(({ id }) => id)).toEqual(["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03"]);
  const creditsOf = (from: number, count: number) => Array.from({ length: count }, (_, at) => (from + at) % 7).reduce((sum, each) => sum + each, 0);
  expect(usage.data.map(({ credits }) => credits.captured)).toEqual([0, creditsOf(0, 24 * 60), creditsOf(24 * 60, 25 * 60), creditsOf(49 * 60, 24 * 60), 0]);
});

test.each([
  ["UTC", "2028-02-28", "2028-03-01", [24, 24, 24]], ["America/New_York", "2026-03-07", "2026-03-09", [24, 23, 24]], ["America/New_York", "2026-10-31", "2026-11-02", [24, 25, 24]],
  ["Africa/Cairo", "2026-04-23", "2026-04-25", [24, 23, 24]], ["Australia/Lord_Howe", "2026-10-03", "2026-10-05", [24, 23.5, 24]], ["Pacific/Kiritimati", "2026-01-01", "2026-01-01", [24]],
  ["Pacific/Apia", "2011-12-29", "2011-12-31", [24, 0, 24]],
] as const)("in %s the days from %s to %s have %j hours", (timeZone, from, to, hours) => {
  const days = daysOf({ from, to }, timeZone);
  expect(days.map((day) => (day.to - day.from) / 3_600_000)).toEqual(hours);
  expect(days.slice(1).map(({ from: at }) => at)).toEqual(days.slice(0, -1).map((day) => day.to));
});

test("a time that is none, too long, or ends before it begins is refused", async () => {
  const world = await newWorld();
  for (const query of ["from=2026-10-02&to=2026-10-01", "from=2025-01-01&to=2026-10-01", "from=2026-02-30", "to=yesterday", "by=hour", "format=xml"]) {
    const answer = await world.get(`/api/v1/usage?${query}`);
    expect([query, answer.status, (await answer.json<{ code: string }>()).code]).toEqual([query, 422, "request.invalid"]);
  }
  expect(daysMeant({ to: "2026-03-01" }, "2026-11-20")).toEqual({ from: "2026-01-31", to: "2026-03-01" });
  expect(daysMeant({ from: "2026-03-01" }, "2026-03-02")).toEqual({ from: "2026-03-01", to: "2026-03-02" });
  expect(daysMeant({ from: "2025-10-18" }, "2026-11-21")).toEqual({ from: "2025-10-18", to: "2026-11-21" });
  expect(daysMeant({ from: "2025-10-17" }, "2026-11-21")).toMatchObject({ pointer: "query/from" });
});

test("as a file, what looks like a formula is text, and the title of a film breaks no line", async () => {
  const world = await newWorld();
  const titles = ["=HYPERLINK(\"https://evil.example\",\"click\")", "+1", "-1", "@sum", "\tx", "Commas, \"quotes\"\r\nand lines", "Ünder"];
  const usage = await usageOf(world, "by=project");
  const csv = toCsv({ ...usage, data: titles.map((name) => ({ id: "proj_1", name, ...usage.totals })) });
  expect(csv.split("\r\n")[0]).toBe("project,name,captured,quoted,returned,delivered,failed,refused,cancelled,expired,seconds");
  const zeros = ",0,0,0,0,0,0,0,0,0\r\n";
  expect(csv.slice(csv.indexOf("\r\n") + 2)).toBe([
    `proj_1,"'=HYPERLINK(""https://evil.example"",""click"")"${zeros}`, `proj_1,'+1${zeros}`, `proj_1,'-1${zeros}`, `proj_1,'@sum${zeros}`, `proj_1,'\tx${zeros}`,
    `proj_1,"Commas, ""quotes""\r\nand lines"${zeros}`, `proj_1,Ünder${zeros}`,
  ].join(""));
});

test("a file comes for format=csv and for Accept: text/csv, and never to a browser that only looks", async () => {
  const world = await newWorld();
  for (const [query, accept, type] of [
    ["format=csv", "application/json", "text/csv; charset=utf-8"], ["", "text/csv", "text/csv; charset=utf-8"], ["format=json", "text/csv", "application/json"],
    ["", "*/*", "application/json"], ["", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json"],
  ] as const) {
    const answer = await world.get(`/api/v1/usage?from=2026-10-01&to=2026-10-02&${query}`, { accept });
    expect([accept, answer.headers.get("content-type")]).toEqual([accept, type]);
    expect(answer.headers.get("vary")).toContain("Accept");
    expect(answer.headers.get("content-disposition")).toBe(type === "application/json" ? null : "attachment; filename=\"dailies-usage-by-day-2026-10-01-to-2026-10-02.csv\"");
    if (type !== "application/json") expect(await answer.text()).toBe("day,captured,quoted,returned,delivered,failed,refused,cancelled,expired,seconds\r\n2026-10-01,0,0,0,0,0,0,0,0,0\r\n2026-10-02,0,0,0,0,0,0,0,0,0\r\n");
  }
});

test("of a hundred thousand entries, only those of the time are read", async () => {
  const studio = newStudio();
  await fill(studio, { captures: 100_000, from: Date.UTC(2026, 0, 1), everyMs: 300_000, holds: 100 });
  const time = { from: Date.UTC(2026, 5, 1), to: Date.UTC(2026, 6, 1) };
  const [captures, jobs] = [30 * 288, 30 * 288 * 0.9];
  const read: Record<string, number> = {};
  for (const by of usageBys) {
    const counter = { rowsRead: 0 };
    const usage = await getUsage(contextIn(studio, counter), { by, from: "2026-06-01", to: "2026-06-30" });
    expect(usage.totals.credits.captured).toBe(await capturedIn(studio, time.from, time.to));
    read[by] = counter.rowsRead;
  }
  const counter = { rowsRead: 0 };
  const byBucket = await capturedByBucket(contextIn(studio, counter), time);
  expect(byBucket.reduce((sum, { spent }) => sum + spent, 0)).toBe(await capturedIn(studio, time.from, time.to));
  expect(byBucket.map(({ bucket }) => bucket).toSorted()).toEqual(["promo", "purchased"]);
  // What is sorted to be grouped counts as read once more; captures by tool and model read their jobs as well.
  const most = { day: captures + jobs + 200, byHold: 2 * captures + 2 * jobs + 1_000, byJob: 3 * captures + 2 * jobs + 1_000, byBucket: 4 * captures + 1_000 };
  expect(read["day"]).toBeLessThanOrEqual(Math.min(most.day, 2 * captures));
  for (const by of ["project", "member", "key"]) expect(read[by]).toBeLessThanOrEqual(most.byHold);
  for (const by of ["tool", "model"]) expect(read[by]).toBeLessThanOrEqual(most.byJob);
  expect(counter.rowsRead).toBeLessThanOrEqual(most.byBucket);
});
