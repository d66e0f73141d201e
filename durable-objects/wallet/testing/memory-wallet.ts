/** A wallet without an object: the same rules on books in memory, with maps in place of tables. */
import { type Balance, balanceOf, type HoldSummary, toSummary } from "../balance.ts";
import { emptyBooks, type Books, type Hold, type Lot, noChanges, remainingOf } from "../books.ts";
import { reachedCeiling, type Use } from "../ceilings.ts";
import type { Ceiling, Command, Outcome } from "../commands.ts";
import type { StoredEntry } from "../entry.ts";
import { decide, expireDue, type Known } from "../rules.ts";

export class MemoryWallet {
  readonly books: Books;
  readonly log: StoredEntry[] = [];
  readonly #holds = new Map<string, Hold>();
  readonly #answers = new Map<string, { payload: string; reply: string }>();
  readonly #found = new Set<string>();

  constructor(wallet: string, ceilings: Ceiling[] = []) {
    this.books = { ...emptyBooks(wallet), ceilings };
  }

  /** Decides commands in one transaction, as the object does with those that arrive together. */
  send(commands: Command[], now: number): Outcome[] {
    const known: Known = {
      remembered: (key) => this.#answers.get(key),
      closed: (hold) => this.#holds.get(hold)?.state,
      isFound: (subject) => this.#found.has(subject),
      reached: (hold, at) => reachedCeiling(this.books, hold, at, (since) => this.#usesSince(since)),
    };
    const outcomes = commands.map((command) => decide(this.books, known, command, now));
    this.#keep();
    return outcomes;
  }

  /** Lets everything expire that is due. */
  settle(now: number): void {
    expireDue(this.books, Math.max(now, this.books.at));
    this.#keep();
  }

  balance = (): Balance => balanceOf(this.books);
  lots = (): Lot[] => [...this.books.lots.values()];
  openHolds = (): HoldSummary[] => [...this.books.holds.values()].map(toSummary);

  #keep(): void {
    const { entries, holds, findings } = this.books.changes;
    for (const { seq, body, hash, key, payload, reply } of entries) {
      this.log.push({ seq, body, hash });
      if (key !== null && payload !== null && reply !== null) this.#answers.set(key, { payload, reply });
    }
    for (const hold of holds.values()) this.#holds.set(hold.id, { ...hold });
    for (const { subject } of findings) this.#found.add(subject);
    this.books.changes = noChanges();
  }

  #usesSince(since: number): Use[] {
    const holds = new Map([...this.#holds, ...this.books.changes.holds]);
    return [...holds.values()].filter(({ openedAt }) => openedAt >= since).map((hold) => ({ ref: hold.ref, openedAt: hold.openedAt, credits: hold.captured + remainingOf(hold) }));
  }
}
