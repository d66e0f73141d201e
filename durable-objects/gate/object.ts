import { DurableObject } from "cloudflare:workers";
import { sendToJobs } from "#core/jobs-queue.ts";
import { logLine } from "#core/log.ts";
import { ask, call, CLOSED, giveBack, learn, nextDue, openUntil, placesOf, type Ask, type Book, type Called, type HeldLease, type LeaseOutcome, type Limits, type Place, type Report, type Way } from "./rules.ts";
import { mayCheck, type Pace } from "./pace.ts";
import { createTables, readBook, stateOf, writeBook } from "./sql.ts";

/** What a gate is doing. Times in milliseconds. */
export interface Standing {
  leases: number;
  waiters: number;
  longestWaitMs: number;
  throttledUntil: number | null;
  limits: Limits | null;
  breakers: { circuit: string; failures: number; openUntil: number | null }[];
}

/** The gate before one provider: it hands out leases, calls those who wait in turn, and keeps jobs away while the provider is down. */
export class Gate extends DurableObject<Env> {
  #book: Book | null = null;
  #armedAt = Infinity;
  readonly #pace: Pace = new Map();

  /** Asks for a lease. Who gets none is called by a `submit` message when it is their turn. */
  lease({ limits, asked }: { limits: Limits; asked: Ask }): LeaseOutcome | { ok: false } {
    return this.#change(limits, (book, now) => ask(book, asked, now)) ?? { ok: false };
  }

  /** Ends leases of attempts that are over. */
  giveBack(keys: string[]): { ok: boolean } {
    if (!this.#read()) return { ok: true };
    return this.#change(null, (book) => { giveBack(book, keys); return { ok: true }; }) ?? { ok: false };
  }

  /** Says how a circuit of the provider answered, and what it was asked. */
  learn(told: { circuit: string; way: Way; report: Report }): { ok: boolean } {
    if (!this.#read()) return { ok: true };
    return this.#change(null, (book, now) => { learn(book, told, now); return { ok: true }; }) ?? { ok: false };
  }

  /** Whether to ask how far a submission is (0), in so many milliseconds, or not at all (null), of a vendor that says how often it may be asked. */
  mayCheck(asked: { key: string; apartMs: number }): number | null {
    return mayCheck(this.#pace, asked, Date.now());
  }

  /** What the gate is doing, for those who watch it. */
  standing(): Standing {
    const book = this.#read();
    return {
      leases: book?.leases.size ?? 0, waiters: book?.waiters.size ?? 0, throttledUntil: book && book.throttledUntil > Date.now() ? book.throttledUntil : null, limits: book?.limits ?? null,
      longestWaitMs: Math.max(0, ...[...(book?.waiters.values() ?? [])].map(({ since }) => Date.now() - since)),
      breakers: [...new Set([...(book?.breakers.keys() ?? []), ...(book?.throttles.keys() ?? [])])].map((circuit) => {
        const breaker = book?.breakers.get(circuit) ?? CLOSED;
        return { circuit, failures: breaker.submit.failures + breaker.check.failures, openUntil: Math.max(openUntil(breaker) ?? 0, book?.throttles.get(circuit) ?? 0) || null };
      }),
    };
  }

  /** Where these jobs stand among those that wait; what does not wait is left out. */
  places(jobs: string[]): Record<string, Place> {
    const book = this.#read();
    return book ? placesOf(book, jobs, Date.now()) : {};
  }

  override async alarm(): Promise<void> {
    this.#armedAt = Infinity;
    this.#change(null, () => null);
  }

  #read(): Book | null {
    this.#book ??= readBook(this.ctx.storage.sql);
    return this.#book;
  }

  /** Changes the book in one transaction, then calls whose turn has come. Null if there is no book, or it could not be written. */
  #change<T>(limits: Limits | null, change: (book: Book, now: number) => T): T | null {
    const now = Date.now();
    let called: Called[] = [];
    let result: T | null = null;
    try {
      result = this.ctx.storage.transactionSync(() => {
        const book = this.#read() ?? (limits ? (this.#book = createTables(this.ctx.storage.sql, limits)) : null);
        if (!book) return null;
        const before = { leases: new Set(book.leases.keys()), waiters: new Set(book.waiters.keys()), state: stateOf(book) };
        if (limits) book.limits = limits;
        const outcome = change(book, now);
        called = call(book, now);
        writeBook(this.ctx.storage.sql, book, before);
        return outcome;
      });
    } catch (error) {
      this.#book = null;
      logLine({ evt: "gate.change_failed", gate: this.ctx.id.name, error: String(error) });
    }
    if (called.length > 0) this.ctx.waitUntil(this.#call(called));
    this.#arm(now);
    return result;
  }

  async #call(called: Called[]): Promise<void> {
    const provider = this.ctx.id.name ?? "";
    await sendToJobs(this.env, called.map(({ key, run, job, attempt, isProbe, expiresAt }) => ({ run, job, attempt, action: "submit", lease: { key, provider, isProbe, expiresAt } satisfies HeldLease })), { gate: provider });
  }

  #arm(now: number): void {
    const book = this.#read();
    const dueAt = book ? nextDue(book, now) : Infinity;
    if (dueAt >= this.#armedAt) return;
    this.#armedAt = dueAt;
    this.ctx.storage.setAlarm(Math.max(dueAt, now + 1)).catch(() => { this.#armedAt = Infinity; });
  }
}
