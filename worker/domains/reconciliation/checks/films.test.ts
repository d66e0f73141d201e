import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { newFilmWorld, type FilmWorld, type RunWire } from "../../../../test/film-world.ts";
import { findingsOf, forgetFindings, projected, reconcile } from "../testing/reconciling.ts";

const SHORT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n\nTOM\nI know.\n";
const HOURS_MS = 3 * 3_600_000;
const sql = (text: string, ...values: unknown[]) => env.DB.prepare(text).bind(...values).run();

/** A film whose clips were paid for, with everything in D1. */
async function paidFilm(): Promise<{ world: FilmWorld; run: RunWire; clips: RunWire["jobs"] }> {
  const world = await newFilmWorld({ script: SHORT });
  await world.animatic();
  const graph = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const run = await world.until((await world.start((await world.quote(graph.nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id))).id)).id);
  expect(run).toMatchObject({ status: "succeeded" });
  expect(run.credits.captured).toBeGreaterThan(1);
  for (let tries = 0; !(await env.DB.prepare("SELECT finished_at FROM runs WHERE id = ?").bind(run.id).first("finished_at")); tries += 1) {
    if (tries > 300) throw new Error("the run is not projected");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await projected(world.studio);
  return { world, run, clips: run.jobs.filter(({ credits }) => credits.captured > 0) };
}

const { world, run, clips } = await paidFilm();
const [clip] = clips;
const job = clip?.id ?? "";
const price = clip?.credits.captured ?? 0;
const wallet = env.WALLET.getByName(world.studio);
const entry = Number((await env.DB.prepare("SELECT seq FROM wallet_entries WHERE wallet = ? AND item = ?").bind(world.studio, job).first("seq")));
const found = async () => (await findingsOf(world.studio)).map(({ source, severity, subject, entry: seq, credits, detail }) => [source, severity, subject, seq, credits, detail]);
const snapshot = `quotes/${world.studio}/${await env.DB.prepare("SELECT quote FROM runs WHERE id = ?").bind(run.id).first("quote")}.json`;
const frozenQuote = await (await env.MEDIA.get(snapshot))?.text() ?? "";

beforeEach(() => forgetFindings(world.studio));

test("a film that was made and paid for agrees everywhere, and its page says so with the figures", async () => {
  const checked = await reconcile(world.studio);
  expect([checked.state, await findingsOf(world.studio)]).toEqual(["succeeded", []]);
  expect(checked.checks.find(({ check }) => check === "files-takes")?.examined).toBeGreaterThan(10);
  const status = await (await world.get(`/api/v1/projects/${world.project}/reconciliation`)).json<{ seconds: { estimated: { p50: number; p90: number }; actual: number } }>();
  const { quoted, captured, returned } = run.credits;
  expect(status).toMatchObject({ status: "balanced", credits: { quoted, captured, returned, inLedger: captured }, runs: 2, findings: [] });
  expect(status.seconds.estimated.p50).toBeGreaterThan(0);
  expect(status.seconds.estimated.p90).toBeGreaterThanOrEqual(status.seconds.estimated.p50);
  expect(status.seconds.actual).toBeGreaterThan(0);
});

test("a job whose price was changed in D1 is named with its entry, its project's page says so, and it closes when it is right again", async () => {
  await sql("UPDATE jobs SET credits_captured = credits_captured + 3 WHERE id = ?", job);
  await reconcile(world.studio);
  expect(await found()).toEqual([["jobs-ledger", "critical", job, entry, 3, "amount"]]);
  const page = async () => (await world.get(`/api/v1/projects/${world.project}/reconciliation`)).json();
  expect(await page()).toMatchObject({ status: "finding", findings: [{ check: "jobs-ledger", subject: job, entry, credits: 3, explanation: expect.stringContaining(`${price} credits were captured`) }] });
  await sql("UPDATE jobs SET credits_captured = credits_captured - 3 WHERE id = ?", job);
  await reconcile(world.studio);
  expect(await findingsOf(world.studio)).toMatchObject([{ state: "resolved", resolution: "No longer seen." }]);
  expect(await page()).toMatchObject({ status: "balanced" });
});

