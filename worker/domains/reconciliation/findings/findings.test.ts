import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { codeOf, lettersTo, newAdministrator } from "../../../../test/admin-world.ts";
import { newWorld } from "../../../../test/world.ts";
import { tellCritical } from "../runs/alarms.ts";
import { findingsOf, laterCtx, projected, reconcile } from "../testing/reconciling.ts";

interface Wire { id: string; state: string; severity: string; check: string; actions: string[]; notes: { kind: string; text: string; author: { id: string } }[] }
const path = "/api/v1/admin/findings";
const admin = await newAdministrator();
const sql = (text: string, ...values: unknown[]) => env.DB.prepare(text).bind(...values).run();

/** A run whose sum differs from the ledger, in a studio of its own if none is named: found anew by every comparison. */
async function planted(where?: string): Promise<{ studio: string; change(captured: number): Promise<unknown> }> {
  const studio = where ?? (await newWorld()).studio;
  await projected(studio);
  const run = `run_${crypto.randomUUID().replaceAll("-", "")}`;
  await sql(`INSERT INTO runs (id, studio, project, quote, target, status, credits_quoted, credits_held, credits_captured, credits_returned, progress, free, job_counts, created_at, deadline_at, finished_at, seq)
    VALUES (?, ?, 'proj_x', 'quote_x', '[]', 'succeeded', 9, 0, 0, 9, 100, 0, '{}', 1, 2, 2, 1)`, run, studio);
  const change = (captured: number) => sql("UPDATE runs SET credits_captured = ?, credits_returned = 9 - ? WHERE id = ?", captured, captured, run);
  await change(4);
  return { studio, change };
}

const listed = async (query: string): Promise<{ data: Wire[]; nextCursor: string | null }> => (await admin.get(`${path}?${query}`)).json();
const onlyIn = async (studio: string): Promise<Wire> => {
  const { data: [finding], nextCursor } = await listed(`studio=${studio}`);
  if (!finding || nextCursor !== null) throw new Error("there is not one finding");
  return finding;
};
const act = async (id: string, action: string, note: string): Promise<Wire> => (await admin.post(`${path}/${id}/${action}`, { note })).json();

test("the same difference on the next night is the same finding, and it closes by itself when it is gone", async () => {
  const { studio, change } = await planted();
  await reconcile(studio);
  await reconcile(studio);
  expect(await findingsOf(studio)).toMatchObject([{ source: "jobs-ledger", credits: 4, state: "open" }]);
  await change(0);
  await reconcile(studio);
  expect(await findingsOf(studio)).toMatchObject([{ state: "resolved", resolution: "No longer seen." }]);
  await change(4);
  await reconcile(studio);
  expect(await findingsOf(studio)).toMatchObject([{ state: "open", resolution: null }]);
});

test("what an administrator has explained stays closed while it is the same, and opens when it is another amount; who did what stays in the notes and events", async () => {
  const { studio, change } = await planted();
  await reconcile(studio);
  const { id, actions } = await onlyIn(studio);
  expect(actions).toEqual(["resolve", "propose"]);
  await act(id, "notes", "Asking the studio.");
  expect(await act(id, "resolve", "Agreed with the customer.")).toMatchObject({ state: "resolved", resolution: "Agreed with the customer.", resolvedBy: admin.user, actions: ["reopen"] });
  expect(await codeOf(await admin.post(`${path}/${id}/resolve`, { note: "Again." }))).toBe("finding.settled");
  await reconcile(studio);
  expect(await onlyIn(studio)).toMatchObject({ state: "resolved" });
  await change(5);
  await reconcile(studio);
  expect(await onlyIn(studio)).toMatchObject({ id, state: "open", credits: 5, resolvedBy: null });
  await act(id, "resolve", "That too.");
  const { notes } = await act(id, "reopen", "Not so sure.");
  expect(notes.map(({ kind, text, author }) => [kind, text, author.id])).toEqual([
    ["note", "Asking the studio.", admin.user], ["resolved", "Agreed with the customer.", admin.user], ["resolved", "That too.", admin.user], ["reopened", "Not so sure.", admin.user],
  ]);
  const { results } = await env.DB.prepare("SELECT type, actor, data FROM events WHERE subject = ? AND type LIKE 'finding.%' ORDER BY at, rowid").bind(id).all<{ type: string; actor: string; data: string }>();
  expect(results.map(({ type, actor, data }) => [type, JSON.parse(actor).user, JSON.parse(data).reason])).toEqual([
    ["finding.noted", admin.user, "Asking the studio."], ["finding.resolved", admin.user, "Agreed with the customer."], ["finding.resolved", admin.user, "That too."], ["finding.reopened", admin.user, "Not so sure."],
  ]);
  expect((await admin.post(`${path}/${id}/notes`, { note: " " })).status).toBe(422);
  expect(await codeOf(await admin.get(`${path}/finding_nobody`))).toBe("finding.not_found");
});

