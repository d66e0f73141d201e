/**
 * A wallet's log against a copy of it, row by row. Pure: it is fed by rows, whether they come from D1 or from a benchmark. Both are in the order of
 * their numbers; the copy may lack rows, have others, or have some twice.
 */
import type { Entry, StoredEntry } from "#objects/wallet/entry.ts";
import { isTrueEntry, toEntryRow } from "#objects/wallet/projection.ts";

/** A row of the copy: the entry, and how far it says that the entry moved the wallet's figures. */
export type CopiedEntry = StoredEntry & { available: number; held: number; spent: number };

export type EntryFault =
  /** The copy lacks it. */
  | { kind: "missing"; seq: number }
  /**
   * The copy has it with another content; `what` says what differs. A rival is a true entry itself, which what comes after it in the copy
   * follows: then two logs went on from the same entry, and a copy cannot tell which is right.
   */
  | { kind: "altered"; seq: number; what: "text" | "hash" | "figures"; isRival: boolean }
  /** The copy has a row that is no entry of this log. `of`: the wallet and the entry whose text it is, where it is one's. */
  | { kind: "extra"; seq: number; of: { wallet: string; seq: number } | null }
  /** The same row stands there more than once. */
  | { kind: "twice"; seq: number };

/** Compares two runs of rows. What is missing at the end is only missing if the truth's rows are all there: the caller cuts both at the same number. */
export function compareEntries(wallet: string, truth: readonly StoredEntry[], copy: readonly CopiedEntry[]): EntryFault[] {
  const faults: EntryFault[] = [];
  let at = 0;
  for (const entry of truth) {
    for (; (copy[at]?.seq ?? Infinity) < entry.seq; at += 1) faults.push(extra(copy[at]));
    const row = copy[at];
    if (row?.seq !== entry.seq) {
      faults.push({ kind: "missing", seq: entry.seq });
      continue;
    }
    const what = differenceOf(entry, row);
    if (what) faults.push({ kind: "altered", seq: entry.seq, what, isRival: what !== "figures" && isRival(wallet, row, copy[at + 1]) });
    for (at += 1; copy[at]?.seq === entry.seq; at += 1) faults.push({ kind: "twice", seq: entry.seq });
  }
  for (; at < copy.length; at += 1) faults.push(extra(copy[at]));
  return faults;
}

function differenceOf(entry: StoredEntry, row: CopiedEntry): "text" | "hash" | "figures" | null {
  if (row.body !== entry.body) return "text";
  if (row.hash !== entry.hash) return "hash";
  const { available, held, spent } = toEntryRow(entry);
  return row.available === available && row.held === held && row.spent === spent ? null : "figures";
}

/** Whether a row that differs is a true entry which the next row follows, if there is one. */
function isRival(wallet: string, row: CopiedEntry, next: CopiedEntry | undefined): boolean {
  if (!isTrueEntry(wallet, row)) return false;
  return next === undefined || next.seq !== row.seq + 1 || next.body.includes(`"previous":"${row.hash}"`);
}

function extra(row: CopiedEntry | undefined): EntryFault {
  return { kind: "extra", seq: row?.seq ?? 0, of: placeOf(row?.body ?? "") };
}

/** The wallet and number that a text names, if it is an entry's. */
export function placeOf(body: string): { wallet: string; seq: number } | null {
  try {
    const { wallet, seq } = JSON.parse(body) as Partial<Entry>;
    return typeof wallet === "string" && typeof seq === "number" ? { wallet, seq } : null;
  } catch {
    return null;
  }
}

/** How many credits an entry is about: what it moved most. */
export function creditsIn({ available, held, spent }: Pick<CopiedEntry, "available" | "held" | "spent">): number {
  return Math.max(Math.abs(available), Math.abs(held), Math.abs(spent));
}
