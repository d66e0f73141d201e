/**
 * The same small ledger on four engines, each behind HTTP on loopback: every request is one cycle, a hold of one credit and its
 * capture as two commands with keys of their own, or `count` such cycles at once. All of them write durably.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import pg from "pg";

const root = path.resolve(import.meta.dirname, "..");
const CREDITS = 1_000_000_000;

export interface Contender {
  url: string;
  /** Stops it and, where it keeps books, fails unless they add up. */
  stop(): Promise<void>;
}

const entry = `
export { Wallet } from ${JSON.stringify(path.join(root, "durable-objects/wallet/object.ts"))};
const id = () => crypto.randomUUID();
const holdOf = (hold) => ({ key: "h" + hold, hold, credits: 1, expiresAt: Date.now() + 3600000, ref: { run: hold, project: null, member: null, apiKey: null } });
const captureOf = (hold) => ({ key: "c" + hold, hold, item: "clip", credits: 1, reason: "delivered" });
const answer = (outcomes) => Response.json({ captured: outcomes.filter((outcome) => outcome.ok).length }, { status: outcomes.every((outcome) => outcome.ok) ? 200 : 500 });
export default { async fetch(request, env) {
  const url = new URL(request.url);
  const wallet = env.WALLET.getByName(url.searchParams.get("wallet") ?? "stu_hot");
  if (url.pathname === "/grant") return Response.json(await wallet.grant({ key: "g", bucket: "purchased", credits: ${CREDITS}, expiresAt: null, reason: "bench", ref: "bench" }));
  if (url.pathname === "/check") return Response.json({ ...await wallet.check(), balance: await wallet.balance() });
  const count = Number(url.searchParams.get("count") ?? 1);
  const holds = Array.from({ length: count }, id);
  if (count === 1) {
    const held = await wallet.hold(holdOf(holds[0]));
    return answer([held, await wallet.capture(captureOf(holds[0]))]);
  }
  const held = await wallet.holdMany(holds.map(holdOf));
  const captured = await wallet.captureMany(holds.map(captureOf));
  return answer([...held.outcomes, ...captured.outcomes]);
} };`;

/** Our wallet: the built worker in Miniflare, reached directly, with its projection to D1 running. */
export async function startWallet(folder: string): Promise<Contender> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "entry.ts"), entry);
  writeFileSync(path.join(folder, "tsconfig.json"), "{}");
  const out = path.join(folder, "built");
  const config = path.join(folder, "wrangler.toml");
  writeFileSync(config, 'name = "bench"\nmain = "entry.ts"\ncompatibility_date = "2026-09-01"\nminify = true\n');
  const wrangler = path.join(root, "node_modules/wrangler/bin/wrangler.js");
  const aliases = [`--alias`, `#core/log.ts:${path.join(root, "worker/core/log.ts")}`];
  execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--config", config, "--outdir", out, ...aliases], {
    stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
  });
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    host: "127.0.0.1", port: 0, cf: false, telemetry: { enabled: false }, resourcePersistencePath: path.join(folder, "state"),
    workers: [{
      name: "bench", modulesRoot: out, modules: [{ type: "ESModule", path: path.join(out, readdirSync(out).find((file) => file.endsWith(".js")) ?? "") }],
      compatibilityDate: "2026-09-01", durableObjects: { WALLET: { className: "Wallet", useSQLite: true } }, d1Databases: { DB: "bench" },
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    }],
  }));
  const db = await miniflare.getD1Database("DB", "bench");
  for (const file of ["0001_core.sql", "0002_credits.sql"]) {
    const statements = readFileSync(path.join(root, "migrations", file), "utf8").replaceAll(/^\s*--.*$/gm, "").split(/;\s*$/m).filter((part) => part.trim());
    for (const statement of statements) await db.prepare(statement).run();
  }
  const url = String(await miniflare.unsafeGetDirectURL("bench")).replace(/\/$/, "");
  await fetch(`${url}/grant`);
  return {
    url,
    async stop() {
      const { faults, balance } = (await (await fetch(`${url}/check`)).json()) as { faults: unknown[]; balance: { available: number; held: number; spent: number } };
      if (faults.length > 0 || balance.available + balance.held + balance.spent !== CREDITS) throw new Error(`the wallet's books are wrong: ${JSON.stringify({ faults, balance })}`);
      await miniflare.dispose();
    },
  };
}

