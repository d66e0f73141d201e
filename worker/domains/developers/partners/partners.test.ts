import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newAdmin, newPartner, signatureOf, type Sending } from "../../../../test/partner-world.ts";
import { anonymous, newWorld } from "../../../../test/world.ts";
import doc from "../../../../docs/design/partners.md?raw";

const admin = await newAdmin();
const world = await newWorld();
const payment = (more: object = {}) => ({ kind: "payment", studio: world.studio, reference: crypto.randomUUID(), amountCents: 4_900, currency: "EUR", occurredAt: "2026-11-20T10:00:00Z", ...more });
const problemOf = async (answer: Response) => ({ status: answer.status, ...(await answer.json<{ code: string; detail: string }>()) });
const minutes = (count: number) => Math.floor(Date.now() / 1000) + count * 60;
const recorded = async (partner: string) => (await env.DB.prepare("SELECT count(*) AS count FROM transactions WHERE partner = ?").bind(partner).first<{ count: number }>())?.count;

test("the worked example in the documentation is signed right", async () => {
  const example = /```text\n(.*?)```/s.exec(doc)?.[1] ?? "";
  const part = (name: string) => new RegExp(`^${name} +(.+)$`, "m").exec(example)?.[1] ?? "";
  const text = ["timestamp", "method", "path", "key", "body"].map(part).join(".");
  expect(text).toContain("1798761600.POST./api/v1/transactions.order-1042.{");
  expect(part("signature")).toBe(`v1=${await signatureOf(part("secret"), text)}`);
});

test.each<[string, (other: { id: string; secret: string }) => Partial<Sending>]>([
  ["nothing at all", () => ({ headers: { "dailies-partner": "", "dailies-signature": "", "dailies-timestamp": "" } })],
  ["a made-up signature", () => ({ signature: `v1=${"0".repeat(64)}` })],
  ["no signature", () => ({ signature: "" })],
  ["half a signature", () => ({ signature: `v1=${"a".repeat(32)}` })],
  ["a signature of another version", () => ({ signature: `v2=${"a".repeat(64)}` })],
  ["another partner's secret", ({ secret }) => ({ secret })],
  ["another partner's name", ({ id }) => ({ partner: id })],
  ["a partner that is not there", () => ({ partner: "partner_00000000000000000000000000" })],
  ["a name that is none", () => ({ partner: "' OR 1=1 --" })],
  ["a time six minutes ago", () => ({ timestamp: minutes(-6) })],
  ["a time six minutes ahead", () => ({ timestamp: minutes(6) })],
  ["a time in milliseconds", () => ({ timestamp: Date.now() })],
  ["another time than was signed", () => ({ signed: { timestamp: minutes(-1) } })],
  ["another body than was signed", () => ({ signed: { body: JSON.stringify(payment({ amountCents: 1 })) } })],
  ["another key than was signed", () => ({ key: "mine", signed: { key: "theirs" } })],
  ["another path than was signed", () => ({ signed: { path: "/api/transaction" } })],
  ["a query that was not signed", () => ({ path: "/api/v1/transactions?studio=x", signed: { path: "/api/v1/transactions" } })],
  ["another method than was signed", () => ({ signed: { method: "PUT" } })],
  ["a key that was not signed, with a dot to move the rest", () => ({ key: "a.b", signed: { key: "a" } })],
])("a request with %s is refused, in the same words as any other, and nothing is recorded", async (_words, lie) => {
  const [partner, other] = await Promise.all([newPartner({ admin }), newPartner({ admin })]);
  const answer = await partner.record(payment(), lie(other));
  expect(await problemOf(answer)).toMatchObject({ status: 401, code: "partner.signature", detail: expect.stringMatching(/^The request is not signed by a partner, or not now\./) as string });
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect([await recorded(partner.id), await recorded(other.id)]).toEqual([0, 0]);
});

test("four minutes early or late is in time", async () => {
  const partner = await newPartner({ admin });
  for (const off of [-4, 4]) expect((await partner.record(payment(), { timestamp: minutes(off) })).status).toBe(201);
});

test("who cannot sign learns nothing about what is wrong with the body, nor uses up the partner's requests", async () => {
  const partner = await newPartner({ admin });
  expect(await problemOf(await partner.record("{", { signature: `v1=${"0".repeat(64)}` }))).toMatchObject({ code: "partner.signature" });
  expect(await env.DB.prepare("SELECT 1 FROM rate_limits WHERE key = ?").bind(`partner:${partner.id}`).first()).toBeNull();
  expect(await problemOf(await partner.record("{"))).toMatchObject({ status: 400, code: "request.malformed" });
  expect(await problemOf(await partner.record(payment({ credits: 100 })))).toMatchObject({ status: 422, code: "request.invalid" });
});

