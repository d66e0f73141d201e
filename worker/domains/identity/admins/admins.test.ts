import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { routeTable } from "#core/http.ts";
import { askWith, codeOf, lettersTo, newAdministrator } from "../../../../test/admin-world.ts";
import { newWorld, type World } from "../../../../test/world.ts";
import { createApp } from "../../../app.ts";

const isAdmin = async (answer: Response): Promise<boolean> => (await answer.json<{ user: { admin: boolean } }>()).user.admin;
const path = "/api/v1/admin/administrators";
const grant = (by: World, email: string) => by.post(path, { email, reason: "joins us" });
const revoke = (by: World, user: string) => by.post(`${path}/${user}/revoke`, { reason: "left us" });
const eventsAbout = async (user: string) => (await env.DB.prepare("SELECT type, data, actor FROM events WHERE subject = ? AND type IN ('administrator.granted', 'administrator.revoked') ORDER BY at, rowid").bind(user).all<{ type: string; data: string; actor: string }>()).results;

test("whoever the deployment names is an administrator for as long as it does, and nothing of it is written down", async () => {
  const world = await newWorld();
  const named = { ADMIN_EMAILS: `somebody@example.com, ${world.email.toUpperCase()}` };
  expect((await askWith(named, world, { path })).status).toBe(200);
  expect(await isAdmin(await askWith(named, world, { path: "/api/v1/me" }))).toBe(true);
  expect((await askWith({ ADMIN_EMAILS: "" }, world, { path })).status).toBe(404);
  expect(await isAdmin(await world.get("/api/v1/me"))).toBe(false);
  expect(await env.DB.prepare("SELECT admin FROM users WHERE id = ?").bind(world.user).first("admin")).toBe(0);
});

test("an address that nobody has confirmed makes no administrator in production, whatever the settings say", async () => {
  const world = await newWorld();
  const named = { ADMIN_EMAILS: world.email, ENVIRONMENT: "production" };
  expect((await askWith({ ...named, EMAIL_VERIFICATION: "off" }, world, { path })).status).toBe(404);
  expect((await askWith({ ...named, EMAIL_VERIFICATION: "required" }, world, { path })).status).toBe(404);
  await env.DB.prepare("UPDATE users SET email_verified = 1 WHERE id = ?").bind(world.user).run();
  expect((await askWith({ ...named, EMAIL_VERIFICATION: "required" }, world, { path })).status).toBe(200);
});

test("every administrator's route answers as if it were not there from outside the networks that are set", async () => {
  const world = await newAdministrator();
  const networks = { ADMIN_NETWORKS: "198.51.100.0/24, 2001:db8:5::/48" };
  const absent = await codeOf(await world.get("/api/v1/no-such-thing"));
  const routes = routeTable(createApp()).filter(({ access }) => access === "admin");
  expect(routes.length).toBeGreaterThan(20);
  for (const { method, path: template } of routes) {
    const asked = { method: method.toUpperCase(), path: template.replaceAll(/\{\w+\}/g, "x"), ...(method === "get" ? {} : { body: {} }) };
    for (const address of ["203.0.113.7", "2001:db8:6::1", undefined]) {
      const answer = await askWith(networks, world, { ...asked, ...(address === undefined ? {} : { address }) });
      expect([template, answer.status, await codeOf(answer)]).toEqual([template, 404, absent]);
    }
  }
  for (const address of ["198.51.100.9", "2001:db8:5:9::1"]) expect((await askWith(networks, world, { path, address })).status).toBe(200);
  expect(await isAdmin(await askWith(networks, world, { path: "/api/v1/me", address: "203.0.113.7" }))).toBe(false);
});

