/** Every decision of a wallet, as functions of its books, a command and the time. No I/O, and nothing is thrown. */
import { availableIn, type Books, bySpendingOrder, debtIn, Draft, type Hold, type Lot, type NewEntry, type Part, remainingOf, standingOf } from "./books.ts";
import { countUse } from "./ceilings.ts";
import type {
  CaptureInput, CaptureOutcome, ClawBackInput, ClawBackOutcome, Command, GrantInput, GrantOutcome, HoldInput, HoldOutcome, HoldState, Outcome,
  ReachedCeiling, ReleaseInput, ReleaseOutcome,
} from "./commands.ts";
import { faultIn, payloadOf } from "./commands.ts";
import { sha256 } from "./entry.ts";

/** How long credits live on that expired while our failure had them. */
export const GRACE_MS = 72 * 3_600_000;
/** How many holds an answer names. */
const HOLDS_NAMED_MAX = 10;

/** What the tables know beyond the books. */
export interface Known {
  /** The remembered answer under a key. */
  remembered(key: string): { payload: string; reply: string } | undefined;
  /** The state of a hold that is over. */
  closed(hold: string): HoldState | undefined;
  isFound(subject: string): boolean;
  /** The ceiling that a hold would pass. */
  reached(hold: HoldInput, at: number): ReachedCeiling | undefined;
}

/** Decides one command, changes the books accordingly, and returns what the caller is told. */
export function decide(books: Books, known: Known, command: Command, now: number): Outcome {
  const detail = faultIn(command);
  if (detail !== null) return { ok: false, code: "invalid", detail };
  const payload = sha256(payloadOf(command));
  const before = books.changes.byKey.get(command.key) ?? known.remembered(command.key);
  if (before) {
    return before.payload === payload ? (JSON.parse(before.reply ?? "") as Outcome) : { ok: false, code: "key_reused" };
  }
  if (books.frozen !== null) return { ok: false, code: "frozen", detail: books.frozen };
  const at = Math.max(now, books.at);
  expireDue(books, at);
  const { outcome, entry } = dispatch(books, known, command, at);
  if (entry) {
    Object.assign(entry, { payload, reply: JSON.stringify(outcome) });
    books.changes.byKey.set(command.key, entry);
  }
  return outcome;
}

/** An outcome, and the entry that it made; an outcome without one is a refusal. */
interface Decision<O> {
  outcome: O;
  entry?: NewEntry;
}

function dispatch(books: Books, known: Known, command: Command, at: number): Decision<Outcome> {
  switch (command.type) {
    case "grant":
      return grant(books, command, at);
    case "hold":
      return hold(books, known, command, at);
    case "capture":
      return capture(books, known, command, at);
    case "release":
      return release(books, known, command, at);
    case "clawBack":
      return clawBack(books, command, at);
  }
}

/** Books the expiry of every hold and lot whose time has come. Holds first: what they return may be due as well. */
export function expireDue(books: Books, at: number): void {
  if (at < books.dueAt) return;
  for (const hold of [...books.holds.values()].filter((each) => each.expiresAt <= at)) {
    const draft = new Draft(books, at);
    giveBack(draft, hold, "expired");
    close(draft, hold, "expired", draft.append({ kind: "hold_expired", hold: hold.id }));
  }
  for (const lot of [...books.lots.values()].filter((each) => each.available > 0 && each.expiresAt !== null && each.expiresAt <= at)) {
    const draft = new Draft(books, at);
    const credits = lot.available;
    lot.available = 0;
    draft.post(lot.bucket, -credits, lot.id);
    draft.post("expired", credits, lot.id);
    draft.touch(lot);
    draft.append({ kind: "lot_expired" });
  }
  books.dueAt = nextDue(books);
}

/** When the next hold or lot expires; Infinity if none does. A lot that is wholly held waits for its holds. */
export function nextDue(books: Books): number {
  let dueAt = Infinity;
  for (const hold of books.holds.values()) dueAt = Math.min(dueAt, hold.expiresAt);
  for (const lot of books.lots.values()) if (lot.available > 0) dueAt = Math.min(dueAt, lot.expiresAt ?? Infinity);
  return dueAt;
}

/** Pays debt out of incoming credits, and returns what is left. */
function payDebt(draft: Draft, credits: number): number {
  const paid = Math.min(credits, debtIn(draft.books));
  draft.post("debt", paid, null);
  return credits - paid;
}

function fill(draft: Draft, lot: Lot, credits: number): void {
  lot.available += credits;
  draft.post(lot.bucket, credits, lot.id);
  draft.touch(lot);
}

