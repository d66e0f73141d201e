import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { anonymous, caller, cookiesOf, newWorld, ORIGIN } from "../../../test/world.ts";

test("a wrong password signs nobody in, and says no more than that", async () => {
  const world = await newWorld();
  const page = caller({ origin: ORIGIN });
  const wrong = await page.post("/api/auth/sign-in/email", { email: world.email, password: "wrong password" });
  const unknown = await page.post("/api/auth/sign-in/email", { email: "nobody@example.com", password: "wrong password" });
  expect(wrong.status).toBe(401);
  expect(wrong.headers.get("content-type")).toBe("application/problem+json");
  const text = async (answer: Response) => ({ ...await answer.json<object>(), instance: "" });
  expect(await text(unknown)).toEqual(await text(wrong));
});

test("signing up makes a personal studio with a hundred credits, and a session that scripts cannot read", async () => {
  const world = await newWorld({ name: "Åsa Öberg" });
  const me = await (await world.get("/api/v1/me")).json();
  expect(me).toMatchObject({ user: { email: world.email }, studio: { personal: true, role: "owner", handle: expect.stringMatching(/^asa-oberg/) } });
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
  const signedIn = await caller({ origin: ORIGIN }).post("/api/auth/sign-in/email", { email: world.email, password: world.password });
  const [cookie] = signedIn.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-dailies\.session_token=/);
  expect(cookie).toMatch(/; HttpOnly/);
  expect(cookie).toMatch(/; Secure/);
  expect(cookie).toMatch(/; SameSite=Lax/);
});

test("a sign-up that died before its studio was made is repaired by the next request", async () => {
  const world = await newWorld();
  await env.DB.prepare("DELETE FROM members WHERE studio = ?").bind(world.studio).run();
  await env.DB.prepare("DELETE FROM studios WHERE id = ?").bind(world.studio).run();
  const me = await (await caller({ cookie: world.cookie }).get("/api/v1/me")).json<{ studio: { id: string } }>();
  expect(me.studio.id).toBe(world.studio);
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
});

test("another site cannot use the session of its visitor", async () => {
  const world = await newWorld();
  for (const origin of ["https://evil.example", "null"]) {
    const answer = await world.patch("/api/v1/studio", { name: "Stolen" }, { origin });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: "request.origin_refused" });
  }
  expect((await caller({ cookie: world.cookie }).patch("/api/v1/studio", { name: "Stolen" })).status).toBe(403);
  const signIn = await caller({ origin: "https://evil.example" }).post("/api/auth/sign-in/email", { email: world.email, password: world.password });
  expect(signIn.status).toBe(403);
});

test("asking for a new password tells nobody who has an account, and the link works once", async () => {
  const world = await newWorld();
  const page = caller({ origin: ORIGIN });
  const known = await page.post("/api/auth/request-password-reset", { email: world.email });
  const unknown = await page.post("/api/auth/request-password-reset", { email: "nobody@example.com" });
  expect([known.status, await known.text()]).toEqual([unknown.status, await unknown.text()]);
  const token = /reset\?token=([^\s"&]+)/.exec((await lettersTo(world.email)).at(-1)?.text ?? "")?.[1];
  const reset = () => page.post("/api/auth/reset-password", { token, newPassword: "a better password" });
  expect((await reset()).status).toBe(200);
  expect((await reset()).status).toBe(422);
  expect((await world.get("/api/v1/me")).status).toBe(401);
  expect((await page.post("/api/auth/sign-in/email", { email: world.email, password: "a better password" })).status).toBe(200);
});

test("guessing at one account is stopped, from however many addresses it comes", async () => {
  const world = await newWorld();
  const statuses: number[] = [];
  for (let tries = 0; tries < 11; tries += 1) {
    const answer = await caller({ origin: ORIGIN, "cf-connecting-ip": `2001:db8:${tries}::1` }).post("/api/auth/sign-in/email", { email: world.email, password: `guess ${tries}` });
    statuses.push(answer.status);
    if (tries === 10) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
});

test("only what is allowed of the sign-in library can be reached", async () => {
  const world = await newWorld();
  for (const path of ["/api/auth/list-sessions", "/api/auth/delete-user", "/api/auth/update-user", "/api/auth/ok", "/api/auth/"]) {
    expect((await world.get(path)).status).toBe(404);
    expect((await world.post(path, {})).status).toBe(404);
  }
});

test("a person sees where they are signed in and can end one of those sessions", async () => {
  const world = await newWorld();
  const other = cookiesOf(await caller({ origin: ORIGIN }).post("/api/auth/sign-in/email", { email: world.email, password: world.password }));
  const { data } = await (await world.get("/api/v1/sessions")).json<{ data: { id: string; current: boolean }[] }>();
  expect(data).toHaveLength(2);
  const theirs = data.find(({ current }) => !current);
  const stranger = await world.stranger();
  expect((await stranger.delete(`/api/v1/sessions/${theirs?.id}`)).status).toBe(204);
  expect((await caller({ cookie: other }).get("/api/v1/me")).status).toBe(200);
  expect((await world.delete(`/api/v1/sessions/${theirs?.id}`)).status).toBe(204);
  expect((await caller({ cookie: other }).get("/api/v1/me")).status).toBe(401);
});

test("letters that were kept are shown on local machines only", async () => {
  expect((await anonymous.get("/api/v1/local/mails")).status).toBe(404);
});

async function lettersTo(address: string): Promise<{ to: string; text: string }[]> {
  const box: unknown = Reflect.get(env, "MAIL");
  const letters = await (await (box as Fetcher).fetch("http://mail/")).json<{ to: string; text: string }[]>();
  return letters.filter(({ to }) => to === address).toReversed();
}

test("a new password needs the old one, and ends the other sessions where asked", async () => {
  const world = await newWorld();
  const other = cookiesOf(await caller({ origin: ORIGIN }).post("/api/auth/sign-in/email", { email: world.email, password: world.password }));
  const change = (currentPassword: string) => world.post("/api/auth/change-password", { currentPassword, newPassword: "a better password", revokeOtherSessions: true });
  expect((await change("not the old one")).status).toBe(422);
  expect((await caller({ cookie: other }).get("/api/v1/me")).status).toBe(200);
  const changed = await change(world.password);
  expect(changed.status).toBe(200);
  expect((await caller({ cookie: other }).get("/api/v1/me")).status).toBe(401);
  expect((await caller({ cookie: cookiesOf(changed) }).get("/api/v1/me")).status).toBe(200);
});
