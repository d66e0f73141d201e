/** Reads a wallet's log from its first entry and says whether it holds together, and whether the books say the same. */
import type { Books, Hold, Lot } from "./books.ts";
import { remainingOf, noAccounts } from "./books.ts";
import { type Account, accounts, type Entry, genesisOf, sha256, type StoredEntry } from "./entry.ts";

/** Something that is not as it must be; `seq` names the entry, or is null where it is the books. */
export interface Fault {
  seq: number | null;
  fault: string;
}

/** What the entries of a log add up to. */
export interface Fold {
  seq: number;
  head: string;
  at: number;
  accounts: Record<Account, number>;
  lots: Map<number, { available: number; held: number }>;
  /** What open and closed holds have left. */
  holds: Map<string, number>;
  fault: Fault | null;
}

export const emptyFold = (wallet: string): Fold => ({
  seq: 0, head: genesisOf(wallet), at: 0, accounts: noAccounts(), lots: new Map(), holds: new Map(), fault: null,
});

/** Adds an entry to a fold. After the first fault a fold stays as it is: what follows a broken link proves nothing. */
export function addEntry(fold: Fold, wallet: string, stored: StoredEntry): void {
  if (fold.fault) return;
  const fault = textFault(fold, stored) ?? entryFault(fold, wallet, stored);
  if (fault) fold.fault = { seq: stored.seq, fault };
  else Object.assign(fold, { seq: stored.seq, head: stored.hash });
}

function textFault(fold: Fold, { seq, body, hash }: StoredEntry): string | null {
  if (seq !== fold.seq + 1) return `expected entry ${fold.seq + 1}`;
  return sha256(body) === hash ? null : "its text does not have its hash";
}

function entryFault(fold: Fold, wallet: string, { seq, body }: StoredEntry): string | null {
  const entry = JSON.parse(body) as Entry;
  if (entry.previous !== fold.head) return "it does not follow the entry before it";
  if (entry.seq !== seq || entry.wallet !== wallet || entry.v !== 1) return "its text names another place";
  if (entry.at < fold.at) return "it is older than the entry before it";
  fold.at = entry.at;
  return postingFault(fold, entry);
}

function postingFault(fold: Fold, entry: Entry): string | null {
  if (entry.postings.reduce((sum, posting) => sum + posting.credits, 0) !== 0) return "its postings do not add up to 0";
  for (const { account, credits, lot } of entry.postings) {
    fold.accounts[account] += credits;
    if (account === "held" && entry.hold !== null) fold.holds.set(entry.hold, (fold.holds.get(entry.hold) ?? 0) + credits);
    if (lot === null || ["granted", "spent", "expired"].includes(account)) continue;
    const sums = fold.lots.get(lot) ?? { available: 0, held: 0 };
    sums[account === "held" ? "held" : "available"] += credits;
    if (sums.available < 0 || sums.held < 0) return `lot ${lot} goes below 0`;
    fold.lots.set(lot, sums);
  }
  if (entry.hold !== null && (fold.holds.get(entry.hold) ?? 0) < 0) return `hold ${entry.hold} goes below 0`;
  return fold.accounts.debt > 0 ? "more debt is paid than was owed" : null;
}

/** Compares a whole log with the books that came of it. Empty when all is well. */
export function compare(fold: Fold, books: Pick<Books, "seq" | "head" | "accounts">, lots: Iterable<Lot>, holds: Iterable<Hold>): Fault[] {
  if (fold.fault) return [fold.fault];
  const faults: string[] = [];
  const expect = (what: string, inLog: unknown, inBooks: unknown) => {
    if (inLog !== inBooks) faults.push(`${what}: ${String(inLog)} in the log, ${String(inBooks)} in the books`);
  };
  expect("last entry", fold.seq, books.seq);
  expect("head", fold.head, books.head);
  for (const account of accounts) expect(account, fold.accounts[account], books.accounts[account]);
  const live = new Map([...lots].map((lot) => [lot.id, lot]));
  for (const [id, sums] of fold.lots) {
    expect(`lot ${id}, available`, sums.available, live.get(id)?.available ?? 0);
    expect(`lot ${id}, held`, sums.held, live.get(id)?.held ?? 0);
  }
  const open = new Map([...holds].map((hold) => [hold.id, hold]));
  for (const [id, credits] of fold.holds) {
    const hold = open.get(id);
    expect(`hold ${id}`, credits, hold ? remainingOf(hold) : 0);
  }
  expect("open holds", fold.accounts.held, [...open.values()].reduce((sum, hold) => sum + remainingOf(hold), 0));
  return faults.map((fault) => ({ seq: null, fault }));
}
