import { DurableObject } from "cloudflare:workers";
import { logLine } from "#core/log.ts";
import type { Fault } from "./audit.ts";
import { type Balance, balanceOf, type HoldSummary } from "./balance.ts";
import type { Books, Lot } from "./books.ts";
import { bring, note } from "./bringing.ts";
import { putCeiling, readCeilings, removeCeiling, setTimeZone } from "./ceiling-table.ts";
import type { CeilingStanding } from "./ceilings.ts";
import {
  BATCH_MAX, type BatchOutcome, type CaptureInput, type CaptureOutcome, type ClawBackInput, type ClawBackOutcome,
  type Ceiling, type CeilingName, type Command, type GrantInput, type GrantOutcome, type HoldInput, type HoldOutcome, type HoldState, type Outcome,
  type PutCeilingInput, type PutCeilingOutcome, type ReleaseInput, type ReleaseOutcome, type SetTimeZoneOutcome,
} from "./commands.ts";
import type { Account, StoredEntry } from "./entry.ts";
import { leafFor, type LeafInput, type LeafOutcome, lostEntry } from "./leaf.ts";
import { checkLog, entriesOf, holdsOf, type Span, spanOf, sumsOf } from "./log.ts";
import { projectFreeze } from "./projection.ts";
import { decide, expireDue } from "./rules.ts";
import { createTables, entriesAfter, hasTables, knownFrom, readBooks, writeChanges } from "./sql.ts";
import { thaw, type ThawInput, type ThawOutcome } from "./thaw.ts";
import { wakeAt } from "./waking.ts";

/** Entries in one D1 transaction, and transactions in one alarm. */
const PIECE_ENTRIES_MAX = 200;
const PIECES_MAX = 25;
const PAGE_MAX = 1_000;

interface Waiting {
  command: Command;
  answer: (outcome: Outcome) => void;
}

/**
 * The credits of one studio. Commands that arrive together are decided one after the other and written in one transaction, whose
 * end every answer waits for. All decisions are in rules.ts; here are storage, alarms and the way to D1.
 */
export class Wallet extends DurableObject<Env> {
  #books: Books | null = null;
  #waiting: Waiting[] = [];
  #armedAt = Infinity;
  #failures = 0;

  /** The wallet's clock. */
  protected now(): number {
    return Date.now();
  }

  grant(input: GrantInput): Promise<GrantOutcome> {
    return this.#submit({ type: "grant", ...input });
  }

  hold(input: HoldInput): Promise<HoldOutcome> {
    return this.#submit({ type: "hold", ...input });
  }

  capture(input: CaptureInput): Promise<CaptureOutcome> {
    return this.#submit({ type: "capture", ...input });
  }

  release(input: ReleaseInput): Promise<ReleaseOutcome> {
    return this.#submit({ type: "release", ...input });
  }

  clawBack(input: ClawBackInput): Promise<ClawBackOutcome> {
    return this.#submit({ type: "clawBack", ...input });
  }

  holdMany(inputs: HoldInput[]): Promise<BatchOutcome<HoldOutcome>> {
    return this.#submitMany(inputs.map((input) => ({ type: "hold", ...input })));
  }

  captureMany(inputs: CaptureInput[]): Promise<BatchOutcome<CaptureOutcome>> {
    return this.#submitMany(inputs.map((input) => ({ type: "capture", ...input })));
  }

