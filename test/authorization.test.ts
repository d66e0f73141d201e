import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { roles, scopes, type Role, type Scope } from "#core/context.ts";
import { routeTable, type RouteRow } from "#core/http.ts";
import { createApp } from "../worker/app.ts";
import { fixtures, type Call, type Fixture } from "./fixtures-of-routes.ts";
import { newFilmWorld } from "./film-world.ts";
import { anonymous, caller, newWorld, type Caller, type World } from "./world.ts";

type Studio = RouteRow & { access: { scope: Scope; role: Role } };

const routes = routeTable(createApp());
const inStudio = routes.filter((route): route is Studio => typeof route.access === "object");
const inAccount = routes.filter(({ access }) => access === "account");
const open = routes.filter(({ access }) => access === "public" || access === "optional" || access === "signed");
const forAdmins = routes.filter(({ access }) => access === "admin");
const named = (list: RouteRow[]) => list.map((route): [string, RouteRow] => [`${route.method.toUpperCase()} ${route.path}`, route]);

const owner = await newFilmWorld({ plan: "creator_enterprise" });
const stranger = await newWorld({ name: "Stranger" });
const admin = await newWorld({ name: "Admin" });
await env.DB.prepare("UPDATE users SET admin = 1 WHERE id = ?").bind(admin.user).run();
const members = new Map<Role, World>(await Promise.all(roles.map(async (role) => [role, await owner.member(role)] as const)));
const allScopes = await owner.key([...scopes]);
const keyLacking = new Map<Scope, Caller>(await Promise.all(scopes.map(async (scope) => [scope, await owner.key(scopes.filter((other) => other !== scope))] as const)));
const revoked = await owner.key([...scopes]);
await env.DB.prepare("UPDATE api_keys SET requests_per_10_seconds = 100000 WHERE studio = ?").bind(owner.studio).run();
await revoked.revoke();

const memberIn = (role: Role): Caller => members.get(role) ?? anonymous;

const fixtureOf = ({ operationId }: RouteRow): Fixture => {
  const fixture = fixtures[operationId];
  if (!fixture) throw new Error(`add a fixture for ${operationId} to test/fixtures-of-routes.ts`);
  return fixture;
};

function send(by: Caller, { method, path }: RouteRow, { params = {}, query, body }: Call, headers: Record<string, string> = {}): Promise<Response> {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? "missing"));
  return by.send(method.toUpperCase(), query ? `${address}?${query}` : address, body, headers);
}

/** The same call for things that never were, with ids of the right form. */
const absent = (call: Call): Call => ({ ...call, params: Object.fromEntries(Object.entries(call.params ?? {}).map(([name, id]) => [name, `${id.split("_")[0]}_${"0".repeat(26)}`])) });

const codeOf = async (answer: Response): Promise<string> => (await answer.clone().json<{ code: string }>().catch(() => ({ code: "" }))).code;
const textOf = async (answer: Response): Promise<object> => ({ status: answer.status, ...await answer.json<object>(), instance: "" });
const isWrite = ({ method }: RouteRow): boolean => method !== "get";

async function expectThrough(answer: Response, { status }: Fixture): Promise<void> {
  if (answer.status === status) return;
  expect(answer.status, await answer.clone().text()).toBeLessThan(300);
}

test("every route is covered", () => {
  const missing = routes.filter(({ operationId }) => !(operationId in fixtures)).map(({ operationId }) => operationId);
  const extra = Object.keys(fixtures).filter((operation) => !routes.some(({ operationId }) => operationId === operation));
  expect({ missing, extra }).toEqual({ missing: [], extra: [] });
});

