import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { pokeOverdue } from "./overdue.ts";

const MINUTE_MS = 60_000;

/** What is poked in a minute, by name. Whatever else sleeps here is left to sleep. */
async function pokedAt(now: number): Promise<{ runs: string[]; wallets: string[] }> {
  const poked = { runs: [] as string[], wallets: [] as string[] };
  const into = (names: string[]) => (name: string) => ({ poke: () => { names.push(name); return Promise.resolve(); } }) as never;
  const spies = [vi.spyOn(env.RUN, "getByName").mockImplementation(into(poked.runs)), vi.spyOn(env.WALLET, "getByName").mockImplementation(into(poked.wallets))];
  try {
    await pokeOverdue({ ...systemCtx(env, openDb(env), "test", (work) => void work), now: () => now });
    return poked;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test("with more runs and wallets than are poked in a minute, each has its turn, and none has two in a round", async () => {
  const names = Array.from({ length: 230 }, (_, at) => `overdue_${String(at).padStart(3, "0")}`);
  await env.DB.batch(names.flatMap((name) => [
    env.DB.prepare("INSERT INTO open_runs (run, studio, project, free, opened_at) VALUES (?, 'studio_overdue', 'proj_overdue', 0, 1)").bind(`run_${name}`),
    env.DB.prepare("INSERT INTO wallets (wallet, available, held, debt, spent, next_expiry, head, seq, at) VALUES (?, 0, 0, 0, 0, 1, '', 0, 1)").bind(`studio_${name}`),
  ]));
  const start = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const first = await pokedAt(start);
  const rounds = [first];
  for (let minute = 1; minute < 12; minute += 1) rounds.push(await pokedAt(start + minute * MINUTE_MS));
  for (const kind of ["runs", "wallets"] as const) {
    for (const poked of rounds) expect(poked[kind].length).toBeLessThanOrEqual(100);
    const counts = names.map((name) => rounds.flatMap((poked) => poked[kind]).filter((each) => each.endsWith(name)).length);
    expect([kind, Math.min(...counts) > 0, Math.max(...counts) - Math.min(...counts) <= 1]).toEqual([kind, true, true]);
  }
  expect(await pokedAt(start)).toEqual({ runs: expect.arrayContaining(first.runs), wallets: expect.arrayContaining(first.wallets) });
  await env.DB.batch([env.DB.prepare("DELETE FROM open_runs WHERE studio = 'studio_overdue'"), env.DB.prepare("DELETE FROM wallets WHERE wallet LIKE 'studio_overdue_%'")]);
});
