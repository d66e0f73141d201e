import type { Ctx } from "#core/context.ts";
import { lastEntry, projectedWallet, rewriteWallet, walletOf, type ProjectedWallet } from "#domains/credits/index.ts";
import type { Entry } from "#objects/wallet/entry.ts";
import type { Difference } from "../check.ts";
import { inWallet, type Compared } from "./part.ts";

const TRIES = 3;
const compared = ["available", "held", "debt", "spent", "frozen", "head", "seq"] as const;

/** The row of a wallet against the wallet. One that is behind is told to go on first. */
export async function compareStanding(ctx: Ctx, { wallet }: { wallet: string }): Promise<Compared> {
  const read = await readStill(ctx, wallet);
  const difference = read && judge(wallet, read);
  return { examined: 1, differences: difference ? [difference] : [], repairs: read && difference ? [rewriteWallet(ctx, read.right, read.row)] : [], next: null };
}

interface Read {
  row: ProjectedWallet | undefined;
  right: ProjectedWallet;
}

/** Row and wallet at a moment at which the wallet did not move; null where it is too busy, or where nothing ever happened. */
async function readStill(ctx: Ctx, wallet: string): Promise<Read | null> {
  const object = walletOf(ctx, wallet);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await object.balance();
    let row = await projectedWallet(ctx, wallet);
    if (before.seq === 0 && row === undefined) return null;
    if ((row?.seq ?? 0) < before.seq && before.frozen === null) {
      await object.poke();
      row = await projectedWallet(ctx, wallet);
    }
    const [last, [open], now] = await Promise.all([lastEntry(ctx, wallet), object.holds({ state: "open", limit: 1 }), object.balance()]);
    if (now.seq !== before.seq || now.head !== before.head) continue;
    const { available, held, debt, spent, frozen, seq, head, buckets } = now;
    const expiries = [...buckets.flatMap(({ nextExpiry }) => nextExpiry ?? []), ...(open ? [open.expiresAt] : [])];
    const at = last?.seq === seq ? (JSON.parse(last.body) as Entry).at : (row?.at ?? ctx.now());
    // Of a frozen wallet nobody knows yet what it has: its row stays, and says that it is frozen.
    if (frozen !== null && row) return { row, right: { ...row, frozen } };
    return { row, right: { wallet, available, held, debt, spent, frozen, seq, head, at, nextExpiry: row?.nextExpiry ?? (expiries.length > 0 ? Math.min(...expiries) : null) } };
  }
  return null;
}

function judge(wallet: string, { row, right }: Read): Difference | null {
  const differing = row ? compared.filter((name) => row[name] !== right[name]) : [];
  if (row && differing.length === 0) return null;
  const credits = row ? Math.max(Math.abs(row.available - right.available), Math.abs(row.held - right.held), Math.abs(row.debt - right.debt), Math.abs(row.spent - right.spent)) : right.available + right.held;
  return {
    ...inWallet(wallet), key: "standing", entry: right.seq, credits, severity: row && row.seq >= right.seq ? "critical" : "warning", detail: row ? `D1 has another ${differing.join(", ")}` : "D1 has no row of the wallet",
    data: row ? { inD1: row } : {}, repaired: "now",
    explanation: "The standing of the wallet was another one in the copy than in the wallet itself. The copy was written anew; no credits were lost.",
  };
}
