import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyBooks, noChanges, type Books } from "./books.ts";
import { type Command, type Outcome, payloadOf } from "./commands.ts";
import { sha256, type StoredEntry } from "./entry.ts";
import { replay } from "./rebuild.ts";
import { MemoryWallet } from "./testing/memory-wallet.ts";
import { steps, Story, storyCeilings, Tally, type Tried } from "./testing/story.ts";

const WALLET = "stu_rebuilt";

function tried(wallet: MemoryWallet): Tried {
  const only = (outcome: Outcome | undefined): Outcome => outcome ?? { ok: false, code: "failed" };
  return { send: (command, now) => only(wallet.send([command], now)[0]), alarm: (now) => wallet.settle(now), balance: wallet.balance, entriesAfter: (seq) => wallet.log.slice(seq), lots: wallet.lots, openHolds: wallet.openHolds };
}

/** What of books must come out the same. */
const essence = ({ seq, head, at, accounts, lots, lotIdMax, holds, captured }: Books) => ({
  seq, head, at, accounts, lotIdMax, lots: [...lots.values()].toSorted((a, b) => a.id - b.id), holds: [...holds.values()], captured: [...captured].map(([hold, items]) => [hold, [...items]]),
});

/** Books out of a log, in as many transactions as there are pieces. */
function rebuild(log: readonly StoredEntry[], cut: number): { books: Books; remembered: Map<string, { payload: string | null; reply: string | null }>; closed: Map<string, string> } {
  const books = emptyBooks(WALLET);
  const remembered = new Map<string, { payload: string | null; reply: string | null }>();
  const closed = new Map<string, string>();
  for (const piece of [log.slice(0, cut), log.slice(cut)]) {
    for (const entry of piece) replay(books, entry);
    for (const { key, payload, reply } of books.changes.entries) if (key !== null) remembered.set(key, { payload, reply });
    for (const hold of books.changes.holds.values()) closed.set(hold.id, hold.state);
    books.changes = noChanges();
  }
  return { books, remembered, closed };
}

const program = fc.array(steps, { minLength: 120, maxLength: 120, size: "max" });

test("books that are rebuilt from the log are the books, and every command that was answered is answered the same again", async () => {
  const tally = new Tally();
  await fc.assert(fc.asyncProperty(program, fc.nat(), async (story, at) => {
    const told = new Story(WALLET, storyCeilings, tally);
    const wallet = new MemoryWallet(WALLET, [...storyCeilings]);
    const holds = new Map<string, string>();
    for (const step of story) {
      await told.take(tried(wallet), step);
      wallet.settle(told.now);
      told.model.expire(told.now);
    }
    for (const { id, state } of told.model.holds) holds.set(id, state);
    const { books, remembered, closed } = rebuild(wallet.log, at % (wallet.log.length + 1));
    expect(essence(books)).toEqual(essence(wallet.books));
    expect(closed).toEqual(holds);
    for (const { command, outcome } of told.kept) {
      expect(answerTo(remembered, command)).toEqual({ payload: sha256(payloadOf(command)), reply: outcome });
    }
  }), { numRuns: 150 });
  for (const often of ["capture ok", "release ok", "clawBack ok"]) expect(tally.reached.get(often)).toBeGreaterThan(200);
});

function answerTo(remembered: ReadonlyMap<string, { payload: string | null; reply: string | null }>, { key }: Command) {
  const known = remembered.get(key);
  return { payload: known?.payload, reply: JSON.parse(known?.reply ?? "null") as unknown };
}
