/**
 * What a wallet must do, said a second time and as plainly as possible, for the model test: arrays, no log, no caches. Times and
 * outcomes are those of the wallet; lots have no ids, since nobody outside depends on them.
 */
import type { Bucket, Ceiling, Command, HoldRef, HoldState } from "../commands.ts";

const GRACE_MS = 72 * 3_600_000;

interface ModelLot { bucket: Bucket; credits: number; expiresAt: number; hadGrace: boolean }
interface ModelHold { id: string; state: HoldState; parts: ModelLot[]; expiresAt: number; items: string[]; captured: number; ref: HoldRef; openedAt: number }

export class Model {
  lots: ModelLot[] = [];
  holds: ModelHold[] = [];
  debt = 0;
  spent = 0;
  lost = 0;
  granted = 0;
  reclaimed = 0;
  readonly ceilings: Ceiling[];

  constructor(ceilings: Ceiling[] = []) {
    this.ceilings = ceilings;
  }

  credits = (bucket?: Bucket) => this.lots.reduce((sum, lot) => sum + (!bucket || lot.bucket === bucket ? lot.credits : 0), 0);
  available = () => this.credits() - this.credits("boost");
  rest = (hold: ModelHold) => hold.parts.reduce((sum, part) => sum + part.credits, 0);
  held = () => this.holds.reduce((sum, hold) => sum + this.rest(hold), 0);
  open = () => this.holds.filter((hold) => hold.state === "open");
  standing = () => ({ available: this.available(), held: this.held() });

  /** Lets time pass: holds end first, then credits. */
  expire(now: number): void {
    for (const hold of this.open()) if (hold.expiresAt <= now) this.end(hold, "expired", now);
    for (const lot of this.lots) {
      if (lot.expiresAt > now) continue;
      this.lost += lot.credits;
      lot.credits = 0;
    }
  }

  /** Takes credits out of lots in spending order. */
  take(lots: ModelLot[], credits: number): ModelLot[] {
    const order = lots.map((lot, index) => ({ lot, index })).sort((a, b) => (a.lot.expiresAt === b.lot.expiresAt ? a.index - b.index : a.lot.expiresAt - b.lot.expiresAt));
    let need = credits;
    return order.flatMap(({ lot }) => {
      const taken = Math.min(need, lot.credits);
      lot.credits -= taken;
      need -= taken;
      return taken > 0 ? [{ ...lot, credits: taken, from: lot }] : [];
    });
  }

  /** Puts credits in: debt first, the rest into a lot. */
  put(lot: ModelLot & { from?: ModelLot }, now: number): { returned: number; expired: number; debtPaid: number } {
    if (lot.expiresAt <= now) {
      this.lost += lot.credits;
      return { returned: 0, expired: lot.credits, debtPaid: 0 };
    }
    const debtPaid = Math.min(this.debt, lot.credits);
    this.debt -= debtPaid;
    const returned = lot.credits - debtPaid;
    if (lot.from && lot.from.expiresAt === lot.expiresAt) lot.from.credits += returned;
    else this.lots.push({ ...lot, credits: returned });
    return { returned, expired: 0, debtPaid };
  }

  end(hold: ModelHold, state: Exclude<HoldState, "open">, now: number) {
    const isOurFault = state === "failed" || state === "compensated" || state === "expired";
    const sums = { returned: 0, expired: 0, debtPaid: 0 };
    for (const part of hold.parts) {
      const isGrace = isOurFault && !part.hadGrace && part.expiresAt < now + GRACE_MS;
      const back = this.put(isGrace ? { ...part, expiresAt: now + GRACE_MS, hadGrace: true } : part, now);
      for (const key of ["returned", "expired", "debtPaid"] as const) sums[key] += back[key];
    }
    hold.parts = [];
    hold.state = state;
    return sums;
  }

