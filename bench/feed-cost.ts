// B5: what a page of the feed costs in rows read, from a thousand to a million videos, beside the same query without its index.
import { readFileSync } from "node:fs";
import { drizzle } from "drizzle-orm/d1";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_splitSqlQuery as splitSql } from "wrangler";
import { listByMaker, listPublic } from "#domains/feed/store.ts";

type Statement = { bind(...values: unknown[]): Statement; all(): Promise<{ results: unknown[]; meta: { rows_read: number } }>; raw(): Promise<unknown[][]>; run(): Promise<unknown> };
type Database = { prepare(text: string): Statement; batch(statements: Statement[]): Promise<unknown> };

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS = 9;
const PAGE = 24;

/** A database that counts the rows that its queries read. drizzle asks for `raw`, which does not tell, so it is answered from `all`. */
function counting(db: Database, counter: { rowsRead: number }): Database {
  const wrap = (statement: Statement): Statement => ({
    ...statement,
    bind: (...values) => wrap(statement.bind(...values)),
    all: () => statement.all(),
    run: () => statement.run(),
    raw: async () => {
      const { results, meta } = await statement.all();
      counter.rowsRead += meta.rows_read;
      return results.map((row) => Object.values(row as Record<string, unknown>));
    },
  });
  return { prepare: (text) => wrap(db.prepare(text)), batch: (statements) => db.batch(statements) };
}

async function fill(db: Database, size: number): Promise<void> {
  await db.prepare("DELETE FROM videos").run();
  for (let from = 0; from < size; from += 100_000) {
    await db.prepare(`
      WITH RECURSIVE n(i) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
      INSERT INTO videos SELECT printf('video_%09d', i), 'studio_' || (i % 100), 'proj_1', 'asset_1', 'A film', '', '[]',
        CASE WHEN i % 10 = 0 THEN 'private' ELSE 'public' END, CASE WHEN i % 97 = 0 THEN 'taken_down' ELSE 'live' END, '16:9', 60000, 1280, 720, 'en', 0, 0,
        '{"files":{},"color":null}', 'videos/x', 'maker-' || (i % 100), 'A maker', 1700000000000 + (i % 5000) * 1000, 0 FROM n`).bind(from, Math.min(size, from + 100_000)).run();
  }
}

async function median(action: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await action();
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

const miniflare = new Miniflare(convertV4MiniflareOptions({ modules: true, script: "export default {}", d1Databases: { DB: "bench" }, cf: false }));
const db = await miniflare.getD1Database("DB") as unknown as Database;
for (const statement of splitSql(readFileSync("migrations/0007_feed.sql", "utf8"))) await db.prepare(statement).run();

const counter = { rowsRead: 0 };
const ctx = { db: drizzle(counting(db, counter) as never) } as never;
const queries = {
  feed: () => listPublic(ctx, { limit: PAGE }),
  "feed, deep": () => listPublic(ctx, { limit: PAGE, cursor: btoa(JSON.stringify([1_700_000_002_500_000, "video_000002500"])).replaceAll("=", "") }),
  profile: () => listByMaker(ctx, "maker-7", { limit: PAGE }),
};
const first: Record<string, number> = {};
for (const size of SIZES) {
  await fill(db, size);
  for (const [name, query] of Object.entries(queries)) {
    counter.rowsRead = 0;
    const rows = (await query()).length;
    const rowsRead = counter.rowsRead;
    const milliseconds = await median(query);
    first[name] ??= milliseconds;
    console.log(JSON.stringify({
      name: `B5 ${name}`, unit: "rows read per row returned", videos: size, ratio: rows === 0 ? null : Number((rowsRead / rows).toFixed(3)),
      deterministic: { rows, rowsRead }, timeRatioToSmallest: Number((milliseconds / first[name]).toFixed(2)), rounds: ROUNDS,
    }));
  }
}
await db.prepare("DROP INDEX videos_by_newest").run();
counter.rowsRead = 0;
await queries.feed();
console.log(JSON.stringify({ name: "B5 feed without its index", unit: "rows read", videos: SIZES.at(-1), deterministic: { rowsRead: counter.rowsRead } }));
await miniflare.dispose();