test("a run's sum that was changed in D1 is found", async () => {
  await sql("UPDATE runs SET credits_captured = credits_captured + 2, credits_returned = credits_returned - 2 WHERE id = ?", run.id);
  await reconcile(world.studio);
  expect(await found()).toEqual([["jobs-ledger", "critical", run.id, null, 2, "sum"]]);
  await sql("UPDATE runs SET credits_captured = credits_captured - 2, credits_returned = credits_returned + 2 WHERE id = ?", run.id);
});

test("a second charge for what was paid already is found by both who know better: the job, and the quote", async () => {
  const ref = { run: run.id, project: world.project, member: null, apiKey: null };
  await wallet.hold({ key: "again", hold: "hold_again", credits: 9, expiresAt: Date.now() + 48 * 3_600_000, ref });
  await wallet.capture({ key: "again:c", hold: "hold_again", item: job, credits: price, reason: "again" });
  await projected(world.studio);
  await reconcile(world.studio);
  const second = (await wallet.balance()).seq;
  expect((await found()).toSorted()).toEqual([
    ["jobs-ledger", "critical", job, second, price, "captured_twice"], ["jobs-ledger", "critical", run.id, null, price, "sum"], ["jobs-ledger", "warning", "hold_again", null, 9 - price, "left_open"],
    ["quotes-captures", "critical", snapshot.split("/").at(-1)?.replace(".json", ""), second, price, "total"],
  ].toSorted());
  await wallet.release({ key: "again:r", hold: "hold_again", cause: "settled" });
  await projected(world.studio);
  for (const table of ["wallet_entries", "wallet_holds"]) await sql(`UPDATE ${table} SET wallet = wallet WHERE wallet = ?`, world.studio);
  await reconcile(world.studio);
  expect((await findingsOf(world.studio)).filter(({ state }) => state === "open").map(({ detail }) => detail).toSorted()).toEqual(["captured_twice", "sum", "total"]);
});

test("a reservation for a run that is not there is found after it should have ended", async () => {
  const { studio } = await world.stranger();
  const other = env.WALLET.getByName(studio);
  const ref = { run: "run_00000000000000000000000000", project: null, member: null, apiKey: null };
  await other.hold({ key: "s", hold: "hold_stray", credits: 11, expiresAt: Date.now() + 48 * 3_600_000, ref });
  await projected(studio);
  await reconcile(studio);
  expect(await findingsOf(studio)).toEqual([]);
  await reconcile(studio, HOURS_MS);
  expect(await findingsOf(studio)).toMatchObject([{ source: "jobs-ledger", severity: "warning", subject: "hold_stray", credits: 11 }]);
  await other.capture({ key: "sc", hold: "hold_stray", item: "job_x", credits: 4, reason: "x" });
  await projected(studio);
  await reconcile(studio, HOURS_MS);
  expect(await findingsOf(studio)).toMatchObject([{ source: "jobs-ledger", severity: "critical", subject: "hold_stray", credits: 4 }]);
});

test("a charge above what was frozen in the quote is found item by item, though every row agrees with the charge", async () => {
  const quote = JSON.parse(frozenQuote) as { steps: { job: string; step: { item: { credits: number } } }[] };
  for (const step of quote.steps) if (step.job === job) step.step.item.credits = price - 1;
  await env.MEDIA.put(snapshot, JSON.stringify(quote));
  await reconcile(world.studio);
  expect((await found()).filter(([source, , , , , detail]) => source === "quotes-captures" && detail === "item")).toMatchObject([["quotes-captures", "critical", job, entry, 1, "item"], ["quotes-captures", "critical", job, expect.any(Number), 1, "item"]]);
  await env.MEDIA.delete(snapshot);
  await reconcile(world.studio);
  expect((await found()).filter(([, severity]) => severity === "warning")).toMatchObject([["quotes-captures", "warning", expect.stringMatching(/^quote_/), null, null, "its snapshot is missing"]]);
  await env.MEDIA.put(snapshot, frozenQuote);
});

