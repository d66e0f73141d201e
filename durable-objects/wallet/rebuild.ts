/**
 * Books out of a log: each entry does to them again what it did when it was written. A restored wallet takes over its own later entries so.
 * What an entry answered to its command follows from it as well, so that a repeat of the command gets the same answer and has no second effect.
 */
import { type Books, debtIn, type Hold, type Lot, type NewEntry, type Part, remainingOf, standingOf } from "./books.ts";
import { buckets, type Command, type HoldState, type Outcome, payloadOf, releaseCauses } from "./commands.ts";
import { type Account, type Entry, sha256, type StoredEntry } from "./entry.ts";

const holders: ReadonlySet<Account> = new Set(buckets);

/** Writes one entry into the books as a change. It must be the next one of a log that was verified; see audit.ts. */
export function replay(books: Books, { seq, body, hash }: StoredEntry): void {
  const entry = JSON.parse(body) as Entry;
  Object.assign(books, { seq, head: hash, at: entry.at });
  movePostings(books, entry);
  const hold = entry.hold === null ? undefined : moveHold(books, { ...entry, hold: entry.hold });
  if (entry.kind === "finding") noteAgain(books, entry);
  const command = commandOf(entry, hold);
  const written: NewEntry = {
    seq, body, hash, key: entry.key, payload: command && sha256(payloadOf(command)), reply: command && JSON.stringify(answerOf(books, entry, { command, hold })),
  };
  books.changes.entries.push(written);
  if (entry.key !== null) books.changes.byKey.set(entry.key, written);
}

function movePostings(books: Books, { lots, postings }: Entry): void {
  const touched = new Map<number, Lot>();
  for (const { id, bucket, expiresAt, graceOf } of lots) {
    touched.set(id, { id, bucket, available: 0, held: 0, expiresAt, graceOf });
    books.lotIdMax = Math.max(books.lotIdMax, id);
  }
  for (const { account, credits, lot: id } of postings) {
    books.accounts[account] += credits;
    if (id === null || (account !== "held" && !holders.has(account))) continue;
    const lot = touched.get(id) ?? books.lots.get(id);
    if (!lot) throw new Error(`an entry moves credits of lot ${id}, which is not there`);
    lot[account === "held" ? "held" : "available"] += credits;
    touched.set(id, lot);
  }
  for (const lot of touched.values()) {
    books.changes.lots.set(lot.id, lot);
    if (lot.available + lot.held > 0) books.lots.set(lot.id, lot);
    else books.lots.delete(lot.id);
  }
}

const sumOf = ({ postings }: Pick<Entry, "postings">, account: Account): number =>
  postings.reduce((sum, posting) => sum + (posting.account === account ? posting.credits : 0), 0);

/** What an entry does to its hold; returns the hold as it is then. */
function moveHold(books: Books, entry: Entry & { hold: string }): Hold | undefined {
  const { kind, seq, at, hold: id, item } = entry;
  if (kind === "hold") return openHold(books, entry);
  const hold = books.holds.get(id);
  if (!hold || kind === "finding") return undefined;
  if (kind === "capture") {
    for (const { account, credits, lot } of entry.postings) {
      const part = account === "held" ? hold.parts.find((each) => each.lot === lot) : undefined;
      if (part) part.credits += credits;
    }
    hold.parts = hold.parts.filter((part) => part.credits > 0);
    const captured = sumOf(entry, "spent");
    Object.assign(hold, { captured: hold.captured + captured, seq });
    if (item !== null) {
      books.captured.get(id)?.add(item);
      books.changes.captures.push({ opened: hold.opened, item, credits: captured, seq });
    }
  } else {
    Object.assign(hold, { parts: [], state: endOf(entry), closedAt: at, seq });
    books.holds.delete(id);
    books.captured.delete(id);
  }
  books.changes.holds.set(id, hold);
  return hold;
}

