import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newFilmWorld } from "../../test/film-world.ts";
import { recordOf } from "../../test/records.ts";
import { countingRows } from "../../test/rows-read.ts";
import { bookOf } from "./opening.ts";
import { project } from "./projection.ts";

test("a piece of a log costs the database what is in it, however long the log is", async () => {
  const world = await newFilmWorld();
  const { id } = await world.animatic();
  const { opening, snapshot, rows } = await recordOf(world, id);
  const last = rows.at(-1)?.seq ?? 0;
  await expect.poll(async () => (await env.DB.prepare("SELECT max(seq) AS seq FROM run_log WHERE run = ?").bind(id).first<{ seq: number }>())?.seq).toBe(last);
  const cost = async (): Promise<number> => {
    const counted = countingRows(env.DB);
    await project(counted.db, { book: bookOf(opening, { snapshot, takes: [] }), seq: last, rows: rows.slice(-20), now: 1 });
    return counted.rows();
  };
  const short = await cost();
  await env.DB.prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO run_log SELECT ?1, ?2 + i, 1, 'run', 'filler', '{}' FROM n").bind(id, last).run();
  expect(await cost()).toBeLessThan(short + 20);
});