test("findings are filtered by what they are, newest first, page by page without a gap", async () => {
  const { studio } = await newWorld();
  const rows = Array.from({ length: 7 }, (_, index) => ({ id: `finding_${crypto.randomUUID()}`, severity: index % 2 ? "info" : "warning", state: index % 3 ? "open" : "resolved", at: 1_000 + Math.floor(index / 2) }));
  await sql("INSERT INTO findings (id, studio, source, severity, subject, detail, data, state, at) SELECT value ->> 'id', ?, 'test-check', value ->> 'severity', 'x', 'x', '{}', value ->> 'state', value ->> 'at' FROM json_each(?)", studio, JSON.stringify(rows));
  const order = rows.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  for (const [query, keep] of [["", () => true], ["&state=open", ({ state }) => state === "open"], ["&severity=info", ({ severity }) => severity === "info"], ["&check=test-check&state=resolved&severity=warning", (row) => row.state === "resolved" && row.severity === "warning"], ["&check=other", () => false]] as [string, (row: (typeof rows)[number]) => boolean][]) {
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: { data: Wire[]; nextCursor: string | null } = await listed(`studio=${studio}&limit=2${query}${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect([query, seen]).toEqual([query, order.filter(keep).map(({ id }) => id)]);
  }
});

test("every administrator is told of what is critical once, in one letter for all that one run found, and again when it comes back", async () => {
  const told = "admin@dailies.example";
  await sql("UPDATE findings SET mailed_at = 1 WHERE mailed_at IS NULL");
  const { ctx, settled } = laterCtx(0);
  const tell = async () => {
    await tellCritical(ctx);
    await tellCritical(ctx);
    await settled();
  };
  const earlier = new Map(await Promise.all([told, admin.email].map(async (address): Promise<[string, number]> => [address, (await lettersTo(address)).length])));
  const letters = async (address: string) => (await lettersTo(address)).slice(earlier.get(address));
  const until = async (address: string, count: number) => {
    for (let tries = 0; (await letters(address)).length < count; tries += 1) {
      if (tries > 200) throw new Error(`there are no ${count} letters`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return letters(address);
  };
  const one = await planted();
  const other = await planted(one.studio);
  await reconcile(one.studio);
  await tell();
  for (const address of [told, admin.email]) expect(await until(address, 1)).toMatchObject([{ subject: "Dailies: 2 critical findings", text: expect.stringMatching(/captured 4 credits[^]*captured 4 credits/) }]);
  await reconcile(one.studio);
  await tell();
  await one.change(0);
  await reconcile(one.studio);
  await tell();
  await one.change(6);
  await reconcile(one.studio);
  await tell();
  expect(await until(admin.email, 2)).toMatchObject([{}, { subject: "Dailies: 1 critical finding", text: expect.stringContaining("captured 6 credits") }]);
  await other.change(0);
});
