/**
 * B3: a storyboard of 32 shots held in one call and captured in one, against the same as 32 single holds and captures on our wallet,
 * and against PostgreSQL doing 32 in one statement. Usage: node bench/wallet-batch.ts [folder].
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPostgres, startWallet } from "./wallet-contenders.ts";
import { load, report } from "./wallet-rounds.ts";

const ROUNDS = 5;
const SECONDS = 1;
const BATCH = 32;
/** One storyboard at a time, as a studio makes them, and many at once, where single calls share transactions as well. */
const CLIENTS = [1, 8];

const folder = mkdtempSync(path.join(process.argv[2] ?? tmpdir(), "wallet-batch-"));
chmodSync(folder, 0o755);
const wallet = await startWallet(path.join(folder, "ours"));
const postgres = await startPostgres(path.join(folder, "postgres"));
try {
  const many = postgres.servers["one statement"].url;
  await load(wallet.url, { clients: 8, seconds: 1 });
  for (const clients of CLIENTS) {
    const figures = { batch: [] as number[], single: [] as number[], postgres: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      figures.batch.push(BATCH * (await load(`${wallet.url}/?count=${BATCH}`, { clients, seconds: SECONDS })));
      figures.single.push(await load(wallet.url, { clients, seconds: SECONDS }));
      figures.postgres.push(BATCH * (await load(`${many}/?count=${BATCH}`, { clients, seconds: SECONDS })));
    }
    const conditions = { clients, batch: BATCH, secondsPerRound: SECONDS, folder: path.dirname(folder) };
    report("wallet-batch/single-calls", figures.batch, figures.single, conditions);
    report("wallet-batch/postgres-one-statement", figures.batch, figures.postgres, conditions);
  }
} finally {
  await postgres.stop();
  await wallet.stop();
  rmSync(folder, { recursive: true, force: true });
}