test("an administrator makes another one and unmakes them, and both leave a reason behind", async () => {
  const [admin, other] = [await newAdministrator(), await newWorld()];
  expect((await other.get(path)).status).toBe(404);
  expect(await codeOf(await grant(admin, "nobody@example.com"))).toBe("account.not_found");
  expect(await (await grant(admin, other.email.toUpperCase())).json()).toMatchObject({ id: other.user, way: "grant", granted: { by: admin.user, reason: "joins us" } });
  expect((await grant(admin, other.email)).status).toBe(201);
  for (let tries = 0; (await lettersTo(admin.email)).length === 0; tries += 1) {
    if (tries > 200) throw new Error("nobody was told");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect(await lettersTo(admin.email)).toMatchObject([{ subject: `${other.email} administers Dailies now`, text: expect.stringContaining(`${admin.email} made ${other.email} an administrator: joins us`) }]);
  expect((await other.get(path)).status).toBe(200);
  expect((await revoke(admin, other.user)).status).toBe(204);
  expect((await other.get(path)).status).toBe(404);
  expect(await codeOf(await revoke(admin, other.user))).toBe("account.not_found");
  const events = await eventsAbout(other.user);
  expect(events.map(({ type, data, actor }) => [type, JSON.parse(data), JSON.parse(actor).user])).toEqual([
    ["administrator.granted", { user: other.user, reason: "joins us" }, admin.user], ["administrator.revoked", { user: other.user, reason: "left us" }, admin.user],
  ]);
});

test("somebody keeps a way in, even when two take each other's at once", async () => {
  const [first, second] = [await newAdministrator(), await newAdministrator()];
  const others = (await env.DB.prepare("SELECT id FROM users WHERE admin = 1 AND id NOT IN (?, ?)").bind(first.user, second.user).all<{ id: string }>()).results;
  await env.DB.prepare("UPDATE users SET admin = 0 WHERE id NOT IN (?, ?)").bind(first.user, second.user).run();
  const alone = { ADMIN_EMAILS: "" };
  const take = (by: World, user: string) => askWith(alone, by, { method: "POST", path: `${path}/${user}/revoke`, body: { reason: "left us" } });
  const answers = await Promise.all([take(first, second.user), take(second, first.user)]);
  expect(answers.map(({ status }) => status).toSorted()).not.toEqual([204, 204]);
  const left = (await env.DB.prepare("SELECT id FROM users WHERE admin = 1").all<{ id: string }>()).results;
  expect(left).toHaveLength(1);
  const last = left[0]?.id === first.user ? first : second;
  expect(await codeOf(await take(last, last.user))).toBe("admin.last");
  expect((await askWith(alone, last, { path })).status).toBe(200);
  await env.DB.prepare("UPDATE users SET admin = 1 WHERE id IN (SELECT value FROM json_each(?))").bind(JSON.stringify(others.map(({ id }) => id))).run();
});

test("whoever the deployment names is not unmade by a route", async () => {
  const [admin, named] = [await newAdministrator(), await newWorld()];
  const answer = await askWith({ ADMIN_EMAILS: named.email }, admin, { method: "POST", path: `${path}/${named.user}/revoke`, body: { reason: "left us" } });
  expect(await codeOf(answer)).toBe("admin.named");
});

test("accounts and studios are found by address, name and id, page by page, and nothing else of them is told", async () => {
  const admin = await newAdministrator();
  const mark = crypto.randomUUID().slice(0, 8);
  const people = await Promise.all([1, 2, 3].map(() => newWorld({ name: `Zora ${mark}` })));
  for (const [index, person] of people.entries()) await env.DB.prepare("UPDATE users SET email = ? WHERE id = ?").bind(`zora-${mark}-${index}@example.com`, person.user).run();
  interface Page { data: { id: string; email?: string; studio?: string; owner?: { email: string } }[]; nextCursor: string | null }
  const search = async (what: string, query: string): Promise<Page> => (await admin.get(`/api/v1/admin/${what}?${query}`)).json();
  const first = await search("users", `q=ZORA-${mark}&limit=2`);
  const rest = await search("users", `q=zora-${mark}&limit=2&cursor=${first.nextCursor}`);
  expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(people.map(({ user }) => user));
  expect(rest.nextCursor).toBeNull();
  const one = people[0];
  expect((await search("users", `q=${one?.user}`)).data).toMatchObject([{ id: one?.user, studio: one?.studio, administrator: null }]);
  expect((await search("studios", `q=${one?.studio}`)).data).toMatchObject([{ id: one?.studio, owner: { email: `zora-${mark}-0@example.com` } }]);
  expect((await search("studios", `q=zora-${mark}-1@example`)).data).toMatchObject([{ id: people[1]?.studio }]);
  expect((await search("studios", `q=%40zora-${mark}`)).data.map(({ id }) => id).toSorted()).toEqual(people.map(({ studio }) => studio).toSorted());
  expect((await search("users", "q=%25")).data).toEqual([]);
  expect(JSON.stringify(await search("users", `q=${one?.user}`))).not.toMatch(/password|token|hash/);
});