function grant(books: Books, { key, bucket, credits, expiresAt, reason, ref }: GrantInput, at: number): Decision<GrantOutcome> {
  const draft = new Draft(books, at);
  const lot = draft.openLot(bucket, expiresAt, null);
  draft.post("granted", -credits, lot.id);
  const isLate = expiresAt !== null && expiresAt <= at;
  const rest = isLate ? 0 : payDebt(draft, credits);
  if (isLate) draft.post("expired", credits, lot.id);
  fill(draft, lot, rest);
  const entry = draft.append({ kind: "grant", key, reason, ref });
  return { outcome: { ok: true, lot: lot.id, debtPaid: isLate ? 0 : credits - rest, debt: debtIn(books), ...standingOf(books) }, entry };
}

function hold(books: Books, known: Known, input: HoldInput, at: number): Decision<HoldOutcome> {
  const { key, hold: id, credits, expiresAt, ref } = input;
  const state = books.holds.has(id) ? "open" : (books.changes.holds.get(id)?.state ?? known.closed(id));
  if (state) return { outcome: { ok: false, code: "hold_exists", state } };
  if (expiresAt <= at) return { outcome: { ok: false, code: "invalid", detail: "expiresAt has passed" } };
  const standing = { need: credits, ...standingOf(books) };
  if (debtIn(books) > 0) return { outcome: { ok: false, code: "debt", ...standing } };
  const ceiling = known.reached(input, at);
  if (ceiling) return { outcome: { ok: false, code: "ceiling_reached", ceiling, ...standing } };
  if (credits > availableIn(books)) return { outcome: refuseForCredits(books, credits) };

  const draft = new Draft(books, at);
  const parts = credits === 0 ? [] : reserve(draft, credits);
  const entry = draft.append({ kind: "hold", key, hold: id, expiresAt, ref });
  const opened: Hold = { id, opened: entry.seq, state: "open", credits, captured: 0, parts, ref, openedAt: at, expiresAt, closedAt: null, seq: entry.seq };
  books.holds.set(id, opened);
  books.captured.set(id, new Set());
  books.changes.holds.set(id, opened);
  books.dueAt = Math.min(books.dueAt, expiresAt);
  countUse(books, opened, credits);
  return { outcome: { ok: true, hold: id, ...standingOf(books) }, entry };
}

/** Credits that other runs hold may come back; credits that are not there will not. */
function refuseForCredits(books: Books, need: number): HoldOutcome {
  const standing = standingOf(books);
  if (need > standing.available + standing.held) return { ok: false, code: "insufficient", need, ...standing };
  const holds = [...books.holds.values()]
    .map((each) => ({ hold: each.id, run: each.ref.run, credits: remainingOf(each) }))
    .filter((each) => each.credits > 0)
    .slice(0, HOLDS_NAMED_MAX);
  return { ok: false, code: "held_elsewhere", need, holds, ...standing };
}

/** Reserves credits of named lots, soonest-expiring first. */
function reserve(draft: Draft, credits: number): Part[] {
  const parts: Part[] = [];
  let need = credits;
  for (const lot of spendable(draft.books)) {
    const taken = Math.min(need, lot.available);
    draft.hold(lot, taken);
    parts.push({ lot: lot.id, credits: taken });
    need -= taken;
    if (need === 0) break;
  }
  return parts;
}

const spendable = (books: Books): Lot[] =>
  [...books.lots.values()].filter((lot) => lot.available > 0 && lot.bucket !== "boost").sort(bySpendingOrder);

function capture(books: Books, known: Known, input: CaptureInput, at: number): Decision<CaptureOutcome> {
  const { key, hold: id, item, credits, reason } = input;
  const open = books.holds.get(id);
  if (!open) return refuseCapture(books, known, input, at);
  const items = books.captured.get(id) ?? new Set();
  if (items.has(item)) return { outcome: { ok: false, code: "item_captured" } };
  const remaining = remainingOf(open);
  if (credits > remaining) return { outcome: { ok: false, code: "exceeds_hold", remaining } };

  const draft = new Draft(books, at);
  let rest = credits;
  for (const part of open.parts) {
    const taken = Math.min(rest, part.credits);
    part.credits -= taken;
    rest -= taken;
    leaveHold(draft, part.lot, taken);
    draft.post("spent", taken, part.lot);
  }
  open.parts = open.parts.filter((part) => part.credits > 0);
  open.captured += credits;
  const entry = draft.append({ kind: "capture", key, hold: id, item, reason });
  open.seq = entry.seq;
  items.add(item);
  books.captured.set(id, items);
  books.changes.holds.set(id, open);
  books.changes.captures.push({ opened: open.opened, item, credits, seq: entry.seq });
  return { outcome: { ok: true, hold: id, item, captured: credits, remaining: remaining - credits, ...standingOf(books) }, entry };
}