/** Serves `cycles(count, wallet)` over HTTP. */
export async function serve(cycles: (count: number, wallet: string) => Promise<void> | void): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://bench");
    const count = Number(searchParams.get("count") ?? 1);
    Promise.resolve().then(() => cycles(count, searchParams.get("wallet") ?? "")).then(
      () => response.writeHead(200, { "content-type": "application/json" }).end(`{"captured":${count}}`),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const close = (server: Server) => new Promise<void>((resolve) => { server.close(() => resolve()); server.closeAllConnections(); });

const schema = `
  CREATE TABLE wallet (id INTEGER PRIMARY KEY, available BIGINT NOT NULL CHECK (available >= 0), held BIGINT NOT NULL CHECK (held >= 0), spent BIGINT NOT NULL);
  CREATE TABLE hold (id TEXT PRIMARY KEY, credits BIGINT NOT NULL, captured BIGINT NOT NULL, state TEXT NOT NULL);
  CREATE TABLE entry (key TEXT PRIMARY KEY, kind TEXT NOT NULL, hold TEXT NOT NULL, credits BIGINT NOT NULL, at TEXT DEFAULT CURRENT_TIMESTAMP);
  INSERT INTO wallet VALUES (1, ${CREDITS}, 0, 0);`;

/** node:sqlite in the server's own process, WAL, synchronous FULL: one transaction for each command. */
export async function startSqlite(folder: string): Promise<Contender> {
  mkdirSync(folder, { recursive: true });
  const db = new DatabaseSync(path.join(folder, "wallet.sqlite"));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema}`);
  const take = db.prepare("UPDATE wallet SET available = available - 1, held = held + 1 WHERE id = 1 AND available >= 1");
  const open = db.prepare("INSERT INTO hold VALUES (?, 1, 0, 'open')");
  const note = db.prepare("INSERT INTO entry (key, kind, hold, credits) VALUES (?, ?, ?, 1)");
  const pay = db.prepare("UPDATE hold SET captured = 1, state = 'captured' WHERE id = ? AND state = 'open'");
  const spend = db.prepare("UPDATE wallet SET held = held - 1, spent = spent + 1 WHERE id = 1");
  const { url, server } = await serve((count) => {
    const ids = Array.from({ length: count }, () => randomUUID());
    db.exec("BEGIN IMMEDIATE");
    for (const id of ids) {
      take.run();
      open.run(id);
      note.run(`h${id}`, "hold", id);
    }
    db.exec("COMMIT");
    db.exec("BEGIN IMMEDIATE");
    for (const id of ids) {
      pay.run(id);
      spend.run();
      note.run(`c${id}`, "capture", id);
    }
    db.exec("COMMIT");
  });
  return { url, async stop() { await close(server); db.close(); } };
}

/** How a PostgreSQL client may write one cycle, or several. */
export type PostgresStyle = "for update" | "one statement";

async function forUpdate(client: pg.PoolClient, id: string): Promise<void> {
  await client.query("BEGIN");
  await client.query("SELECT available, held FROM wallet WHERE id = 1 FOR UPDATE");
  await client.query("INSERT INTO hold VALUES ($1, 1, 0, 'open')", [id]);
  await client.query("INSERT INTO entry (key, kind, hold, credits) VALUES ($1, 'hold', $2, 1)", [`h${id}`, id]);
  await client.query("UPDATE wallet SET available = available - 1, held = held + 1 WHERE id = 1");
  await client.query("COMMIT");
  await client.query("BEGIN");
  await client.query("SELECT available, held FROM wallet WHERE id = 1 FOR UPDATE");
  await client.query("UPDATE hold SET captured = 1, state = 'captured' WHERE id = $1 AND state = 'open'", [id]);
  await client.query("INSERT INTO entry (key, kind, hold, credits) VALUES ($1, 'capture', $2, 1)", [`c${id}`, id]);
  await client.query("UPDATE wallet SET held = held - 1, spent = spent + 1 WHERE id = 1");
  await client.query("COMMIT");
}

const holdStatement = {
  name: "hold",
  text: `WITH w AS (UPDATE wallet SET available = available - cardinality($1::text[]), held = held + cardinality($1::text[]) WHERE id = 1 AND available >= cardinality($1::text[]) RETURNING 1),
    h AS (INSERT INTO hold SELECT id, 1, 0, 'open' FROM unnest($1::text[]) AS id, w)
    INSERT INTO entry (key, kind, hold, credits) SELECT 'h' || id, 'hold', id, 1 FROM unnest($1::text[]) AS id, w`,
};
const captureStatement = {
  name: "capture",
  text: `WITH h AS (UPDATE hold SET captured = 1, state = 'captured' WHERE id = ANY ($1::text[]) AND state = 'open' RETURNING id),
    w AS (UPDATE wallet SET held = held - (SELECT count(*) FROM h), spent = spent + (SELECT count(*) FROM h) WHERE id = 1)
    INSERT INTO entry (key, kind, hold, credits) SELECT 'c' || id, 'capture', id, 1 FROM h`,
};

async function oneStatement(client: pg.PoolClient, ids: string[]): Promise<void> {
  await client.query({ ...holdStatement, values: [ids] });
  await client.query({ ...captureStatement, values: [ids] });
}

/** A cluster of its own in the folder, run by the account `postgres`, with one server for each style. */
export async function startPostgres(folder: string): Promise<{ servers: Record<PostgresStyle, Contender>; pool: pg.Pool; stop(): Promise<void> }> {
  const bin = "/usr/lib/postgresql/15/bin";
  mkdirSync(folder, { recursive: true });
  execFileSync("chown", ["postgres", folder]);
  chmodSync(folder, 0o700);
  const asPostgres = { uid: Number(execFileSync("id", ["-u", "postgres"])), gid: Number(execFileSync("id", ["-g", "postgres"])), cwd: folder };
  execFileSync(`${bin}/initdb`, ["-D", `${folder}/data`, "-A", "trust", "--no-sync"], { ...asPostgres, stdio: "ignore" });
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const cluster: ChildProcess = spawn(`${bin}/postgres`, ["-D", `${folder}/data`, "-p", String(port), "-h", "127.0.0.1", "-k", folder], { ...asPostgres, stdio: "ignore" });
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres", max: 32 });
  pool.on("error", () => undefined);
  for (let tries = 0; ; tries += 1) {
    try { await pool.query(schema); break; } catch (error) { if (tries > 50) throw error; await new Promise((resolve) => setTimeout(resolve, 100)); }
  }
  const withClient = async (work: (client: pg.PoolClient) => Promise<void>) => {
    const client = await pool.connect();
    try { await work(client); } finally { client.release(); }
  };
  const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
  const slow = await serve((count) => withClient(async (client) => { for (const id of ids(count)) await forUpdate(client, id); }));
  const quick = await serve((count) => withClient((client) => oneStatement(client, ids(count))));
  const contender = ({ url, server }: { url: string; server: Server }): Contender => ({ url, stop: () => close(server) });
  return {
    servers: { "for update": contender(slow), "one statement": contender(quick) },
    pool,
    async stop() {
      await Promise.all([close(slow.server), close(quick.server)]);
      while (pool.idleCount < pool.totalCount) await new Promise((resolve) => setTimeout(resolve, 20));
      await pool.end();
      await new Promise((resolve) => { cluster.once("exit", resolve); cluster.kill("SIGINT"); });
    },
  };
}
