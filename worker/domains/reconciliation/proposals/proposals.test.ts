import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { askWith, codeOf, newAdministrator } from "../../../../test/admin-world.ts";
import { newWorld, type World } from "../../../../test/world.ts";
import { executeApproved } from "../index.ts";

interface Proposal { id: string; state: string; entry: number | null; failure: string | null; waitingFor: string | null; actions: string[]; kind: string }
const path = "/api/v1/admin/proposals";
const minute = () => executeApproved(systemCtx(env, openDb(env), "cron", () => undefined));
const propose = (by: World, studio: string, more: object = {}) => by.post(path, { kind: "grant", bucket: "purchased", credits: 40, reason: "a lost pack", studio, ...more });
const proposed = async (by: World, studio: string, more: object = {}): Promise<Proposal> => {
  const answer = await propose(by, studio, more);
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.json();
};
const approve = (by: World, id: string) => by.post(`${path}/${id}/approve`);
const [first, second] = [await newAdministrator("First"), await newAdministrator("Second")];
const typesOf = async (id: string) => (await env.DB.prepare("SELECT type, actor FROM events WHERE subject = ? ORDER BY at, rowid").bind(id).all<{ type: string; actor: string }>()).results.map(({ type, actor }) => [type, JSON.parse(actor).user]);

test("one administrator alone cannot move money, two can, and each leaves their name and the reason", async () => {
  const world = await newWorld();
  const { id, waitingFor, actions } = await proposed(first, world.studio);
  expect([waitingFor, actions]).toEqual([expect.stringMatching(/another administrator than First/), ["reject"]]);
  expect(await codeOf(await approve(first, id))).toBe("proposal.own");
  expect(await world.balance()).toMatchObject({ available: 100 });
  expect((await approve(world, id)).status).toBe(404);
  expect(await (await approve(second, id)).json()).toMatchObject({ state: "executed", entry: 2, actions: [], waitingFor: null });
  expect(await world.balance()).toMatchObject({ available: 140 });
  const [entry] = await env.WALLET.getByName(world.studio).entries({ after: 1, limit: 1 });
  expect(JSON.parse(entry?.body ?? "")).toMatchObject({ kind: "grant", key: `proposal:${id}`, reason: "a lost pack", ref: `proposal:${id}` });
  expect(await typesOf(id)).toEqual([["proposal.made", first.user], ["proposal.approved", second.user], ["proposal.executed", second.user]]);
});

test("the table itself lets nobody approve their own proposal", async () => {
  const { id } = await proposed(first, (await newWorld()).studio);
  await expect(env.DB.prepare("UPDATE proposals SET state = 'approved', decided_by = proposed_by WHERE id = ?").bind(id).run()).rejects.toThrow(/CHECK/);
});

test("approving twice, at once and by two administrators moves once", async () => {
  const [world, third] = [await newWorld(), await newAdministrator("Third")];
  const { id } = await proposed(first, world.studio);
  const answers = await Promise.all([approve(second, id), approve(third, id), approve(second, id), approve(third, id)]);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  for (const { status } of answers) expect([200, 409]).toContain(status);
  await approve(second, id);
  await minute();
  expect(await world.balance()).toMatchObject({ available: 140 });
  expect((await env.WALLET.getByName(world.studio).balance()).seq).toBe(2);
});

test("killed between the command and its acknowledgement, it is sent again by the minute and moves once", async () => {
  const world = await newWorld();
  const { id } = await proposed(first, world.studio);
  const batch = env.DB.batch.bind(env.DB);
  const isAcknowledgement = (statement: object) => JSON.stringify(Reflect.get(statement, "params")).includes("proposal.executed");
  const failing = vi.spyOn(env.DB, "batch").mockImplementation((statements) => (statements.some(isAcknowledgement) ? Promise.reject(new Error("D1_ERROR: killed")) : batch(statements)));
  expect(await (await askWith({}, second, { method: "POST", path: `${path}/${id}/approve` })).json()).toMatchObject({ state: "approved", waitingFor: expect.stringMatching(/again every minute/) });
  expect(failing.mock.results.length).toBeGreaterThan(1);
  failing.mockRestore();
  expect(await world.balance()).toMatchObject({ available: 140 });
  await minute();
  await minute();
  expect(await (await second.get(`${path}/${id}`)).json()).toMatchObject({ state: "executed", entry: 2 });
  expect(await world.balance()).toMatchObject({ available: 140 });
});

test("a wallet that cannot take it now is asked again, and one that refuses ends the proposal with its reason", async () => {
  const world = await newWorld();
  const { id } = await proposed(first, world.studio, { kind: "claw_back", credits: 130 });
  expect(await (await approve(second, id)).json()).toMatchObject({ state: "executed" });
  expect(await env.WALLET.getByName(world.studio).balance()).toMatchObject({ available: 0, debt: 30 });
  const other = await proposed(first, world.studio, { credits: 7 });
  await env.WALLET.getByName(world.studio).grant({ key: `proposal:${other.id}`, bucket: "promo", credits: 1, expiresAt: null, reason: "in its place", ref: "x" });
  expect(await (await approve(second, other.id)).json()).toMatchObject({ state: "failed", failure: expect.stringMatching(/another content/) });
});

