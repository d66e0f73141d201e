/**
 * B4: many wallets, each touched once: a grant, a hold and its capture. What an idle wallet keeps in memory, whether any was refused, and the
 * rate beside PostgreSQL's one statement on as many rows. Usage: node bench/wallet-fanout.ts [folder]. No ratio is aimed at: every object
 * writes a file of its own, which on one machine is what it costs, and on many is what it buys.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { serve, startPostgres, startWallet } from "./wallet-contenders.ts";
import { report } from "./wallet-rounds.ts";

const SIZES = [1_000, 10_000];
const CLIENTS = 32;

/** Touches wallets 0 to `count`, so many at a time. Returns the rate, and how many answers were not 2xx. */
async function touch(urlOf: (wallet: number) => string[], count: number): Promise<{ perSecond: number; refused: number }> {
  let next = 0;
  let refused = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    for (let wallet = next++; wallet < count; wallet = next++) {
      for (const url of urlOf(wallet)) {
        // A connection that was idle may be closed just as it is used again.
        const answer = await fetch(url, { method: "POST" }).catch(() => fetch(url, { method: "POST" }));
        await answer.arrayBuffer();
        if (!answer.ok) refused += 1;
      }
    }
  }));
  return { perSecond: count / ((performance.now() - began) / 1_000), refused };
}

/** Resident memory of our own workerd processes, in MiB. */
function residentMib(): number {
  const children = execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" }).trim().split("\n");
  return children.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0), 0) / 1_024;
}

const folder = mkdtempSync(path.join(process.argv[2] ?? tmpdir(), "wallet-fanout-"));
chmodSync(folder, 0o755);
const postgres = await startPostgres(path.join(folder, "postgres"));
await postgres.pool.query("CREATE TABLE many (id TEXT PRIMARY KEY, available BIGINT NOT NULL CHECK (available >= 0), spent BIGINT NOT NULL)");
const rows = await serve(async (_count, wallet) => {
  await postgres.pool.query("INSERT INTO many VALUES ($1, 100, 0) ON CONFLICT DO NOTHING", [wallet]);
  await postgres.pool.query({ name: "hold-many", text: "WITH w AS (UPDATE many SET available = available - 1 WHERE id = $1 AND available >= 1 RETURNING 1) INSERT INTO entry (key, kind, hold, credits) SELECT 'h' || $1, 'hold', $1, 1 FROM w", values: [wallet] });
  await postgres.pool.query({ name: "capture-many", text: "WITH w AS (UPDATE many SET spent = spent + 1 WHERE id = $1 RETURNING 1) INSERT INTO entry (key, kind, hold, credits) SELECT 'c' || $1, 'capture', $1, 1 FROM w", values: [wallet] });
});
try {
  for (const size of SIZES) {
    const ours = await startWallet(path.join(folder, `ours-${size}`));
    const before = residentMib();
    const objects = await touch((wallet) => [`${ours.url}/grant?wallet=stu_${wallet}`, `${ours.url}/?wallet=stu_${wallet}`], size);
    const grown = residentMib() - before;
    const baseline = await touch((wallet) => [`${rows.url}/?wallet=${size}-${wallet}`], size);
    report(`wallet-fanout/${size}`, [objects.perSecond], [baseline.perSecond], { clients: CLIENTS, refused: objects.refused, mibPerWallet: Math.round((grown / size) * 1_000) / 1_000 });
    await ours.stop();
  }
} finally {
  rows.server.closeAllConnections();
  rows.server.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
