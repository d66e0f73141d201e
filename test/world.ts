import { env, exports } from "cloudflare:workers";
import type { Role, Scope } from "#core/context.ts";
import type { PlanCode } from "#domains/credits/index.ts";

export const ORIGIN = "https://dailies.example";
const SIGNUP_CREDITS = 100;

type Extra = Record<string, string>;

/** Somebody who sends requests: a browser with a cookie, a program with a key, or nobody in particular. */
export interface Caller {
  get(path: string, headers?: Extra): Promise<Response>;
  post(path: string, body?: unknown, headers?: Extra): Promise<Response>;
  put(path: string, body?: unknown, headers?: Extra): Promise<Response>;
  patch(path: string, body?: unknown, headers?: Extra): Promise<Response>;
  delete(path: string, headers?: Extra): Promise<Response>;
  send(method: string, path: string, body?: unknown, headers?: Extra): Promise<Response>;
}

/** A signed-up person with a studio, in a world of their own. */
export interface World extends Caller {
  user: string;
  email: string;
  password: string;
  /** The studio that requests go to. */
  studio: string;
  /** The `cookie` header of the session. */
  cookie: string;
  /** A program with a new key of this studio. */
  key(scopes: Scope[]): Promise<Caller & { id: string; secret: string; revoke(): Promise<void> }>;
  /** Another person who is a member of this studio in that role. */
  member(role: Role): Promise<World>;
  /** A person with a studio of their own, who has nothing to do with this one. */
  stranger(): Promise<World>;
  balance(): Promise<{ available: number; held: number }>;
  /** Types of the studio's events, oldest first. */
  events(): Promise<string[]>;
}

/** Send requests with these headers. Bodies go as JSON, unless they are bytes. */
export function caller(standing: Extra): Caller {
  const send = (method: string, path: string, body?: unknown, headers: Extra = {}): Promise<Response> => {
    const isBytes = body instanceof Uint8Array;
    const type: Extra = body === undefined ? {} : { "content-type": isBytes ? "application/octet-stream" : "application/json" };
    const sent = body === undefined ? null : isBytes ? new Uint8Array(body) : JSON.stringify(body);
    return exports.default.fetch(new Request(new URL(path, ORIGIN), { method, headers: { ...type, ...standing, ...headers }, body: sent, redirect: "manual" }));
  };
  return {
    send,
    get: (path, headers) => send("GET", path, undefined, headers),
    post: (path, body, headers) => send("POST", path, body, headers),
    put: (path, body, headers) => send("PUT", path, body, headers),
    patch: (path, body, headers) => send("PATCH", path, body, headers),
    delete: (path, headers) => send("DELETE", path, undefined, headers),
  };
}

/** Nobody: no cookie, no key. */
export const anonymous = caller({});

/** An address of its own for each world, so that limits by address do not meet. */
const newAddress = (): string => `2001:db8:${[...crypto.getRandomValues(new Uint16Array(4))].map((part) => part.toString(16)).join(":")}::1`;

/** The cookies that an answer sets, as a browser would send them back. */
export const cookiesOf = (answer: Response): string => answer.headers.getSetCookie().map((line) => line.split(";")[0] ?? "").join("; ");

/** Sign somebody up, through the front door. `credits` replaces the free plan's by more of them; it cannot be less. `plan`: as if it were paid for long. */
export async function newWorld({ credits = SIGNUP_CREDITS, name = "Ada", plan }: { credits?: number; name?: string; plan?: PlanCode } = {}): Promise<World> {
  const email = `ada-${crypto.randomUUID()}@example.com`;
  const password = "correct horse battery";
  const address = newAddress();
  const answer = await caller({ origin: ORIGIN, "cf-connecting-ip": address }).post("/api/auth/sign-up/email", { name, email, password });
  if (answer.status !== 200) throw new Error(`sign-up answered ${answer.status}: ${await answer.text()}`);
  const cookie = cookiesOf(answer);
  const me = await (await caller({ cookie }).get("/api/v1/me")).json<{ user: { id: string }; studio: { id: string } }>();
  await granted(me.studio.id, credits);
  if (plan) await subscribe(me.studio.id, plan);
  return worldOf({ user: me.user.id, email, password, studio: me.studio.id, cookie, address });
}

/** The free credits come by an event; what a test wants beyond them is granted on top. */
async function granted(studio: string, credits: number): Promise<void> {
  const wallet = env.WALLET.getByName(studio);
  for (let tries = 0; (await wallet.balance()).seq === 0; tries += 1) {
    if (tries > 200) throw new Error("the free plan's credits did not come");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (credits > SIGNUP_CREDITS) await wallet.grant({ key: "test", bucket: "purchased", credits: credits - SIGNUP_CREDITS, expiresAt: null, reason: "test", ref: "test" });
}

async function subscribe(studio: string, plan: PlanCode): Promise<void> {
  await env.DB.prepare("INSERT INTO subscriptions (studio, plan, status, revision, synced_at, created_at) VALUES (?, ?, 'active', 1, ?3, ?3)").bind(studio, plan, Date.now()).run();
}

interface Identity {
  user: string;
  email: string;
  password: string;
  studio: string;
  cookie: string;
  address: string;
}

function worldOf(identity: Identity): World {
  const { address, ...own } = identity;
  const self = caller({ cookie: own.cookie, origin: ORIGIN, "cf-connecting-ip": address, "dailies-studio": own.studio });
  return {
    ...own, ...self,
    key: async (scopes) => {
      const made = await self.post("/api/v1/keys", { name: "test", scopes });
      if (made.status !== 201) throw new Error(`no key: ${await made.text()}`);
      const { id, secret } = await made.json<{ id: string; secret: string }>();
      return { id, secret, ...caller({ authorization: `Bearer ${secret}` }), revoke: async () => { await self.delete(`/api/v1/keys/${id}`); } };
    },
    member: async (role) => {
      const other = await newWorld({ name: `The ${role}` });
      await env.DB.prepare("INSERT INTO members (id, studio, user_id, role, created_at) VALUES (?, ?, ?, ?, ?)")
        .bind(`member_${crypto.randomUUID().replaceAll("-", "")}`, own.studio, other.user, role, Date.now()).run();
      return worldOf({ user: other.user, email: other.email, password: other.password, cookie: other.cookie, studio: own.studio, address: newAddress() });
    },
    stranger: () => newWorld({ name: "Eve" }),
    balance: async () => {
      const { available, held } = await env.WALLET.getByName(own.studio).balance();
      return { available, held };
    },
    events: async () => (await env.DB.prepare("SELECT type FROM events WHERE studio = ? ORDER BY at, rowid").bind(own.studio).all<{ type: string }>()).results.map(({ type }) => type),
  };
}
