import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newWorld } from "../../../../test/world.ts";

const codeOf = async (answer: Response): Promise<string> => (await answer.json<{ code: string }>()).code;

test("a key's secret is shown once, and nowhere kept", async () => {
  const world = await newWorld();
  const made = await (await world.post("/api/v1/keys", { name: "CI", scopes: ["projects:read"] })).json<{ id: string; secret: string; prefix: string }>();
  expect(made.secret).toMatch(/^dls_[0-9a-z]{32}$/);
  expect(made.secret.startsWith(made.prefix)).toBe(true);
  const listed = await (await world.get("/api/v1/keys")).text();
  expect(listed).toContain(made.id);
  expect(listed).not.toContain(made.secret);
  const row = await env.DB.prepare("SELECT * FROM api_keys WHERE id = ?").bind(made.id).first();
  expect(JSON.stringify(row)).not.toContain(made.secret.slice(12));
});

test("a key that is revoked, expired, changed or made up is nobody", async () => {
  const world = await newWorld();
  const key = await world.key(["projects:read"]);
  expect((await key.get("/api/v1/projects")).status).toBe(200);
  await env.DB.prepare("UPDATE api_keys SET expires_at = ? WHERE id = ?").bind(Date.now() - 1, key.id).run();
  expect((await key.get("/api/v1/projects")).status).toBe(401);
  await env.DB.prepare("UPDATE api_keys SET expires_at = NULL WHERE id = ?").bind(key.id).run();
  await key.revoke();
  expect((await key.get("/api/v1/projects")).status).toBe(401);
  const other = `${key.secret.slice(0, -1)}${key.secret.endsWith("0") ? "1" : "0"}`;
  expect((await key.get("/api/v1/projects", { authorization: `Bearer ${other}` })).status).toBe(401);
});

test("a key sends ten requests in ten seconds, also when all come at once, and then is told to wait", async () => {
  const world = await newWorld();
  const key = await world.key(["projects:read"]);
  const answers = await Promise.all(Array.from({ length: 14 }, () => key.get("/api/v1/projects")));
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([...Array<number>(10).fill(200), ...Array<number>(4).fill(429)]);
  const refused = answers.find(({ status }) => status === 429);
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  await env.DB.prepare("UPDATE api_keys SET window_at = window_at - 10000 WHERE id = ?").bind(key.id).run();
  expect((await key.get("/api/v1/projects")).status).toBe(200);
});

test("a key acts in its own studio alone, and cannot make a stronger one", async () => {
  const world = await newWorld({ plan: "growth_starter" });
  const key = await world.key(["keys:write", "projects:read"]);
  const team = await (await world.post("/api/v1/studios", { name: "Team", handle: `team-${crypto.randomUUID().slice(0, 8)}` })).json<{ id: string }>();
  expect(await codeOf(await key.get("/api/v1/projects", { "dailies-studio": team.id }))).toBe("studio.not_found");
  expect(await codeOf(await key.post("/api/v1/keys", { name: "More", scopes: ["projects:write"] }))).toBe("auth.scope_missing");
  expect((await key.post("/api/v1/keys", { name: "Same", scopes: ["projects:read"] })).status).toBe(201);
});

test("a key only reads until the plan lets it write, and whoever sends it hears which plan would", async () => {
  const world = await newWorld({ plan: "creator_pro" });
  const key = await world.key(["projects:read", "projects:write"]);
  expect((await key.get("/api/v1/projects")).status).toBe(200);
  const refused = await key.post("/api/v1/projects", { title: "Late" });
  expect(refused.status).toBe(402);
  expect(await refused.json()).toMatchObject({ code: "plan.needed", entitlement: "api", current: "creator_pro", plan: "growth_starter", amountCents: 4_900 });
  expect((await world.post("/api/v1/projects", { title: "Late" })).status).toBe(201);
  await env.DB.prepare("UPDATE subscriptions SET plan = 'creator_enterprise' WHERE studio = ?").bind(world.studio).run();
  expect((await key.post("/api/v1/projects", { title: "Late" })).status).toBe(201);
});