test("nobody may do anything in a studio without saying who they are", async () => {
  for (const route of [...inStudio, ...inAccount, ...forAdmins]) {
    const call = { params: { id: "x" }, body: isWrite(route) && route.method !== "delete" ? {} : undefined };
    for (const by of [anonymous, revoked, caller({ authorization: "Bearer dls_made_up" }), caller({ authorization: "Basic YTpi" }), caller({ cookie: "__Host-dailies.session_token=made.up" })]) {
      const answer = await send(by, route, call);
      expect([route.operationId, answer.status, await codeOf(answer)]).toEqual([route.operationId, 401, "auth.required"]);
    }
  }
});

describe.each(named(inStudio))("%s", (_, route) => {
  const { access } = route as Studio;
  const fixture = fixtureOf(route);

  test("works for the owner, for the least role that may, and for a key with the scope", async () => {
    for (const by of [owner, memberIn(access.role), allScopes]) await expectThrough(await send(by, route, await fixture.make(owner)), fixture);
  });

  test("is refused to a lower role, and to a key without the scope", async () => {
    const call = await fixture.make(owner);
    const below = roles[roles.indexOf(access.role) + 1];
    if (below) expect([below, await codeOf(await send(memberIn(below), route, call))]).toEqual([below, "auth.role_too_low"]);
    expect(await codeOf(await send(keyLacking.get(access.scope) ?? anonymous, route, call))).toBe("auth.scope_missing");
  });

  test("shows nothing of it to another studio, nor to an administrator of the platform", async () => {
    const call = await fixture.make(owner);
    for (const by of [stranger, admin]) {
      expect(await codeOf(await send(by, route, call, { "dailies-studio": owner.studio }))).toBe("studio.not_found");
      const answer = await send(by, route, call);
      if (call.params || fixture.foreign !== undefined) {
        expect(answer.status).toBe(fixture.foreign ?? 404);
        if (call.params) expect(await textOf(answer)).toEqual(await textOf(await send(by, route, absent(call))));
      } else {
        expect(await answer.text()).not.toContain(owner.studio);
      }
    }
  });

  if (isWrite(route)) test("is refused to another site that rides on the cookie", async () => {
    const call = await fixture.make(owner);
    expect(await codeOf(await send(owner, route, call, { origin: "https://evil.example" }))).toBe("request.origin_refused");
  });
});

describe.each(named(inAccount))("%s", (_, route) => {
  const fixture = fixtureOf(route);

  test("works for a person, and not for a key", async () => {
    const call = await fixture.make(owner);
    expect(await codeOf(await send(allScopes, route, call))).toBe("auth.required");
    await expectThrough(await send(owner, route, call), fixture);
  });

  test("shows nothing of it to somebody else", async () => {
    const call = await fixture.make(owner);
    if (!call.params) return expect(await (await send(stranger, route, call)).text()).not.toContain(owner.studio);
    const answer = await send(stranger, route, call);
    expect(answer.status).toBe(fixture.foreign ?? 404);
    if (answer.status !== 204) expect(await textOf(answer)).toEqual(await textOf(await send(stranger, route, absent(call))));
  });

  if (isWrite(route)) test("is refused to another site that rides on the cookie", async () => {
    expect(await codeOf(await send(owner, route, await fixture.make(owner), { origin: "https://evil.example" }))).toBe("request.origin_refused");
  });
});

describe.each(named(open))("%s", (_, route) => {
  const fixture = fixtureOf(route);
  test("is open to everybody, and a revoked key changes that only where callers are recognised", async () => {
    const call = await fixture.make(owner);
    await expectThrough(await send(anonymous, route, call), fixture);
    const answer = await send(revoked, route, call);
    if (route.access === "optional") expect(await codeOf(answer)).toBe("auth.required");
    else await expectThrough(answer, fixture);
  });
});

test.runIf(forAdmins.length > 0).each(named(forAdmins))("%s is there for administrators alone", async (_, route) => {
  const fixture = fixtureOf(route);
  const call = await fixture.make(owner);
  for (const by of [owner, stranger]) expect((await send(by, route, call)).status).toBe(404);
  await expectThrough(await send(admin, route, call), fixture);
});
