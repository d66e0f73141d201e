import { DurableObject } from "cloudflare:workers";
import { logLine } from "#core/log.ts";
import { compare, addEntry, emptyFold, type Fault } from "./audit.ts";
import { type Balance, balanceOf, type HoldSummary, toSummary } from "./balance.ts";
import type { Books, Lot } from "./books.ts";
import {
  BATCH_MAX, type BatchOutcome, type CaptureInput, type CaptureOutcome, type ClawBackInput, type ClawBackOutcome,
  type Ceiling, type Command, faultInCeilings, type GrantInput, type GrantOutcome, type HoldInput, type HoldOutcome, type HoldState, type Outcome,
  type ReleaseInput, type ReleaseOutcome,
} from "./commands.ts";
import type { StoredEntry } from "./entry.ts";
import { isTrueEntry, type Piece, project, projectFreeze } from "./projection.ts";
import { decide, expireDue, nextDue, noteFinding } from "./rules.ts";
import { createTables, entriesAfter, hasTables, holdsIn, holdsNamed, knownFrom, readBooks, writeCeilings, writeChanges } from "./sql.ts";

/** How long entries wait for others before they go to D1 together. */
const PROJECTION_DELAY_MS = 250;
const PROJECTION_RETRY_MS_MAX = 60_000;
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

  /** Entries after a seq, oldest first, at most 1,000. */
  entries({ after, limit }: { after: number; limit: number }): StoredEntry[] {
    return this.#settled().seq === 0 ? [] : entriesAfter(this.ctx.storage.sql, after, Math.min(limit, PAGE_MAX));
  }

  /** Holds in a state: open ones oldest first, others newest first; at most 1,000. */
  holds({ state, limit }: { state: HoldState; limit: number }): HoldSummary[] {
    const books = this.#settled();
    const count = Math.min(limit, PAGE_MAX);
    if (books.seq === 0) return [];
    const found = state === "open" ? [...books.holds.values()].slice(0, count) : holdsIn(this.ctx.storage.sql, state, count);
    return found.map(toSummary);
  }

  /** Lots that have credits, available or held. */
  lots(): Lot[] {
    return [...this.#settled().lots.values()].map((lot) => ({ ...lot }));
  }

  /** Reads the whole log and compares it with the books as they are stored. No faults: every invariant holds. */
  check(): { seq: number; head: string; faults: Fault[] } {
    const { sql } = this.ctx.storage;
    const fold = emptyFold(this.#wallet);
    const { seq } = this.#settled();
    for (let after = 0; after < seq && !fold.fault; after += PAGE_MAX) {
      for (const entry of entriesAfter(sql, after, PAGE_MAX)) addEntry(fold, this.#wallet, entry);
    }
    const stored = readBooks(sql, this.#wallet);
    return { seq, head: stored.head, faults: compare(fold, stored, stored.lots.values(), stored.holds.values()) };
  }

  /** Replaces all ceilings. They bind holds from now on; the days and months of a ceiling are those of the time zone. */
  setCeilings({ ceilings, timeZone }: { ceilings: Ceiling[]; timeZone: string }): { ok: true } | { ok: false; code: "invalid"; detail: string } {
    const detail = faultInCeilings(ceilings, timeZone);
    if (detail !== null) return { ok: false, code: "invalid", detail };
    this.ctx.storage.transactionSync(() => {
      if (!hasTables(this.ctx.storage.sql)) createTables(this.ctx.storage.sql, this.#read().head);
      writeCeilings(this.ctx.storage.sql, ceilings, timeZone);
    });
    this.#books = null;
    return { ok: true };
  }

  ceilings(): Ceiling[] {
    return this.#read().ceilings;
  }

  /** Wakes a wallet that something is overdue in. Harmless at any time. */
  async poke(): Promise<void> {
    if (this.#settled().seq > 0) await this.alarm();
  }

  /** Books what has expired and brings the log to D1. Catches everything and always arms the next alarm. */
  override async alarm(): Promise<void> {
    this.#armedAt = -Infinity;
    try {
      this.#settled();
      await this.#project();
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
    const isBehind = books.frozen === null && books.acked < books.seq;
    const delayMs = this.#failures === 0 ? PROJECTION_DELAY_MS : Math.min(PROJECTION_RETRY_MS_MAX, 500 * 2 ** this.#failures);
    const next = Math.min(books.frozen === null ? books.dueAt : Infinity, isBehind ? now + delayMs : Infinity);
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
    const { wallet, seq, head, at, accounts, frozen, ...books } = this.#read();
    const named = entries.flatMap(({ body }) => (JSON.parse(body) as { hold: string | null }).hold ?? []);
    const piece: Piece = {
      books: { wallet, seq, head, at, accounts: { ...accounts }, frozen }, entries, holds: holdsNamed(this.ctx.storage.sql, [...new Set(named)]),
      nextExpiry: Number.isFinite(books.dueAt) ? nextDue(this.#read()) : null,
    };
    try {
      const { lastSeq, different } = await project(this.env.DB, piece);
      const stranger = different.find((entry) => isTrueEntry(wallet, entry));
      if (lastSeq > this.#read().seq || stranger) return await this.#freeze(stranger?.seq ?? lastSeq);
      this.#note(different.map((entry) => ({ subject: `differs ${entry.seq}`, seq: entry.seq, reason: "projection_differs" })));
    } catch (error) {
      if (!String(error).includes("constraint")) throw error;
      if (entries.length > 1) {
        for (const entry of entries) await this.#projectPiece([entry]);
        return;
      }
      this.#note([{ subject: `refused ${last.seq}`, seq: last.seq, reason: "projection_refused" }]);
    }
    this.#read().acked = Math.max(this.#read().acked, last.seq);
    this.ctx.storage.sql.exec("UPDATE book SET acked = max(acked, ?)", last.seq);
  }

  #note(findings: { subject: string; seq: number; reason: string }[]): void {
    if (findings.length === 0) return;
    this.#commit((books) => {
      const known = knownFrom(this.ctx.storage.sql, books);
      for (const { subject, seq, reason } of findings) {
        noteFinding(books, known, { subject, hold: null, item: null, reason, ref: `entry ${seq}` }, this.now());
      }
    });
  }

  /** D1 has an entry that this object lacks: it was restored to an earlier state. Going on would fork the log. */
  async #freeze(seq: number): Promise<void> {
    const reason = `the projection has entry ${seq}, which this wallet lacks`;
    this.ctx.storage.sql.exec("UPDATE book SET frozen = ?", reason);
    this.#read().frozen = reason;
    logLine({ evt: "wallet.frozen", studio: this.#wallet, seq });
    await projectFreeze(this.env.DB, this.#wallet, reason, this.now());
  }
}