  balance(): Balance {
    return balanceOf(this.#settled());
  }

  /** Entries after a seq, oldest first, at most 1,000; or those that opened, captured from and ended one hold. */
  entries({ after, limit, hold }: { after: number; limit: number; hold?: string }): StoredEntry[] {
    if (this.#settled().seq === 0) return [];
    return hold === undefined ? entriesAfter(this.ctx.storage.sql, after, Math.min(limit, PAGE_MAX)) : entriesOf(this.ctx.storage.sql, hold);
  }

  /** Holds in a state: open ones oldest first, others newest first; at most 1,000. */
  holds({ state, limit }: { state: HoldState; limit: number }): HoldSummary[] {
    return holdsOf(this.ctx.storage.sql, this.#settled(), state, Math.min(limit, PAGE_MAX));
  }

  /** Lots that have credits, available or held. */
  lots(): Lot[] {
    return [...this.#settled().lots.values()].map((lot) => ({ ...lot }));
  }

  /** Reads the whole log and compares it with the books as they are stored. No faults: every invariant holds. */
  check(): { seq: number; head: string; faults: Fault[] } {
    return checkLog(this.ctx.storage.sql, this.#settled().wallet);
  }

  putCeiling(input: PutCeilingInput): PutCeilingOutcome {
    return this.#changeCeilings((sql, books) => putCeiling(sql, books, input));
  }

  removeCeiling(name: CeilingName): { before: Ceiling | null } {
    return this.#changeCeilings((sql, books) => removeCeiling(sql, books, name));
  }

  /** Says whose days and months ceilings are counted in. */
  setTimeZone({ timeZone }: { timeZone: string }): SetTimeZoneOutcome {
    return this.#changeCeilings((sql, books) => setTimeZone(sql, books, timeZone));
  }

  ceilings(): { timeZone: string; ceilings: CeilingStanding[] } {
    return readCeilings(this.ctx.storage.sql, this.#settled(), this.now());
  }

  /** What this wallet has in a signed root. One that lacks what was signed before was restored, and freezes. */
  async leaf({ root, atLeast }: LeafInput): Promise<LeafOutcome> {
    const { sql } = this.ctx.storage;
    const books = this.#settled();
    const lost = books.frozen === null ? lostEntry(sql, books, atLeast) : null;
    if (lost !== null) this.#freeze(`a signed root has entry ${lost}, which this wallet lacks`);
    const { frozen } = this.#read();
    if (frozen === null) return leafFor(sql, books, root);
    await this.alarm();
    return { ok: false, code: "frozen", detail: frozen };
  }

  /** Which entries were written from one moment until before another, and what stands before them. */
  span(times: { from: number; to: number }): Span {
    return spanOf(this.ctx.storage.sql, this.#settled(), times);
  }

  /** What the postings of some entries add up to, by account; of at most 20,000 at a time. */
  sums(range: { after: number; through: number }): Partial<Record<Account, number>> {
    return this.#settled().seq === 0 ? {} : sumsOf(this.ctx.storage.sql, range);
  }

  /** Wakes a wallet that something is overdue in; one that lacks what others have `seen` freezes. Harmless at any time. */
  async poke(seen: LeafInput["atLeast"] = null): Promise<void> {
    const lost = this.#read().frozen === null && seen ? lostEntry(this.ctx.storage.sql, this.#settled(), seen) : null;
    if (lost !== null) this.#freeze(`the projection has entry ${lost}, which this wallet lacks`);
    if (this.#settled().seq > 0 || lost !== null) await this.alarm();
  }

  /** Lets a frozen wallet go on with what it lacked, as two administrators decided: see thaw.ts. */
  async thaw(input: ThawInput): Promise<ThawOutcome> {
    const outcome = await thaw(this.env.DB, this.ctx.storage, this.#read(), input);
    this.#books = null;
    if (outcome.ok) await this.alarm();
    return outcome;
  }

  /** Books what has expired and brings the log to D1. Catches everything and always arms the next alarm. */
  override async alarm(): Promise<void> {
    this.#armedAt = -Infinity;
    try {
      this.#settled();
      await this.#project();
      const { frozen } = this.#read();
      if (frozen !== null) await projectFreeze(this.env.DB, this.#wallet, frozen, this.now());
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      logLine({ evt: "wallet.alarm_failed", studio: this.#wallet, failures: this.#failures, error: String(error) });
    }
    this.#armedAt = Infinity;
    this.#arm();
  }

  get #wallet(): string {
    return this.ctx.id.name ?? this.ctx.id.toString();
  }

  /** The books are read again after a change: what is counted may be something else now. */
  #changeCeilings<T>(change: (sql: SqlStorage, books: Books) => T): T {
    try {
      return this.ctx.storage.transactionSync(() => change(this.ctx.storage.sql, this.#settled()));
    } finally {
      this.#books = null;
    }
  }

  #read(): Books {
    this.#books ??= readBooks(this.ctx.storage.sql, this.#wallet);
    return this.#books;
  }

  /** Puts a command among those that are decided together, and waits for its outcome, which is of the command's kind. */
  async #submit<O extends Outcome>(command: Command): Promise<O> {
    const outcome = await new Promise<Outcome>((answer) => {
      this.#waiting.push({ command, answer });
      if (this.#waiting.length === 1) setTimeout(() => this.#decideWaiting(), 0);
    });
    return outcome as O;
  }

  async #submitMany<O extends Outcome>(commands: Command[]): Promise<BatchOutcome<O>> {
    if (commands.length > BATCH_MAX) return { ok: false, code: "invalid", detail: `a batch has at most ${BATCH_MAX} commands` };
    return { ok: true, outcomes: await Promise.all(commands.map((command) => this.#submit<O>(command))) };
  }

  #decideWaiting(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const outcomes = this.#transact(group.map(({ command }) => command));
    group.forEach(({ answer }, index) => answer(outcomes[index] ?? { ok: false, code: "failed" }));
    this.#arm();
  }

  /** Decides commands in one transaction; if it cannot be written, each gets one of its own, so that one cannot spoil the others. */
  #transact(commands: Command[]): Outcome[] {
    try {
      return this.#commit((books) => {
        const known = knownFrom(this.ctx.storage.sql, books);
        const now = this.now();
        return commands.map((command) => decide(books, known, command, now));
      });
    } catch (error) {
      if (commands.length > 1) return commands.flatMap((command) => this.#transact([command]));
      logLine({ evt: "wallet.command_failed", studio: this.#wallet, error: String(error) });
      return [{ ok: false, code: "failed" }];
    }
  }

  /** Changes the books and writes the changes, both or neither. */
  #commit<T>(change: (books: Books) => T): T {
    try {
      return this.ctx.storage.transactionSync(() => {
        const books = this.#read();
        const isNew = books.seq === 0;
        const head = books.head;
        const result = change(books);
        if (isNew && books.changes.entries.length > 0 && !hasTables(this.ctx.storage.sql)) createTables(this.ctx.storage.sql, head);
        writeChanges(this.ctx.storage.sql, books);
        return result;
      });
    } catch (error) {
      this.#books = null;
      throw error;
    }
  }

  /** The books after everything that has expired by now. */
  #settled(): Books {
    const books = this.#read();
    const at = Math.max(this.now(), books.at);
    if (books.frozen === null && at >= books.dueAt) {
      this.#commit((current) => expireDue(current, at));
      this.#arm();
    }
    return this.#read();
  }

  #arm(): void {
    const books = this.#read();
    if (books.seq === 0) return;
    const now = this.now();
    const next = wakeAt(books, { now, failures: this.#failures });
    if (next >= this.#armedAt) return;
    this.#armedAt = next;
    this.ctx.storage.setAlarm(Math.max(next, now)).catch((error: unknown) => {
      this.#armedAt = Infinity;
      logLine({ evt: "wallet.arm_failed", studio: this.#wallet, error: String(error) });
    });
  }

  async #project(): Promise<void> {
    for (let count = 0; count < PIECES_MAX; count += 1) {
      const { acked, seq, frozen } = this.#read();
      if (frozen !== null || acked >= seq) return;
      await this.#projectPiece(entriesAfter(this.ctx.storage.sql, acked, PIECE_ENTRIES_MAX));
    }
  }

  async #projectPiece(entries: StoredEntry[]): Promise<void> {
    const last = entries.at(-1);
    if (!last) return;
    const brought = await bring(this.env.DB, this.ctx.storage.sql, () => this.#read(), entries);
    if (brought.then === "freeze") return this.#freeze(`the projection has entry ${brought.seq}, which this wallet lacks`);
    if (brought.then === "one by one") {
      for (const entry of entries) await this.#projectPiece([entry]);
      return;
    }
    if (brought.notes.length > 0) this.#commit((books) => note(books, knownFrom(this.ctx.storage.sql, books), brought.notes, this.now()));
    this.#read().acked = Math.max(this.#read().acked, last.seq);
    this.ctx.storage.sql.exec("UPDATE book SET acked = max(acked, ?)", last.seq);
  }

  /** Others have an entry that this object lacks: it was restored to an earlier state. Going on would fork the log. */
  #freeze(reason: string): void {
    this.ctx.storage.transactionSync(() => {
      if (!hasTables(this.ctx.storage.sql)) createTables(this.ctx.storage.sql, this.#read().head);
      this.ctx.storage.sql.exec("UPDATE book SET frozen = ?", reason);
    });
    this.#read().frozen = reason;
    logLine({ evt: "wallet.frozen", studio: this.#wallet, reason });
  }
}
