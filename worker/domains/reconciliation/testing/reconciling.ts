import { env } from "cloudflare:workers";
import { inStudio, systemCtx, type Ctx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import type { Check, Difference, Span } from "../checks/check.ts";
import type { ReconciliationRun } from "../contract.ts";
import { drive } from "../runs/driving.ts";
import { getOwn, startOwn } from "../runs/service.ts";

/** What was written just now is left alone: comparing happens a little later. */
const LATER_MS = 11 * 60_000;

/** A context of the system whose clock goes ahead; `settled` waits for what it does after its answers. */
export function laterCtx(aheadMs = LATER_MS): { ctx: Ctx; settled(): Promise<void> } {
  const works: Promise<unknown>[] = [];
  const ctx = { ...systemCtx(env, openDb(env), "test", (work) => void works.push(work)), now: () => Date.now() + aheadMs };
  return { ctx, settled: async () => { while (works.length > 0) await Promise.all(works.splice(0)); } };
}

/** Compares everything of a studio, to the end. */
export async function reconcile(studio: string, aheadMs?: number): Promise<ReconciliationRun> {
  const { ctx, settled } = laterCtx(aheadMs);
  const own = inStudio(ctx, studio, "owner");
  const { id } = await startOwn(own);
  await settled();
  for (let rounds = 0; (await drive(ctx, id)) !== "over"; rounds += 1) if (rounds > 50) throw new Error("the reconciliation does not end");
  await settled();
  return getOwn(own, id);
}

export interface Found {
  source: string;
  severity: string;
  subject: string;
  entry: number | null;
  credits: number | null;
  detail: string;
  state: string;
  repaired: 0 | 1;
  resolution: string | null;
}

/** What reconciliation found in a studio, oldest first; open ones and repaired ones alike. */
export async function findingsOf(studio: string): Promise<Found[]> {
  const { results } = await env.DB.prepare("SELECT source, severity, subject, entry, credits, detail, state, repaired_at IS NOT NULL AS repaired, resolution FROM findings WHERE studio = ? AND seen_at IS NOT NULL ORDER BY rowid").bind(studio).all<Found>();
  return results;
}

/** The log of a wallet reaches D1. */
export async function projected(studio: string): Promise<void> {
  const wallet = env.WALLET.getByName(studio);
  for (let tries = 0; tries < 200; tries += 1) {
    const row = await env.DB.prepare("SELECT seq FROM wallets WHERE wallet = ?").bind(studio).first<{ seq: number }>();
    if (row?.seq === (await wallet.balance()).seq) return;
    await wallet.poke();
  }
  throw new Error("the wallet is not projected");
}

/** Takes everything that was found in a studio away. */
export const forgetFindings = (studio: string): Promise<unknown> => env.DB.prepare("DELETE FROM findings WHERE studio = ?").bind(studio).run();

/** Everything that a check finds by itself, step after step; nothing of it is written down. */
export async function allOf(check: Check, { studio = null, aheadMs = LATER_MS }: { studio?: string | null; aheadMs?: number } = {}): Promise<{ differences: Difference[]; finished: Span[]; steps: number; examined: number }> {
  const { ctx, settled } = laterCtx(aheadMs);
  const all = { differences: [] as Difference[], finished: [] as Span[], steps: 0, examined: 0 };
  let at: unknown = null;
  do {
    // As it comes back from where it was stored.
    const result = await check.step(ctx, { studio, at: JSON.parse(JSON.stringify(at)) });
    all.differences.push(...result.differences);
    all.finished.push(...result.finished);
    all.examined += result.examined;
    all.steps += 1;
    at = result.next;
  } while (at !== null && all.steps < 10_000);
  await settled();
  return all;
}
