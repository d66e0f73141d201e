import { walletNames, walletOf } from "#domains/credits/index.ts";
import { entryOf } from "./catalogue.ts";
import { END, nothing, only, type Check, type Difference, type StepResult } from "./check.ts";

/** Wallets in one step: each reads its whole log. */
const WALLETS = 20;

/** Every wallet reads its log from the first entry, and compares what it adds up to with its books. */
export const objectItself: Check = {
  ...entryOf("object-itself"),
  async step(ctx, { studio, at }) {
    const wallets = studio === null ? await walletNames(ctx, { after: String(at ?? ""), limit: WALLETS }) : [studio];
    const found = await Promise.all(wallets.map(async (wallet) => ({ wallet, ...await walletOf(ctx, wallet).check() })));
    return {
      examined: found.reduce((sum, { seq }) => sum + seq, 0),
      differences: found.flatMap(({ wallet, faults }) => faults.map(({ seq, fault }): Difference => ({
        ...nothing, key: seq === null ? fault.split(":")[0] ?? fault : `entry ${seq}`, unit: wallet, studio: wallet, subject: wallet, entry: seq, severity: "critical", detail: fault,
        explanation: seq === null
          ? `The wallet's books do not follow from its log (${fault}). Nothing is changed by itself; two administrators decide.`
          : `Entry ${seq} of the wallet's log is not as it was written: ${fault}. Everything before it is proven; what follows it proves nothing until this is settled.`,
      }))),
      repairs: [], ...(studio !== null ? { finished: [only(studio)], next: null } : reached(String(at ?? ""), wallets)),
    };
  },
};

const reached = (from: string, wallets: readonly string[]): Pick<StepResult, "finished" | "next"> => {
  const last = wallets.length < WALLETS ? null : (wallets.at(-1) ?? null);
  return { finished: [{ from, to: last ?? END }], next: last };
};