test("after a rotation both secrets work, the old one for a day; after another one all three; a stolen one ends at once", async () => {
  const partner = await newPartner({ admin });
  const rotate = async (graceHours = 24) => (await (await admin.post(`/api/v1/admin/partners/${partner.id}/rotate`, { graceHours })).json<{ secret: string; version: number }>());
  const statuses = async (...secrets: string[]) => Promise.all(secrets.map(async (secret) => (await partner.record(payment(), { secret })).status));
  const second = await rotate();
  expect(second.version).toBe(2);
  expect(second.secret).not.toBe(partner.secret);
  expect(await statuses(partner.secret, second.secret)).toEqual([201, 201]);
  const third = await rotate();
  expect(await statuses(partner.secret, second.secret, third.secret)).toEqual([201, 201, 201]);
  await env.DB.prepare("UPDATE partners SET earlier = replace(earlier, '\"until\":', '\"until\":1, \"was\":') WHERE id = ?").bind(partner.id).run();
  expect(await statuses(partner.secret, second.secret, third.secret)).toEqual([401, 401, 201]);
  const fourth = await rotate(0);
  expect(await statuses(third.secret, fourth.secret)).toEqual([401, 201]);
});

test("two administrators who rotate at once make one new secret, and the other is told", async () => {
  const partner = await newPartner({ admin });
  const answers = await Promise.all([1, 2, 3].map(() => admin.post(`/api/v1/admin/partners/${partner.id}/rotate`, {})));
  const versions = await Promise.all(answers.filter(({ status }) => status === 200).map(async (answer) => (await answer.json<{ version: number }>()).version));
  expect(new Set(versions).size).toBe(versions.length);
  expect(answers.filter(({ status }) => status !== 200).map(({ status }) => status).every((status) => status === 409)).toBe(true);
});

test("a revoked partner is nobody, in every version of its secret, and cannot be brought back", async () => {
  const partner = await newPartner({ admin });
  const { secret } = await (await admin.post(`/api/v1/admin/partners/${partner.id}/rotate`, {})).json<{ secret: string }>();
  expect((await partner.record(payment())).status).toBe(201);
  expect(await (await admin.post(`/api/v1/admin/partners/${partner.id}/revoke`)).json()).toMatchObject({ actions: [], earlier: [] });
  expect((await admin.post(`/api/v1/admin/partners/${partner.id}/revoke`)).status).toBe(200);
  for (const each of [partner.secret, secret]) expect(await problemOf(await partner.record(payment(), { secret: each }))).toMatchObject({ code: "partner.signature" });
  expect((await admin.post(`/api/v1/admin/partners/${partner.id}/rotate`, {})).status).toBe(404);
  expect(await recorded(partner.id)).toBe(1);
});

test("a secret is shown once and is in no table", async () => {
  const partner = await newPartner({ admin });
  expect(await (await admin.get("/api/v1/admin/partners")).text()).not.toContain(partner.secret);
  const row = await env.DB.prepare("SELECT * FROM partners WHERE id = ?").bind(partner.id).first();
  expect(JSON.stringify(row)).not.toContain(partner.secret.slice(4));
  const { results } = await env.DB.prepare("SELECT data FROM events WHERE subject = ?").bind(partner.id).all();
  expect(JSON.stringify(results)).not.toContain(partner.secret.slice(4));
});

test("partners are made by administrators alone; one name is one partner", async () => {
  const name = `One ${crypto.randomUUID()}`;
  const wanted = { name, kinds: ["payment"] };
  expect((await world.post("/api/v1/admin/partners", wanted)).status).toBe(404);
  expect((await anonymous.post("/api/v1/admin/partners", wanted)).status).toBe(401);
  const made = await (await admin.post("/api/v1/admin/partners", wanted)).json<{ id: string; studio: string | null }>();
  expect(made.studio).toBeNull();
  expect(await problemOf(await admin.post("/api/v1/admin/partners", { ...wanted, name: name.toUpperCase() }))).toMatchObject({ status: 409, code: "partner.name_taken", partner: made.id });
  expect((await admin.post("/api/v1/admin/partners", { ...wanted, name: "Other", studio: "studio_00000000" })).status).toBe(404);
  await admin.post(`/api/v1/admin/partners/${made.id}/revoke`);
  expect((await admin.post("/api/v1/admin/partners", wanted)).status).toBe(201);
});

test("a partner that sends too much is told how long to wait", async () => {
  const partner = await newPartner({ admin });
  expect((await partner.record(payment())).status).toBe(201);
  await env.DB.prepare("UPDATE rate_limits SET count = 600 WHERE key = ?").bind(`partner:${partner.id}`).run();
  const answer = await partner.record(payment());
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await recorded(partner.id)).toBe(1);
});

test("a body that is larger than any transaction is not even read to its end", async () => {
  const partner = await newPartner({ admin });
  expect(await problemOf(await partner.record(payment({ description: "x".repeat(20_000) })))).toMatchObject({ status: 413 });
});