test("files without takes and takes without files are told apart, and what is being written is left alone", async () => {
  const file = await env.DB.prepare("SELECT key, bytes, take FROM assets WHERE take = (SELECT take FROM jobs WHERE id = ?) LIMIT 1").bind(job).first<{ key: string; bytes: number; take: string }>() ?? { key: "", bytes: 0, take: "" };
  const kept = await (await env.MEDIA.get(file.key))?.arrayBuffer() ?? new ArrayBuffer(0);
  const ofFiles = async () => (await found()).filter(([source]) => source === "files-takes");
  await env.MEDIA.put(`takes/${world.studio}/nobody/video-1-1.mp4`, "left over");
  await reconcile(world.studio);
  expect(await ofFiles()).toEqual([]);
  await reconcile(world.studio, HOURS_MS);
  expect(await ofFiles()).toEqual([["files-takes", "info", `takes/${world.studio}/nobody/video-1-1.mp4`, null, null, "no row names the file"]]);
  await env.MEDIA.delete(`takes/${world.studio}/nobody/video-1-1.mp4`);
  await env.MEDIA.put(file.key, new Uint8Array(kept).slice(0, kept.byteLength - 1));
  await reconcile(world.studio, HOURS_MS);
  expect((await ofFiles())[1]).toEqual(["files-takes", "critical", file.take, null, price, "the file has another size"]);
  await env.MEDIA.delete(file.key);
  await reconcile(world.studio, HOURS_MS);
  expect((await ofFiles())[2]).toEqual(["files-takes", "critical", file.take, null, price, "the file is gone"]);
  await env.MEDIA.put(file.key, kept);
  await reconcile(world.studio, HOURS_MS);
  expect((await findingsOf(world.studio)).filter(({ source }) => source === "files-takes").map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
});

test("what was ordered by itself agrees everywhere too, and is used by no project", async () => {
  const own = await newFilmWorld({ script: SHORT });
  const made = async (tool: string, input: object): Promise<RunWire> => {
    const { id } = await (await own.post("/api/v1/quotes", { tool, input })).json<{ id: string }>();
    return own.until((await own.start(id)).id);
  };
  const picture = await made("frame", { prompt: "A lighthouse" });
  const { assets } = await (await own.get(`/api/v1/takes/${picture.jobs[0]?.take}`)).json<{ assets: { asset: string }[] }>();
  const moving = await made("clip", { prompt: "The fog lifts", image: assets[0]?.asset, seconds: 3 });
  expect(moving).toMatchObject({ status: "succeeded", credits: { captured: 3 } });
  await expect.poll(() => env.DB.prepare("SELECT count(*) AS runs FROM runs WHERE studio = ? AND finished_at IS NOT NULL").bind(own.studio).first("runs")).toBe(2);
  await projected(own.studio);
  const checked = await reconcile(own.studio);
  expect([checked.state, await findingsOf(own.studio)]).toEqual(["succeeded", []]);
  const receipt = await (await own.get(`/api/v1/runs/${moving.id}/receipt`)).json<Record<string, unknown>>();
  expect(receipt).toMatchObject({ project: null, credits: { quoted: 3, captured: 3, returned: 0 } });
  const usage = await (await own.get("/api/v1/usage?by=project")).json<{ data: { id: string | null; captured: number }[] }>();
  expect(JSON.stringify(usage)).not.toContain(own.studio);
  // A fault in it is of no project either.
  await sql("UPDATE jobs SET credits_captured = credits_captured + 1 WHERE run = ?", moving.id);
  await reconcile(own.studio);
  expect((await env.DB.prepare("SELECT source, project FROM findings WHERE studio = ?").bind(own.studio).all()).results).toEqual([{ source: "jobs-ledger", project: null }]);
  await sql("UPDATE jobs SET credits_captured = credits_captured - 1 WHERE run = ?", moving.id);
});
