import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { noEffects } from "#objects/run/book.ts";
import { rowsOf } from "#objects/run/log.ts";
import { bookOf, HOLD_MARGIN_MS, type Opening } from "#objects/run/opening.ts";
import { advance, RULES } from "#objects/run/rules.ts";
import type { Snapshot } from "#objects/run/snapshot.ts";
import type { LogRow } from "#objects/run/sql.ts";
import { tell, type Told } from "#objects/run/telling.ts";
import { quotedStep } from "#objects/run/testing/books.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/replay.mjs", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "replay-"));
const opening: Opening = { input: { run: "run_1", quote: "quote_1", studio: "studio_1", actor: { member: "user_1", apiKey: null }, key: null, requestId: "req_1" }, at: 1_000, tries: 1, step: "open", refusal: null, rules: RULES };
const snapshot: Snapshot = {
  v: 1, quote: "quote_1", run: "run_1", studio: "studio_1", project: "proj_1", target: "master", film: null, priceCard: "1", priority: 2, credits: 6, seconds: { p50: 1, p90: 2 }, deadlineMs: 60_000, freeRunsMax: null,
  createdAt: 1, expiresAt: 100_000, steps: [quotedStep("a", { credits: 6 })],
};

/** What a run's object logs of a run that is cancelled at once, and what its wallet writes. */
function recordOf(): { rows: LogRow[]; entries: { seq: number; body: string }[]; [key: string]: unknown } {
  const book = bookOf(opening, { snapshot, takes: [] });
  const rows: LogRow[] = [];
  const log = (at: number, told: Parameters<typeof rowsOf>[2], decide: (fx: ReturnType<typeof noEffects>) => void): void => {
    const fx = noEffects(at, () => 0.5);
    decide(fx);
    advance(book, fx);
    for (const { type, subject, data } of rowsOf(book, fx, told)) rows.push({ seq: rows.length + 1, at, type, subject, data: JSON.stringify(data) });
  };
  log(2_000, { call: "start", takes: [] }, (fx) => { fx.runIsDirty = true; for (const step of book.jobs.keys()) fx.dirty.add(step); });
  const cancel: Told = { call: "cancel", attended: null, random: null };
  log(3_000, cancel, (fx) => void tell(book, fx, cancel));
  const entry = (seq: number, facts: object) => ({ seq, body: JSON.stringify({ item: null, reason: null, expiresAt: null, ref: null, hold: "hold_1_1", seq, ...facts }) });
  return {
    object: "run_record", v: 1, run: "run_1", hold: "hold_1_1", opening, snapshot, rows,
    entries: [
      entry(2, { kind: "hold", key: "hold:hold_1_1", expiresAt: 1_000 + 60_000 + HOLD_MARGIN_MS, ref: { apiKey: null, member: "user_1", project: "proj_1", run: "run_1" }, postings: [{ account: "promo", credits: -6, lot: 1 }, { account: "held", credits: 6, lot: 1 }] }),
      entry(3, { kind: "release", key: "release:hold_1_1", reason: "cancelled", postings: [{ account: "held", credits: -6, lot: 1 }, { account: "promo", credits: 6, lot: 1 }] }),
    ],
  };
}

const run = (args: string[], env: Record<string, string> = {}) => new Promise<{ status: number; said: string }>((resolve) => {
  execFile(process.execPath, ["--disable-warning=ExperimentalWarning", SCRIPT, ...args], { env: { PATH: process.env["PATH"] ?? "", ...env } }, (error, stdout, stderr) => resolve({ status: error ? Number(error.code) : 0, said: stdout + stderr }));
});
const keep = (name: string, record: object): string => {
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify(record));
  return file;
};

test("the program says that a record is the same, and what is not: an event, a hold, or what came back", async () => {
  const record = recordOf();
  expect(await run(["--file", keep("same.json", record)])).toEqual({ status: 0, said: expect.stringContaining("the same: 2 changes") });
  const [hold, release] = record.entries.map(({ seq, body }) => ({ seq, body: JSON.parse(body) as { postings: { credits: number }[] } }));
  const text = ({ seq, body }: { seq: number; body: object }) => ({ seq, body: JSON.stringify(body) });
  const half = (each: typeof hold) => text({ seq: each?.seq ?? 0, body: { ...each?.body, postings: each?.body.postings.map((posting) => ({ ...posting, credits: posting.credits / 2 })) } });
  const same = (each: typeof hold) => text({ seq: each?.seq ?? 0, body: each?.body ?? {} });
  expect(await run(["--file", keep("hold.json", { ...record, entries: [half(hold), same(release)] })])).toEqual({ status: 1, said: expect.stringMatching(/ledger has not: hold hold_1_1 of 6[^]*does not ask for: hold hold_1_1 of 3[^]*DIFFERENT/) });
  expect(await run(["--file", keep("release.json", { ...record, entries: [same(hold), half(release)] })])).toMatchObject({ status: 1, said: expect.stringContaining("ledger has not: release of 6: cancelled") });
  expect(await run(["--file", keep("none.json", { ...record, entries: [same(hold)] })])).toMatchObject({ status: 1, said: expect.stringContaining("release of 6") });
  const rows = record.rows.map((row) => ({ ...row, data: row.data.replace('"cancelled"', '"failed"') }));
  expect(await run(["--file", keep("event.json", { ...record, rows })])).toMatchObject({ status: 1, said: expect.stringMatching(/recorded: [^]*replayed: [^]*DIFFERENT/) });
});

test("it fetches a job of the studio's with its key, anybody's with an administrator's cookie, and says what is missing", async () => {
  const asked: [string, string][] = [];
  const answers = (request: IncomingMessage): object => {
    const { authorization, cookie = "" } = request.headers;
    asked.push([request.url ?? "", authorization ?? cookie]);
    if (request.url === "/api/v1/jobs/job_a" && authorization === "Bearer key") return { run: "run_1" };
    return (request.url === "/api/v1/runs/run_1/record" && authorization === "Bearer key") || (request.url === "/api/v1/admin/jobs/job_a/record" && cookie === "session=s") ? recordOf() : { code: "job.not_found", detail: "There is no such job." };
  };
  const server = createServer((request, response) => {
    const body = answers(request);
    response.writeHead("code" in body ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await run(["job_a", "--origin", origin], { DAILIES_API_KEY: "key" })).toMatchObject({ status: 0, said: expect.stringContaining("of job_a)") });
    expect(await run(["job_a", "--origin", origin, "--operator"], { DAILIES_COOKIE: "session=s" })).toMatchObject({ status: 0, said: expect.stringContaining("the same") });
    expect(asked.at(-1)).toEqual(["/api/v1/admin/jobs/job_a/record", "session=s"]);
    expect(await run(["job_b", "--origin", origin, "--operator"], { DAILIES_COOKIE: "session=s" })).toMatchObject({ status: 2, said: expect.stringContaining("There is no such job.") });
    expect(await run(["job_a", "--operator"])).toMatchObject({ status: 2, said: expect.stringContaining("DAILIES_COOKIE") });
    expect(await run(["job_a"])).toMatchObject({ status: 2, said: expect.stringContaining("DAILIES_API_KEY") });
  } finally {
    server.close();
  }
});
