/**
 * The books of one wallet in memory: what its tables hold, without what is over. Rules change the books and note what changed;
 * the object writes that down in the same transaction, or throws the books away and reads them again.
 */
import type { Bucket, Ceiling, HoldRef, HoldState } from "./commands.ts";
import { type Account, accounts, canonicalEntry, type EntryFacts, genesisOf, type LotOpened, type Posting, sha256, type StoredEntry } from "./entry.ts";

export interface Lot {
  id: number;
  bucket: Bucket;
  available: number;
  held: number;
  expiresAt: number | null;
  graceOf: number | null;
}

/** Credits of one lot that a hold still has. */
export interface Part {
  lot: number;
  credits: number;
}

export interface Hold {
  id: string;
  /** The entry that opened it. */
  opened: number;
  state: HoldState;
  credits: number;
  captured: number;
  /** What is left, soonest-expiring first. */
  parts: Part[];
  ref: HoldRef;
  openedAt: number;
  expiresAt: number;
  closedAt: number | null;
  /** The last entry that changed it. */
  seq: number;
}

/** An entry to write, with the remembered answer of its command. */
export type NewEntry = StoredEntry & { key: string | null; payload: string | null; reply: string | null };

/** What one transaction has to write. */
export interface Changes {
  entries: NewEntry[];
  byKey: Map<string, NewEntry>;
  lots: Map<number, Lot>;
  holds: Map<string, Hold>;
  captures: { opened: number; item: string; credits: number; seq: number }[];
  findings: { subject: string; seq: number }[];
}

export interface Books {
  wallet: string;
  seq: number;
  head: string;
  /** The last entry that the projection has. */
  acked: number;
  /** The time of the last entry: the wallet's time never goes back. */
  at: number;
  accounts: Record<Account, number>;
  /** Lots with credits in them, available or held. */
  lots: Map<number, Lot>;
  lotIdMax: number;
  /** Open holds. */
  holds: Map<string, Hold>;
  /** Items captured from open holds, by hold. */
  captured: Map<string, Set<string>>;
  /** No lot or hold expires before this. */
  dueAt: number;
  /** Why the wallet takes no command, or null. */
  frozen: string | null;
  ceilings: Ceiling[];
  /** The studio's, in which days and months of ceilings begin. */
  timeZone: string;
  /** What counts against ceilings so far, by ceiling and period; read when first asked for. */
  used: Map<string, number>;
  changes: Changes;
}

export const noChanges = (): Changes => ({ entries: [], byKey: new Map(), lots: new Map(), holds: new Map(), captures: [], findings: [] });

export const noAccounts = (): Record<Account, number> => Object.fromEntries(accounts.map((account) => [account, 0])) as Record<Account, number>;

/** The books of a wallet in which nothing ever happened. */
export const emptyBooks = (wallet: string): Books => ({
  wallet, seq: 0, head: genesisOf(wallet), acked: 0, at: 0, accounts: noAccounts(), lots: new Map(), lotIdMax: 0,
  holds: new Map(), captured: new Map(), dueAt: Infinity, frozen: null,
  ceilings: [], timeZone: "UTC", used: new Map(), changes: noChanges(),
});

/** What a hold could take: every bucket but `boost`. */
export const availableIn = ({ accounts: a }: Books): number => a.subscription + a.purchased + a.promo + a.earned;
export const heldIn = (books: Books): number => books.accounts.held;
export const debtIn = (books: Books): number => -books.accounts.debt + 0;
export const standingOf = (books: Books) => ({ available: availableIn(books), held: heldIn(books) });
export const remainingOf = (hold: Hold): number => hold.parts.reduce((sum, part) => sum + part.credits, 0);

/** Soonest expiry first, those that never expire last, older lots before newer. */
export const bySpendingOrder = (a: Lot, b: Lot): number =>
  a.expiresAt === b.expiresAt ? a.id - b.id : (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity);

/** An entry in the making: postings move credits at once, `append` gives it its place in the chain. */
export class Draft {
  readonly postings: Posting[] = [];
  readonly opened: LotOpened[] = [];
  readonly books: Books;
  readonly at: number;

  constructor(books: Books, at: number) {
    this.books = books;
    this.at = at;
  }

  post(account: Account, credits: number, lot: number | null): void {
    if (credits === 0) return;
    this.postings.push({ account, credits, lot });
    this.books.accounts[account] += credits;
  }

  /** Moves credits of a lot from being available to being held, or back. */
  hold(lot: Lot, credits: number): void {
    lot.available -= credits;
    lot.held += credits;
    this.post(lot.bucket, -credits, lot.id);
    this.post("held", credits, lot.id);
    this.touch(lot);
  }

  openLot(bucket: Bucket, expiresAt: number | null, graceOf: number | null): Lot {
    const lot: Lot = { id: ++this.books.lotIdMax, bucket, available: 0, held: 0, expiresAt, graceOf };
    this.books.lots.set(lot.id, lot);
    this.opened.push({ bucket, expiresAt, graceOf, id: lot.id });
    return lot;
  }

  /** Notes that a lot changed, and forgets it when it is empty. */
  touch(lot: Lot): void {
    this.books.changes.lots.set(lot.id, lot);
    if (lot.available + lot.held === 0) this.books.lots.delete(lot.id);
    else if (lot.available > 0 && lot.expiresAt !== null) this.books.dueAt = Math.min(this.books.dueAt, lot.expiresAt);
  }

  append(facts: Partial<Omit<EntryFacts, "at" | "lots" | "postings">> & Pick<EntryFacts, "kind">): NewEntry {
    const { books } = this;
    books.seq += 1;
    books.at = this.at;
    const body = canonicalEntry({
      at: this.at, expiresAt: facts.expiresAt ?? null, hold: facts.hold ?? null, item: facts.item ?? null, key: facts.key ?? null,
      kind: facts.kind, lots: this.opened, postings: this.postings, previous: books.head, reason: facts.reason ?? null,
      ref: facts.ref ?? null, seq: books.seq, v: 1, wallet: books.wallet,
    });
    books.head = sha256(body);
    const entry: NewEntry = { seq: books.seq, body, hash: books.head, key: facts.key ?? null, payload: null, reply: null };
    books.changes.entries.push(entry);
    return entry;
  }
}