  /** What the wallet must answer, as far as it does not concern ids of lots. */
  answer(command: Command, now: number): Record<string, unknown> {
    this.expire(now);
    switch (command.type) {
      case "grant": {
        this.granted += command.credits;
        const back = this.put({ bucket: command.bucket, credits: command.credits, expiresAt: command.expiresAt ?? Infinity, hadGrace: false }, now);
        return { ok: true, debtPaid: back.debtPaid, debt: this.debt, ...this.standing() };
      }
      case "hold":
        return this.hold(command, now);
      case "capture":
        return this.capture(command);
      case "release": {
        const hold = this.holds.find(({ id }) => id === command.hold);
        if (!hold) return { ok: false, code: "hold_unknown" };
        if (hold.state !== "open") return { ok: false, code: "hold_closed", state: hold.state };
        return { ok: true, hold: hold.id, captured: hold.captured, ...this.end(hold, command.cause, now), ...this.standing() };
      }
      case "clawBack": {
        const isBoost = (lot: ModelLot) => lot.bucket === "boost";
        const paid = this.take(this.lots.filter((lot) => !isBoost(lot)), command.credits);
        const sum = (parts: ModelLot[]) => parts.reduce((total, part) => total + part.credits, 0);
        const taken = sum(paid) + sum(this.take(this.lots.filter(isBoost), command.credits - sum(paid)));
        this.reclaimed += command.credits;
        this.debt += command.credits - taken;
        return { ok: true, taken, debt: this.debt, ...this.standing() };
      }
    }
  }

  hold(command: Command & { type: "hold" }, now: number): Record<string, unknown> {
    const known = this.holds.find(({ id }) => id === command.hold);
    if (known) return { ok: false, code: "hold_exists", state: known.state };
    if (command.expiresAt <= now) return { ok: false, code: "invalid" };
    const need = command.credits;
    if (this.debt > 0) return { ok: false, code: "debt", need, ...this.standing() };
    if (need > 0 && this.ceilings.some((ceiling) => this.passes(ceiling, command, now))) return { ok: false, code: "ceiling_reached", need, ...this.standing() };
    if (need > this.available() + this.held()) return { ok: false, code: "insufficient", need, ...this.standing() };
    if (need > this.available()) return { ok: false, code: "held_elsewhere", need, ...this.standing() };
    const parts = this.take(this.lots.filter(({ bucket }) => bucket !== "boost"), need);
    this.holds.push({ id: command.hold, state: "open", parts, expiresAt: command.expiresAt, items: [], captured: 0, ref: command.ref, openedAt: now });
    return { ok: true, hold: command.hold, ...this.standing() };
  }

  /** Whether a hold would take its subject beyond a ceiling, in the period that `now` lies in (UTC). */
  passes({ subject, id, period, credits }: Ceiling, command: Command & { type: "hold" }, now: number): boolean {
    const own = (ref: HoldRef) => subject === "studio" || (ref[subject] !== null && ref[subject] === (id === "*" ? command.ref[subject] : id));
    const periodOf = (at: number) => new Date(at).toISOString().slice(0, { absolute: 0, month: 7, day: 10 }[period]);
    const used = this.holds.filter(({ ref, openedAt }) => own(ref) && periodOf(openedAt) === periodOf(now)).reduce((sum, hold) => sum + hold.captured + this.rest(hold), 0);
    return own(command.ref) && used + command.credits > credits;
  }

  capture({ hold: id, item, credits }: Command & { type: "capture" }): Record<string, unknown> {
    const hold = this.holds.find((each) => each.id === id);
    if (!hold) return { ok: false, code: "hold_unknown" };
    if (hold.state !== "open") return { ok: false, code: "hold_closed", state: hold.state };
    if (hold.items.includes(item)) return { ok: false, code: "item_captured" };
    if (credits > this.rest(hold)) return { ok: false, code: "exceeds_hold", remaining: this.rest(hold) };
    this.take(hold.parts, credits);
    hold.items.push(item);
    hold.captured += credits;
    this.spent += credits;
    return { ok: true, hold: id, item, captured: credits, remaining: this.rest(hold), ...this.standing() };
  }
}
