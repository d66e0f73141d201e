/** Brings a piece of the log to D1, and says what the wallet has to do about what was found there. */
import type { Books } from "./books.ts";
import type { StoredEntry } from "./entry.ts";
import { isTrueEntry, project } from "./projection.ts";
import { type Known, nextDue, noteFinding } from "./rules.ts";
import { holdsNamed } from "./sql.ts";

interface Note {
  subject: string;
  seq: number;
  reason: string;
}

/** `freeze`: D1 has an entry that the log lacks. `one by one`: a row was refused, and it is not known which. */
type Brought = { then: "go on"; notes: Note[] } | { then: "freeze"; seq: number } | { then: "one by one" };

/** `read` gives the books as they are at the time: the wallet goes on while D1 writes. */
export async function bring(db: D1Database, sql: SqlStorage, read: () => Books, entries: StoredEntry[]): Promise<Brought> {
  const { wallet, seq, head, at, accounts, frozen, dueAt } = read();
  const named = entries.flatMap(({ body }) => (JSON.parse(body) as { hold: string | null }).hold ?? []);
  const piece = {
    books: { wallet, seq, head, at, accounts: { ...accounts }, frozen }, entries, holds: holdsNamed(sql, [...new Set(named)]),
    nextExpiry: Number.isFinite(dueAt) ? nextDue(read()) : null,
  };
  try {
    const { lastSeq, different } = await project(db, piece);
    const stranger = different.find((entry) => isTrueEntry(wallet, entry));
    if (lastSeq > read().seq || stranger) return { then: "freeze", seq: stranger?.seq ?? lastSeq };
    return { then: "go on", notes: different.map((entry) => ({ subject: `differs ${entry.seq}`, seq: entry.seq, reason: "projection_differs" })) };
  } catch (error) {
    if (!String(error).includes("constraint")) throw error;
    if (entries.length > 1) return { then: "one by one" };
    return { then: "go on", notes: entries.map((entry) => ({ subject: `refused ${entry.seq}`, seq: entry.seq, reason: "projection_refused" })) };
  }
}

/** Writes down what was found there. */
export function note(books: Books, known: Known, notes: Note[], at: number): void {
  for (const { subject, seq, reason } of notes) noteFinding(books, known, { subject, hold: null, item: null, reason, ref: `entry ${seq}` }, at);
}
