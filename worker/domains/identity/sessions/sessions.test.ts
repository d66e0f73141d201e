import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { createApp } from "../../../app.ts";
import { newWorld, ORIGIN } from "../../../../test/world.ts";
import { forgetExpired } from "../index.ts";

const app = createApp();

/** The same worker with other settings. */
async function ask(settings: object, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
  const execution = createExecutionContext();
  const sent = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const request = new Request(new URL(path, ORIGIN), { ...sent, headers: { origin: ORIGIN, "content-type": "application/json", "cf-connecting-ip": "2001:db8:77::1", ...headers } });
  const answer = await app.fetch(request, { ...env, ...settings }, execution);
  await waitOnExecutionContext(execution);
  return answer;
}

const lettersTo = async (address: string): Promise<string[]> => {
  const box = Reflect.get(env, "MAIL") as Fetcher;
  return (await (await box.fetch("http://mail/")).json<{ to: string; text: string }[]>()).filter(({ to }) => to === address).map(({ text }) => text);
};

test("where addresses must be confirmed, nobody signs in before that, and a known address is not given away", async () => {
  const strict = { EMAIL_VERIFICATION: "required" };
  const person = { name: "Ada", email: `ada-${crypto.randomUUID()}@example.com`, password: "correct horse battery" };
  const signUp = () => ask(strict, "/api/auth/sign-up/email", person);
  const first = await signUp();
  expect(first.status).toBe(200);
  expect(first.headers.getSetCookie()).toEqual([]);
  const again = await signUp();
  expect([again.status, await shape(again)]).toEqual([200, await shape(first)]);
  const refused = await ask(strict, "/api/auth/sign-in/email", { email: person.email, password: person.password });
  expect([refused.status, (await refused.json<{ code: string }>()).code]).toEqual([403, "auth.email_unverified"]);

  const link = /https:\S+\/api\/auth\/verify-email\S+/.exec((await lettersTo(person.email)).at(-1) ?? "")?.[0] ?? "";
  const forged = await ask(strict, link.replace(/token=[^&]+/, "token=forged"));
  expect(forged.headers.get("location")).toMatch(/error=/);
  const confirmed = await ask(strict, link);
  expect([confirmed.status, confirmed.headers.get("location")]).toEqual([302, "/verify"]);
  expect((await ask(strict, "/api/auth/sign-in/email", { email: person.email, password: person.password })).status).toBe(200);
});

const shape = async (answer: Response): Promise<string[]> => Object.keys(await answer.json<object>()).toSorted();

test("social sign-in is offered where it is configured, and leads to the provider", async () => {
  const configured = { GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" };
  expect(await (await ask({}, "/api/v1/config")).json()).toEqual({ emailVerification: false, social: [] });
  expect(await (await ask(configured, "/api/v1/config")).json()).toEqual({ emailVerification: false, social: ["google"] });
  const start = await ask(configured, "/api/auth/sign-in/social", { provider: "google", callbackURL: "/studio" });
  expect((await start.json<{ url: string }>()).url).toMatch(/^https:\/\/accounts\.google\.com\/.*redirect_uri=https%3A%2F%2Fdailies\.example%2Fapi%2Fauth%2Fcallback%2Fgoogle/);
  expect((await ask({}, "/api/auth/sign-in/social", { provider: "google", callbackURL: "/studio" })).status).toBe(404);
  const elsewhere = await ask(configured, "/api/auth/sign-in/social", { provider: "google", callbackURL: "https://evil.example/" });
  expect(elsewhere.status).toBe(403);
});

test("on a local machine the cookie works without https, and the kept letters can be read", async () => {
  const local = { APP_ORIGIN: "http://localhost:8787", ENVIRONMENT: "local" };
  const person = { name: "Ada", email: `ada-${crypto.randomUUID()}@example.com`, password: "correct horse battery" };
  const answer = await ask(local, "http://localhost:8787/api/auth/sign-up/email", person, { origin: "http://localhost:8787" });
  const [cookie = ""] = answer.headers.getSetCookie();
  expect(cookie).toMatch(/^dailies\.session_token=/);
  expect(cookie).not.toMatch(/secure/i);
  expect((await ask(local, "http://localhost:8787/api/v1/me", undefined, { cookie: cookie.split(";")[0] ?? "" })).status).toBe(200);
  expect((await ask(local, "http://localhost:8787/api/v1/local/mails")).status).toBe(200);
});

test("what has run out is forgotten at night, and what has not stays", async () => {
  const world = await newWorld();
  await env.DB.batch([
    env.DB.prepare("INSERT INTO sessions (id, token, user_id, expires_at, created_at, updated_at) VALUES ('sess_old', 'old', ?, 1, 1, 1)").bind(world.user),
    env.DB.prepare("INSERT INTO verifications (id, identifier, value, expires_at, created_at, updated_at) VALUES ('vrf_old', 'x', 'y', 1, 1, 1)"),
    env.DB.prepare("INSERT INTO rate_limits (key, count, window_at, ends_at) VALUES ('old', 1, 0, 1)"),
  ]);
  await forgetExpired(systemCtx(env, openDb(env), "test", () => undefined));
  for (const [table, column, value] of [["sessions", "id", "sess_old"], ["verifications", "id", "vrf_old"], ["rate_limits", "key", "old"]]) {
    expect(await env.DB.prepare(`SELECT 1 FROM ${table} WHERE ${column} = ?`).bind(value).first()).toBeNull();
  }
  expect((await world.get("/api/v1/me")).status).toBe(200);
});

test("one address cannot sign up people without end", async () => {
  const address = { "cf-connecting-ip": "2001:db8:dead::1" };
  const statuses: number[] = [];
  for (let count = 0; count < 31; count += 1) statuses.push((await ask({}, "/api/auth/sign-up/email", { name: "", email: "not an address", password: "x" }, address)).status);
  expect(statuses.at(-2)).not.toBe(429);
  expect(statuses.at(-1)).toBe(429);
});