function openHold(books: Books, { seq, at, hold: id, expiresAt, postings, ref }: Entry & { hold: string }): Hold {
  const parts = postings.flatMap(({ account, credits, lot }): Part[] => (account === "held" && lot !== null ? [{ lot, credits }] : []));
  if (ref === null || typeof ref === "string" || expiresAt === null) throw new Error(`entry ${seq} opens a hold and does not say whose`);
  const credits = parts.reduce((sum, part) => sum + part.credits, 0);
  const hold: Hold = { id, opened: seq, state: "open", credits, captured: 0, parts, ref, openedAt: at, expiresAt, closedAt: null, seq };
  books.holds.set(id, hold);
  books.captured.set(id, new Set());
  books.changes.holds.set(id, hold);
  return hold;
}

function endOf({ kind, reason, seq }: Entry): Exclude<HoldState, "open"> {
  const cause = kind === "hold_expired" ? "expired" : releaseCauses.find((each) => each === reason);
  if (!cause) throw new Error(`entry ${seq} ends a hold and does not say why`);
  return cause;
}

/** Findings are noted once for each subject. Of a capture that came too late the subject is its key, which the log does not have: it may be noted again. */
function noteAgain(books: Books, { seq, reason, ref }: Entry): void {
  const about = typeof ref === "string" ? /^entry (\d+)$/.exec(ref)?.[1] : undefined;
  const word = reason === "projection_differs" ? "differs" : reason === "projection_refused" ? "refused" : undefined;
  if (about !== undefined && word !== undefined) books.changes.findings.push({ subject: `${word} ${about}`, seq });
}

/** The command that an entry was written for; null where the wallet acted by itself. */
function commandOf(entry: Entry, hold: Hold | undefined): Command | null {
  const { kind, key, reason, ref, item, lots, expiresAt } = entry;
  if (key === null) return null;
  const id = entry.hold ?? "";
  const text = typeof ref === "string" ? ref : "";
  switch (kind) {
    case "grant": {
      const [lot] = lots;
      return { type: "grant", key, bucket: lot?.bucket ?? "promo", credits: -sumOf(entry, "granted"), expiresAt: lot?.expiresAt ?? null, reason: reason ?? "", ref: text };
    }
    case "hold":
      return { type: "hold", key, hold: id, credits: hold?.credits ?? 0, expiresAt: expiresAt ?? 0, ref: hold?.ref ?? { run: "", project: null, member: null, apiKey: null } };
    case "capture":
      return { type: "capture", key, hold: id, item: item ?? "", credits: sumOf(entry, "spent"), reason: reason ?? "" };
    case "release":
      return { type: "release", key, hold: id, cause: releaseCauses.find((each) => each === reason) ?? "settled" };
    case "claw_back":
      return { type: "clawBack", key, credits: sumOf(entry, "reclaimed"), reason: reason ?? "", ref: text };
    default:
      return null;
  }
}

/** What the command was answered. */
function answerOf(books: Books, entry: Entry, { command, hold }: { command: Command; hold: Hold | undefined }): Outcome {
  const standing = standingOf(books);
  const debt = debtIn(books);
  switch (command.type) {
    case "grant":
      return { ok: true, lot: entry.lots[0]?.id ?? 0, debtPaid: sumOf(entry, "debt"), debt, ...standing };
    case "hold":
      return { ok: true, hold: command.hold, ...standing };
    case "capture":
      return { ok: true, hold: command.hold, item: command.item, captured: command.credits, remaining: hold ? remainingOf(hold) : 0, ...standing };
    case "release": {
      const returned = entry.postings.reduce((sum, { account, credits }) => sum + (holders.has(account) ? credits : 0), 0);
      return { ok: true, hold: command.hold, captured: hold?.captured ?? 0, returned, expired: sumOf(entry, "expired"), debtPaid: sumOf(entry, "debt"), ...standing };
    }
    case "clawBack":
      return { ok: true, taken: command.credits + sumOf(entry, "debt"), debt, ...standing };
  }
}
