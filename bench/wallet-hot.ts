/**
 * B2: hold and capture on one hot wallet by 32 clients, against PostgreSQL (row lock; one statement) and node:sqlite, all durable on
 * the same disk. Usage: node bench/wallet-hot.ts [folder]; a folder on tmpfs takes the disk out of the figures.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPostgres, startSqlite, startWallet } from "./wallet-contenders.ts";
import { load, report } from "./wallet-rounds.ts";

const ROUNDS = 7;
const SECONDS = 1;
const CLIENTS = 32;

const folder = mkdtempSync(path.join(process.argv[2] ?? tmpdir(), "wallet-hot-"));
chmodSync(folder, 0o755);
const wallet = await startWallet(path.join(folder, "ours"));
const sqlite = await startSqlite(path.join(folder, "sqlite"));
const postgres = await startPostgres(path.join(folder, "postgres"));
try {
  const contenders = { ours: wallet, "postgres-for-update": postgres.servers["for update"], "postgres-one-statement": postgres.servers["one statement"], "node-sqlite": sqlite };
  const figures = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
  for (const { url } of Object.values(contenders)) await load(url, { clients: CLIENTS, seconds: 1 });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, { url }] of Object.entries(contenders)) figures.get(name)?.push(await load(url, { clients: CLIENTS, seconds: SECONDS }));
  }
  const ours = figures.get("ours") ?? [];
  for (const [name, baseline] of figures) if (name !== "ours") report(`wallet-hot/${name}`, ours, baseline, { clients: CLIENTS, secondsPerRound: SECONDS, folder: path.dirname(folder) });
} finally {
  await postgres.stop();
  await sqlite.stop();
  await wallet.stop();
  rmSync(folder, { recursive: true, force: true });
}
