/** Bindings that say what is about to cross them, or has, to the gatehouse, and wait for its answer. Whoever is not answered is killed there. */
import { AsyncLocalStorage } from "node:async_hooks";
import { env as settings } from "cloudflare:workers";

/** Who makes a call: an object, or what of the worker was called for. */
export type Caller = "api" | "webhook" | "consumer" | "events" | "run" | "wallet" | "gate" | "client" | "provider" | "queue" | "clock";

/** What belongs to a run's life in D1; sign-up, sessions and the film itself do not. */
const TABLES = new Set(["quotes", "claims", "open_runs", "takes", "assets", "events", "event_deliveries", "idempotency_keys", "run_log", "wallet_entries", "projects"]);
/** Calls that change nothing are not announced: whoever dies there has died after the call before, or before the next. */
const READS = /\.(get|head|view|select)\b/;
const network = globalThis.fetch.bind(globalThis);
const acting = new AsyncLocalStorage<Caller>();

/** Does work in the name of a caller, for calls that know no binding. */
export const within = <T>(caller: Caller, work: () => T): T => acting.run(caller, work);

/** Which life of the worker this is. Made at the first call, since there is no randomness before. */
let life: string | null = null;

async function announce(caller: Caller, call: string, when: "before" | "after"): Promise<void> {
  life ??= crypto.randomUUID();
  const said = await network(String(Reflect.get(settings, "GATEHOUSE")), { method: "POST", body: JSON.stringify({ life, caller, call, when }) });
  await said.arrayBuffer();
}

/** Who stores something of its own between two calls, so that there is more before a call than after the one before it. */
const OBJECTS = new Set<Caller>(["run", "wallet", "gate"]);

/** Makes a call between its announcements. One that fails has changed nothing, and is not announced to have been made. */
export async function crossing<T>(caller: Caller, call: string, make: () => Promise<T>): Promise<T> {
  if (READS.test(call)) return make();
  if (OBJECTS.has(caller)) await announce(caller, call, "before");
  const result = await make();
  await announce(caller, call, "after");
  return result;
}

/** Does what was asked for from outside, and announces that it is done: whoever asks does not know it yet. */
export async function answered<T>(caller: Caller, call: string, work: () => Promise<T>): Promise<T> {
  const result = await work();
  await announce(caller, call, "after");
  return result;
}

type Method = (...args: unknown[]) => Promise<unknown>;
const methodOf = (target: object, name: string | symbol): Method => Reflect.get(target, name) as Method;

/** The object with some of its methods replaced; the others are called on the object itself, since native ones insist on it. */
function withMethods<T extends object>(target: T, replaced: (name: string) => ((...args: never[]) => unknown) | null): T {
  return new Proxy(target, {
    get: (own, name) => {
      const other = typeof name === "string" ? replaced(name) : null;
      if (other) return other;
      const value: unknown = Reflect.get(own, name);
      return typeof value === "function" ? (...args: unknown[]) => Reflect.apply(value, own, args) : value;
    },
  });
}

const announced = <T extends object>(target: T, caller: Caller, callFor: (name: string, args: unknown[]) => string | null): T =>
  withMethods(target, (name) => (...args: unknown[]) => {
    const call = callFor(name, args);
    const make = () => Reflect.apply(methodOf(target, name), target, args);
    return call === null ? make() : crossing(caller, call, make);
  });

function namespace<T extends object>(target: T, caller: Caller, binding: string): T {
  return withMethods(target, (name) =>
    name === "getByName"
      ? (...args: unknown[]) => announced(Reflect.apply(methodOf(target, name), target, args) as unknown as object, caller, (call) => `${binding}.${call}`)
      : null);
}

const natives = new WeakMap<object, { native: D1PreparedStatement; sql: string }>();

/** `select`, `takes` of a statement. */
function partsOf(sql: string): { verb: string; table: string } {
  const [, verb = "", table = ""] = /^\s*(insert|update|delete|select)\b(?:\s+or\s+ignore)?(?:\s+into|[\s\S]*?\sfrom)?\s+"?(\w+)/i.exec(sql) ?? [];
  return { verb: verb.toLowerCase(), table };
}

function statement(native: D1PreparedStatement, caller: Caller, sql: string): D1PreparedStatement {
  const { verb, table } = partsOf(sql);
  const wrapped = withMethods(native, (name) => {
    if (name === "bind") return (...values: unknown[]) => statement(native.bind(...values), caller, sql);
    if (!TABLES.has(table)) return null;
    return (...args: unknown[]) => crossing(caller, `DB.${verb}(${table})`, () => Reflect.apply(methodOf(native, name), native, args));
  });
  natives.set(wrapped, { native, sql });
  return wrapped;
}

function database(native: D1Database, caller: Caller): D1Database {
  return withMethods(native, (name) => {
    if (name === "prepare") return (sql: string) => statement(native.prepare(sql), caller, sql);
    if (name !== "batch") return null;
    return (statements: D1PreparedStatement[]) => {
      const known = statements.map((one) => natives.get(one) ?? { native: one, sql: "" });
      const tables = [...new Set(known.map(({ sql }) => partsOf(sql).table))].filter((table) => table !== "json_each");
      const make = () => native.batch(known.map((one) => one.native));
      return tables.some((table) => TABLES.has(table)) ? crossing(caller, `DB.batch(${tables.join(" ")})`, make) : make();
    };
  });
}

/** The environment of a caller, announced. */
export function withAnnouncements(env: Env, caller: Caller): Env {
  return {
    ...env,
    WALLET: namespace(env.WALLET, caller, "WALLET"), RUN: namespace(env.RUN, caller, "RUN"), GATE: namespace(env.GATE, caller, "GATE"), HUB: namespace(env.HUB, caller, "HUB"),
    DB: database(env.DB, caller),
    JOBS: announced(env.JOBS, caller, (name) => `JOBS.${name}`),
    EVENTS: announced(env.EVENTS, caller, (name) => `EVENTS.${name}`),
    MEDIA: announced(env.MEDIA, caller, (name, [key]) => `MEDIA.${name}(${String(key).split("/")[0]})`),
  };
}

/** Announces what is asked of the provider. */
export function announceProvider(): void {
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const caller = acting.getStore();
    if (!caller || url.origin !== settings.RENDERER_URL) return network(input, init);
    const does = url.pathname.startsWith("/files/") ? "file" : url.pathname.endsWith("/cancel") ? "cancel" : init?.method === "PUT" ? "create" : "look";
    return crossing(caller, `provider.${does}`, () => network(input, init));
  };
}
