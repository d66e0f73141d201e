import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Outcome } from "./commands.ts";
import type { Wallet } from "./object.ts";
import { playUntilAllReached, steps, Story, storyCeilings, Tally, type Step, type Tried } from "./testing/story.ts";

const RUNS = 27;
const STEPS = 480;

/** The object as a story sees it. */
const tried = (wallet: Wallet): Tried => ({
  send: ({ type, ...input }) => (wallet[type] as (input: unknown) => Promise<Outcome>).call(wallet, input),
  alarm: () => wallet.alarm(),
  balance: () => wallet.balance(),
  entriesAfter: (after) => wallet.entries({ after, limit: 1_000 }),
  lots: () => wallet.lots(),
  openHolds: () => wallet.holds({ state: "open", limit: 1_000 }),
});

/** The whole log against the stored books, and the projection against the log. */
async function close({ studio, model }: Story, wallet: Wallet): Promise<void> {
  expect(wallet.check().faults).toEqual([]);
  await wallet.alarm();
  const { seq, head } = wallet.balance();
  if (seq === 0) return;
  const projected = await env.DB.prepare("SELECT seq, body, hash FROM wallet_entries WHERE wallet = ? ORDER BY seq").bind(studio).all();
  expect(projected.results).toEqual(wallet.entries({ after: 0, limit: 1_000 }));
  const row = await env.DB.prepare("SELECT available, held, debt, spent, seq, head FROM wallets WHERE wallet = ?").bind(studio).first();
  expect(row).toEqual({ ...model.standing(), debt: model.debt, spent: model.spent, seq, head });
  const holds = await env.DB.prepare("SELECT hold, state FROM wallet_holds WHERE wallet = ? ORDER BY hold").bind(studio).all();
  expect(holds.results).toEqual(model.holds.map(({ id, state }) => ({ hold: id, state })).sort((a, b) => (a.hold < b.hold ? -1 : 1)));
}

/** Plays a story in the object, a new instance of it after every eviction. */
async function play(program: Step[], tally: Tally): Promise<void> {
  const story = new Story(`stu_model_${crypto.randomUUID()}`, storyCeilings, tally);
  const stub = env.WALLET.getByName(story.studio);
  for (const ceiling of storyCeilings) await stub.putCeiling({ ceiling, mayRaise: true });
  let at = 0;
  while (at < program.length) {
    await runInDurableObject(stub, async (wallet: Wallet) => {
      Object.defineProperty(wallet, "now", { value: () => story.now });
      const seen = tried(wallet);
      for (let step = program[at]; step; step = program[at]) {
        at += 1;
        if (step.do === "evict") break;
        await story.take(seen, step);
        story.examine(seen);
      }
      if (at >= program.length) await close(story, wallet);
    });
    if (at < program.length) await evictDurableObject(stub);
  }
}

test("whatever is asked in whatever order, the wallet does what the model does, and its log proves it", { timeout: 120_000 }, async () => {
  const tally = new Tally();
  const program = fc.array(steps, { minLength: STEPS, maxLength: STEPS, size: "max" });
  const property = fc.asyncProperty(program, (story) => play(story, tally));
  await playUntilAllReached(tally, (runs) => fc.assert(property, { numRuns: runs }), RUNS);
  expect(tally.commands).toBeGreaterThanOrEqual(10_000);
});