/** A capture of a hold that is over moves nothing, but work was delivered unpaid: that is written down, once. */
function refuseCapture(books: Books, known: Known, input: CaptureInput, at: number): Decision<CaptureOutcome> {
  const { hold: id, item, credits, key } = input;
  const state = books.changes.holds.get(id)?.state ?? known.closed(id);
  if (!state) return { outcome: { ok: false, code: "hold_unknown" } };
  noteFinding(books, known, { subject: `capture_after_close ${key}`, hold: id, item, reason: "capture_after_close", ref: `${credits} credits` }, at);
  return { outcome: { ok: false, code: "hold_closed", state } };
}

/** Writes a finding into the log, once for each subject. Findings move no credits. */
export function noteFinding(
  books: Books, known: Pick<Known, "isFound">, finding: { subject: string; hold: string | null; item: string | null; reason: string; ref: string }, at: number,
): void {
  const { subject, ...facts } = finding;
  if (books.changes.findings.some((each) => each.subject === subject) || known.isFound(subject)) return;
  const { seq } = new Draft(books, Math.max(at, books.at)).append({ kind: "finding", ...facts });
  books.changes.findings.push({ subject, seq });
}

function release(books: Books, known: Known, { key, hold: id, cause }: ReleaseInput, at: number): Decision<ReleaseOutcome> {
  const open = books.holds.get(id);
  if (!open) {
    const state = books.changes.holds.get(id)?.state ?? known.closed(id);
    return { outcome: state ? { ok: false, code: "hold_closed", state } : { ok: false, code: "hold_unknown" } };
  }
  const draft = new Draft(books, at);
  const back = giveBack(draft, open, cause);
  const entry = draft.append({ kind: "release", key, hold: id, reason: cause });
  close(draft, open, cause, entry);
  return { outcome: { ok: true, hold: id, captured: open.captured, ...back, ...standingOf(books) }, entry };
}

/** Takes credits out of a lot's held part. */
function leaveHold(draft: Draft, lotId: number, credits: number): Lot | undefined {
  const lot = draft.books.lots.get(lotId);
  if (!lot || credits === 0) return lot;
  lot.held -= credits;
  draft.post("held", -credits, lot.id);
  draft.touch(lot);
  return lot;
}

/** Where credits go that a hold gives back: to their lot, to a grace lot, or nowhere because their time is over. */
function wayBack(lot: Lot, cause: Exclude<HoldState, "open">, at: number): "lot" | "grace" | "expired" {
  const isOurs = cause === "failed" || cause === "compensated" || cause === "expired";
  if (lot.expiresAt === null) return "lot";
  if (isOurs && lot.graceOf === null && lot.expiresAt < at + GRACE_MS) return "grace";
  return lot.expiresAt > at ? "lot" : "expired";
}

function giveBack(draft: Draft, hold: Hold, cause: Exclude<HoldState, "open">): { returned: number; expired: number; debtPaid: number } {
  const sums = { returned: 0, expired: 0, debtPaid: 0 };
  countUse(draft.books, hold, -remainingOf(hold));
  for (const { lot: lotId, credits } of hold.parts) {
    const lot = leaveHold(draft, lotId, credits);
    if (!lot) continue;
    const way = wayBack(lot, cause, draft.at);
    if (way === "expired") {
      draft.post("expired", credits, lot.id);
      sums.expired += credits;
      continue;
    }
    const rest = payDebt(draft, credits);
    sums.debtPaid += credits - rest;
    sums.returned += rest;
    if (rest === 0) continue;
    const home = way === "grace" ? draft.openLot(lot.bucket, draft.at + GRACE_MS, lot.id) : lot;
    draft.books.lots.set(home.id, home);
    fill(draft, home, rest);
  }
  hold.parts = [];
  return sums;
}

function close(draft: Draft, hold: Hold, state: HoldState, entry: NewEntry): void {
  Object.assign(hold, { state, closedAt: draft.at, seq: entry.seq });
  draft.books.holds.delete(hold.id);
  draft.books.captured.delete(hold.id);
  draft.books.changes.holds.set(hold.id, hold);
}

/** Takes what is there, boost credits last, and books the rest as debt. */
function clawBack(books: Books, { key, credits, reason, ref }: ClawBackInput, at: number): Decision<ClawBackOutcome> {
  const draft = new Draft(books, at);
  let rest = credits;
  const boosts = [...books.lots.values()].filter((lot) => lot.available > 0 && lot.bucket === "boost").sort(bySpendingOrder);
  for (const lot of [...spendable(books), ...boosts]) {
    const taken = Math.min(rest, lot.available);
    lot.available -= taken;
    draft.post(lot.bucket, -taken, lot.id);
    draft.touch(lot);
    rest -= taken;
    if (rest === 0) break;
  }
  draft.post("reclaimed", credits, null);
  draft.post("debt", -rest, null);
  const entry = draft.append({ kind: "claw_back", key, reason, ref });
  return { outcome: { ok: true, taken: credits - rest, debt: debtIn(books), ...standingOf(books) }, entry };
}