test("what is turned down or left alone for a week moves nothing", async () => {
  const world = await newWorld();
  const [rejected, old, own] = [await proposed(first, world.studio), await proposed(first, world.studio), await proposed(first, world.studio)];
  expect(await (await second.post(`${path}/${rejected.id}/reject`)).json()).toMatchObject({ state: "rejected" });
  expect(await codeOf(await approve(second, rejected.id))).toBe("proposal.decided");
  expect(await (await first.post(`${path}/${own.id}/reject`)).json()).toMatchObject({ state: "rejected" });
  await env.DB.prepare("UPDATE proposals SET expires_at = 1 WHERE id = ?").bind(old.id).run();
  expect(await codeOf(await approve(second, old.id))).toBe("proposal.expired");
  await minute();
  expect(await codeOf(await approve(second, old.id))).toBe("proposal.decided");
  expect(await world.balance()).toMatchObject({ available: 100 });
});

test("nobody makes a second administrator up to approve what they propose", async () => {
  const [world, accomplice] = [await newWorld(), await newWorld()];
  expect((await first.post("/api/v1/admin/administrators", { email: accomplice.email, reason: "helps me" })).status).toBe(201);
  const { id } = await proposed(first, world.studio);
  expect(await codeOf(await approve(accomplice, id))).toBe("admin.unsettled");
  expect(await codeOf(await propose(accomplice, world.studio))).toBe("admin.unsettled");
  await env.DB.prepare("UPDATE administrators SET granted_at = granted_at - 86400000 WHERE user = ?").bind(accomplice.user).run();
  expect((await approve(accomplice, id)).status).toBe(200);
  expect((await askWith({ ADMIN_EMAILS: accomplice.email }, accomplice, { path })).status).toBe(200);
});

test("what somebody proposed who is no administrator any more is not approved", async () => {
  const [world, gone] = [await newWorld(), await newAdministrator("Gone")];
  const { id } = await proposed(gone, world.studio);
  expect((await first.post(`/api/v1/admin/administrators/${gone.user}/revoke`, { reason: "left us" })).status).toBe(204);
  expect(await codeOf(await approve(second, id))).toBe("proposal.impossible");
  expect((await second.post(`${path}/${id}/reject`)).status).toBe(200);
  expect(await world.balance()).toMatchObject({ available: 100 });
});

test("the same request under one key proposes once, and figures that make no sense propose nothing", async () => {
  const world = await newWorld();
  const body = { bucket: "promo", credits: 5, reason: "for a bug report", studio: world.studio };
  const send = (key: string, more: object = {}) => first.post("/api/v1/admin/grants", { ...body, ...more }, { "idempotency-key": key });
  const key = crypto.randomUUID();
  const [one, again] = [await (await send(key)).json<Proposal>(), await (await send(key)).json<Proposal>()];
  expect(again.id).toBe(one.id);
  expect(await codeOf(await send(key, { credits: 6 }))).toBe("request.key_reused");
  for (const wrong of [{ credits: 0 }, { credits: -5 }, { credits: 1.5 }, { credits: 10_000_001 }, { bucket: "subscription" }, { bucket: "earned" }, { reason: "" }, { reason: "x\ud800y" }]) {
    expect([wrong, (await send(crypto.randomUUID(), wrong)).status]).toEqual([wrong, 422]);
  }
  expect(await codeOf(await send(crypto.randomUUID(), { studio: "studio_00000000" }))).toBe("studio.not_found");
  expect(await codeOf(await send(crypto.randomUUID(), { finding: "finding_00000000" }))).toBe("finding.not_found");
  expect(await codeOf(await first.post(path, { kind: "thaw", studio: world.studio, reason: "to be sure" }))).toBe("proposal.impossible");
  const { data } = await (await first.get(`${path}?studio=${world.studio}`)).json<{ data: Proposal[] }>();
  expect(data.map(({ id }) => id)).toEqual([one.id]);
});

test("where there is only one administrator, a proposal says that it waits for a second one", async () => {
  const world = await newWorld();
  const others = (await env.DB.prepare("SELECT id FROM users WHERE admin = 1 AND id <> ?").bind(first.user).all<{ id: string }>()).results.map(({ id }) => id);
  await env.DB.prepare("UPDATE users SET admin = 0 WHERE id <> ?").bind(first.user).run();
  expect(await proposed(first, world.studio)).toMatchObject({ waitingFor: expect.stringMatching(/only administrator here.*second one/) });
  await env.DB.prepare("UPDATE users SET admin = 1 WHERE id IN (SELECT value FROM json_each(?))").bind(JSON.stringify(others)).run();
});

test("two administrators thaw a wallet whose object was restored, up to exactly the entry that they agreed on", async () => {
  const world = await newWorld({ credits: 300 });
  const wallet = env.WALLET.getByName(world.studio);
  const { seq, head } = await wallet.balance();
  await wallet.poke({ seq: seq + 1, head: "seen by somebody" });
  expect(await wallet.hold({ key: "h", hold: "hold_1", credits: 1, expiresAt: Date.now() + 60_000, ref: { run: "run_1", project: null, member: null, apiKey: null } })).toMatchObject({ code: "frozen" });
  const { data } = await (await first.get(`/api/v1/admin/findings?studio=${world.studio}&state=open`)).json<{ data: { id: string; severity: string; actions: string[] }[] }>();
  expect(data).toMatchObject([{ id: `wallet:${world.studio}:frozen`, severity: "critical", actions: ["resolve", "propose"] }]);
  const { id } = await proposed(first, world.studio, { kind: "thaw", reason: "restored by mistake", finding: data[0]?.id });
  expect(await (await approve(second, id)).json()).toMatchObject({ kind: "thaw", state: "executed", entry: seq });
  expect(await wallet.balance()).toMatchObject({ frozen: null, seq, head });
  expect(await (await first.get(`/api/v1/admin/findings/wallet:${world.studio}:frozen`)).json()).toMatchObject({ state: "resolved", notes: [{ kind: "proposal", author: { id: first.user } }] });
});
