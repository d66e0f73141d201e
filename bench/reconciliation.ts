/**
 * B13: a million entries in a thousand wallets, and a copy of them as D1 has it, corrupted in a thousand places at random (lost, doubled, altered,
 * moved to another wallet). The code of the nightly checks must name each of them and nothing else, while it proves the logs themselves too;
 * against PostgreSQL recomputing sums, links and hashes of the copy in one statement, in the same rounds.
 * Usage: node bench/reconciliation.ts [folder].
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { once } from "node:events";
import pg from "pg";
import { addEntry, compare, emptyFold } from "#objects/wallet/audit.ts";
import type { StoredEntry } from "#objects/wallet/entry.ts";
import { compareEntries, type CopiedEntry } from "#domains/reconciliation/comparing/entries.ts";
import { copyOf, corrupt, grown, randomFrom, type Copies, type Named } from "#domains/reconciliation/testing/corruption.ts";

const WALLETS = 1_000;
const ENTRIES = 1_000;
const CORRUPTIONS = 1_000;
const ROUNDS = 3;
const SEED = 13;
const BIN = "/usr/lib/postgresql/15/bin";

interface Standing { wallet: string; seq: number; head: string; available: number; held: number; spent: number }
type Books = ReturnType<typeof grown>["books"];

const folder = mkdtempSync(path.join(process.argv[2] ?? tmpdir(), "reconciliation-"));
chmodSync(folder, 0o755);

/** The objects' own tables, and D1's copy of them. */
function openDatabases(): { truth: DatabaseSync; copy: DatabaseSync } {
  const open = (name: string, columns: string) => {
    const db = new DatabaseSync(path.join(folder, name));
    db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE entries (wallet TEXT NOT NULL, seq INTEGER NOT NULL, ${columns}, PRIMARY KEY (wallet, seq)) STRICT, WITHOUT ROWID`);
    return db;
  };
  return { truth: open("truth.sqlite", "body TEXT NOT NULL, hash TEXT NOT NULL"), copy: open("copy.sqlite", "available INTEGER NOT NULL, held INTEGER NOT NULL, spent INTEGER NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL") };
}

const csv = (values: (string | number)[]): string => `${values.map((value) => (typeof value === "number" ? value : `"${value.replaceAll('"', '""')}"`)).join(",")}\n`;

async function build(): Promise<{ truth: DatabaseSync; copy: DatabaseSync; books: Map<string, Books>; expected: Set<Named>; entries: number; files: { entries: string; standings: string } }> {
  const random = randomFrom(SEED);
  const { truth, copy } = openDatabases();
  const books = new Map<string, Books>();
  const copies: Copies = new Map();
  const insert = truth.prepare("INSERT INTO entries VALUES (?, ?, ?, ?)");
  const standings: Standing[] = [];
  let entries = 0;
  truth.exec("BEGIN");
  for (let number = 0; number < WALLETS; number += 1) {
    const wallet = grown(`studio_${String(number).padStart(4, "0")}`, ENTRIES, random);
    const { books: { wallet: name, seq, head, accounts } } = wallet;
    for (const entry of wallet.log) insert.run(name, entry.seq, entry.body, entry.hash);
    copies.set(name, copyOf(wallet.log));
    books.set(name, wallet.books);
    standings.push({ wallet: name, seq, head, available: accounts.subscription + accounts.purchased + accounts.promo + accounts.earned, held: accounts.held, spent: accounts.spent });
    entries += wallet.log.length;
  }
  truth.exec("COMMIT");
  const expected = corrupt(copies, CORRUPTIONS, random);
  const files = { entries: path.join(folder, "entries.csv"), standings: path.join(folder, "standings.csv") };
  const [rows, totals] = [createWriteStream(files.entries), createWriteStream(files.standings)];
  const copied = copy.prepare("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)");
  copy.exec("BEGIN");
  for (const [wallet, list] of copies) {
    for (const { seq, available, held, spent, body, hash } of list) copied.run(wallet, seq, available, held, spent, body, hash);
    if (!rows.write(list.map(({ seq, available, held, spent, body, hash }) => csv([wallet, seq, available, held, spent, body, hash])).join(""))) await once(rows, "drain");
  }
  copy.exec("COMMIT");
  for (const { wallet, seq, head, available, held, spent } of standings) totals.write(csv([wallet, seq, head, available, held, spent]));
  await Promise.all([rows, totals].map((stream) => new Promise((resolve) => stream.end(resolve))));
  return { truth, copy, books, expected, entries, files };
}

/** What the nightly checks do with the rows of each wallet: prove its log and its books, then compare the copy. */
function reconcile(truth: DatabaseSync, copy: DatabaseSync, books: Map<string, Books>): { found: Named[]; faults: number } {
  const own = truth.prepare("SELECT seq, body, hash FROM entries WHERE wallet = ? ORDER BY seq");
  const theirs = copy.prepare("SELECT seq, body, hash, available, held, spent FROM entries WHERE wallet = ? ORDER BY seq");
  const found: Named[] = [];
  let faults = 0;
  for (const [wallet, known] of books) {
    const log = own.all(wallet) as unknown as StoredEntry[];
    const fold = emptyFold(wallet);
    for (const entry of log) addEntry(fold, wallet, entry);
    faults += compare(fold, known, known.lots.values(), known.holds.values()).length;
    for (const { kind, seq } of compareEntries(wallet, log, theirs.all(wallet) as unknown as CopiedEntry[])) found.push(`${kind === "twice" ? "extra" : kind} ${wallet} ${seq}`);
  }
  return { found, faults };
}

/** Sums against standings, links and hashes of every row, in one statement. It says which rows are broken, and which wallets do not add up. */
const STATEMENT = `
  WITH rows AS (
    SELECT wallet, seq, available, held, spent,
      encode(sha256(convert_to(body, 'UTF8')), 'hex') IS DISTINCT FROM hash AS bad_hash,
      (body::jsonb ->> 'previous') IS DISTINCT FROM coalesce(lag(hash) OVER w, encode(sha256(convert_to(E'dailies wallet v1\\n' || wallet, 'UTF8')), 'hex')) AS bad_link,
      seq <> coalesce(lag(seq) OVER w, 0) + 1 AS bad_seq
    FROM entries WINDOW w AS (PARTITION BY wallet ORDER BY seq)
  )
  SELECT (SELECT count(*) FROM rows WHERE bad_hash OR bad_link OR bad_seq)::int AS rows,
    (SELECT count(*) FROM standings AS s LEFT JOIN (SELECT wallet, max(seq) AS seq, sum(available) AS available, sum(held) AS held, sum(spent) AS spent FROM rows GROUP BY wallet) AS e USING (wallet)
      WHERE (s.seq, s.available, s.held, s.spent) IS DISTINCT FROM (e.seq, e.available::bigint, e.held::bigint, e.spent::bigint))::int AS wallets`;

async function startPostgres(files: { entries: string; standings: string }): Promise<{ recompute(): Promise<{ rows: number; wallets: number }>; stop(): Promise<void> }> {
  const home = path.join(folder, "postgres");
  mkdirSync(home);
  execFileSync("chown", ["postgres", home]);
  chmodSync(home, 0o700);
  const asPostgres = { uid: Number(execFileSync("id", ["-u", "postgres"])), gid: Number(execFileSync("id", ["-g", "postgres"])), cwd: home };
  execFileSync(`${BIN}/initdb`, ["-D", `${home}/data`, "-A", "trust", "-E", "UTF8", "--no-sync"], { ...asPostgres, stdio: "ignore" });
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const settings = ["shared_buffers=2GB", "work_mem=1GB", "maintenance_work_mem=1GB", "max_parallel_workers_per_gather=2", "fsync=off"].flatMap((setting) => ["-c", setting]);
  const cluster: ChildProcess = spawn(`${BIN}/postgres`, ["-D", `${home}/data`, "-p", String(port), "-h", "127.0.0.1", "-k", home, ...settings], { ...asPostgres, stdio: "ignore" });
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres", max: 1 });
  pool.on("error", () => undefined);
  for (let tries = 0; ; tries += 1) {
    try { await pool.query("SELECT 1"); break; } catch (error) { if (tries > 50) throw error; await new Promise((resolve) => setTimeout(resolve, 100)); }
  }
  await pool.query("CREATE TABLE entries (wallet TEXT NOT NULL, seq BIGINT NOT NULL, available BIGINT NOT NULL, held BIGINT NOT NULL, spent BIGINT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL)");
  await pool.query("CREATE TABLE standings (wallet TEXT PRIMARY KEY, seq BIGINT NOT NULL, head TEXT NOT NULL, available BIGINT NOT NULL, held BIGINT NOT NULL, spent BIGINT NOT NULL)");
  await pool.query(`COPY entries FROM '${files.entries}' (FORMAT csv)`);
  await pool.query(`COPY standings FROM '${files.standings}' (FORMAT csv)`);
  await pool.query("ALTER TABLE entries ADD PRIMARY KEY (wallet, seq)");
  await pool.query("VACUUM (ANALYZE, FREEZE)");
  return {
    recompute: async () => (await pool.query<{ rows: number; wallets: number }>(STATEMENT)).rows[0] ?? { rows: 0, wallets: 0 },
    async stop() {
      await pool.end();
      await new Promise((resolve) => { cluster.once("exit", resolve); cluster.kill("SIGINT"); });
    },
  };
}

async function timed<T>(work: () => Promise<T> | T): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await work();
  return { result, ms: Math.round(performance.now() - began) };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number): number => Math.round(value * 100) / 100;

try {
  const { truth, copy, books, expected, entries, files } = await build();
  const postgres = await startPostgres(files);
  try {
    const [ours, theirs]: [number[], number[]] = [[], []];
    let [found, told]: [Named[], { rows: number; wallets: number }] = [[], { rows: 0, wallets: 0 }];
    await postgres.recompute();
    for (let round = 0; round < ROUNDS; round += 1) {
      const own = await timed(() => reconcile(truth, copy, books));
      if (own.result.faults > 0) throw new Error(`the logs themselves have ${own.result.faults} faults`);
      const statement = await timed(() => postgres.recompute());
      ours.push(own.ms);
      theirs.push(statement.ms);
      [found, told] = [own.result.found, statement.result];
    }
    const named = new Set(found);
    const ratios = ours.map((ms, round) => ms / (theirs[round] ?? Number.NaN));
    console.log(JSON.stringify({
      name: "reconciliation/postgres-one-statement", unit: "ms", ours, baseline: theirs, ratio_median: rounded(median(ratios)), ratio_min: rounded(Math.min(...ratios)), ratio_max: rounded(Math.max(...ratios)), rounds: ROUNDS,
      entries, wallets: WALLETS, corruptions: CORRUPTIONS, places: expected.size, found_and_named: [...expected].filter((place) => named.has(place)).length, false_alarms: found.filter((place) => !expected.has(place)).length,
      baseline_says: { broken_rows: told.rows, wallets_that_do_not_add_up: told.wallets }, deterministic: { seed: SEED, folder: path.dirname(folder) },
    }));
  } finally {
    await postgres.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
