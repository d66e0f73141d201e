/** Stories of a wallet: what people may do to it in whatever order, and what must hold after each step, whichever wallet it is. */
import fc from "fast-check";
import { assert } from "vitest";
import { addEntry, emptyFold, type Fold } from "../audit.ts";
import type { Balance, HoldSummary } from "../balance.ts";
import type { Lot } from "../books.ts";
import { buckets, type Ceiling, type Command, type HoldRef, type Outcome, releaseCauses } from "../commands.ts";
import type { Entry, StoredEntry } from "../entry.ts";
import { Model } from "./model.ts";

const HOUR = 3_600_000;

/** A wallet that a story is played on. */
export interface Tried {
  send(command: Command, now: number): Promise<Outcome> | Outcome;
  alarm(now: number): Promise<void> | void;
  balance(): Balance;
  entriesAfter(seq: number): StoredEntry[];
  lots(): Lot[];
  openHolds(): HoldSummary[];
}

/** Ceilings of the wallets in stories: some that bind often, and of every period. */
export const storyCeilings: Ceiling[] = [
  { subject: "member", id: "usr_a", period: "day", credits: 150 },
  { subject: "project", id: "proj_a", period: "month", credits: 400 },
  { subject: "apiKey", id: "key_a", period: "absolute", credits: 90 },
];

/** An intention; what it means depends on what the model has when its turn comes, so that most of them hit something. */
export const steps = fc.oneof(
  { weight: 24, arbitrary: fc.record({ do: fc.constant("grant" as const), bucket: fc.constantFrom(...buckets), credits: fc.integer({ min: 10, max: 200 }), hours: fc.constantFrom(-1, 2, 5, 10, 30, 100, null) }) },
  { weight: 36, arbitrary: fc.record({ do: fc.constant("hold" as const), share: fc.constantFrom(0, 0.3, 0.4, 0.6, 0.6, 1, "more than there is", "what others hold", "what others hold"), hours: fc.constantFrom(3, 80, 200, 200), known: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1), by: fc.nat({ max: 9 }) }) },
  { weight: 30, arbitrary: fc.record({ do: fc.constant("capture" as const), pick: fc.nat(), share: fc.constantFrom(0, 0.1, 0.2, 0.3, 0.4, 1, 1.5), item: fc.nat({ max: 9 }), of: fc.constantFrom("full", "full", "full", "open", "any", "none") }) },
  { weight: 18, arbitrary: fc.record({ do: fc.constant("release" as const), pick: fc.nat(), cause: fc.constantFrom(...releaseCauses, "settled" as const, "cancelled" as const), of: fc.constantFrom("full", "full", "full", "full", "any", "none") }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("clawBack" as const), share: fc.constantFrom(0.1, 0.3, 1.5, 2, 3) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("replay" as const), pick: fc.nat() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("reuse" as const), pick: fc.nat() }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("wait" as const), hours: fc.constantFrom(0.5, 2, 6, 12, 24) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("alarm" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const) }) },
);
export type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** What is done instead where there is no hold to capture or release. */
const someHold: Step = { do: "hold", share: 0.6, hours: 200, known: 0, by: 9 };

/** How often each outcome was reached, and how many commands that took. */
export class Tally {
  commands = 0;
  readonly reached = new Map<string, number>();

  reach(name: string): void {
    this.reached.set(name, (this.reached.get(name) ?? 0) + 1);
  }
}

const refs: HoldRef[] = [
  { run: "run_a", project: "proj_a", member: "usr_a", apiKey: null }, { run: "run_b", project: "proj_a", member: null, apiKey: "key_a" }, { run: "run_c", project: "proj_b", member: "usr_a", apiKey: "key_b" },
];
const refOf = (by: number): HoldRef => refs[by] ?? { run: "run_d", project: null, member: "usr_b", apiKey: null };

/** Lots are compared with the model's after every so many commands: it takes as long as the rest together. */
const LOTS_EVERY = 8;

/** What lots have, without their ids. */
const spendable = (lots: { bucket: string; credits: number; expiresAt: number | null }[]): string[] =>
  lots.flatMap(({ bucket, credits, expiresAt }) => (credits > 0 ? [`${bucket} ${expiresAt ?? Infinity} ${credits}`] : [])).sort();

/** Every member of `expected` is in `actual`. */
function agrees(actual: object, expected: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(Reflect.get(actual, name), value, `${name} of ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}

/** One wallet with its model, the log as read so far, and every command that was answered. */
export class Story {
  readonly studio: string;
  readonly model: Model;
  readonly fold: Fold;
  readonly kept: { command: Command; outcome: Outcome }[] = [];
  /** Far ahead of the real clock, so that no alarm fires by itself. */
  now = Date.now() + 365 * 24 * HOUR;
  keys = 0;
  readonly tally: Tally;

  constructor(studio: string, ceilings: Ceiling[], tally: Tally) {
    this.studio = studio;
    this.model = new Model(ceilings);
    this.fold = emptyFold(studio);
    this.tally = tally;
  }

  /** The command that a step means now, or undefined where it means none. */
  commandOf(step: Step): Command | undefined {
    const key = `k${(this.keys += 1)}`;
    const { model, now } = this;
    const pickHold = (of: string, pick: number) => {
      const full = model.open().filter((hold) => model.rest(hold) > 0);
      const among = of === "full" && full.length > 0 ? full : of === "none" ? [] : of === "any" ? model.holds : model.open();
      return among[pick % Math.max(1, among.length)];
    };
    switch (step.do) {
      case "grant":
        return { type: "grant", key, bucket: step.bucket, credits: step.credits, expiresAt: step.hours === null ? null : now + step.hours * HOUR, reason: "test", ref: "in_1" };
      case "hold": {
        const { available, held } = model.standing();
        const beyond = step.share === "what others hold" ? available + Math.ceil(held / 2) : 3 * (available + held) + 1;
        const credits = typeof step.share === "number" ? Math.ceil(available * step.share) : beyond;
        const known = step.known ? model.holds.at(-1)?.id : undefined;
        return { type: "hold", key, hold: known ?? `h${this.keys}`, credits, expiresAt: now + step.hours * HOUR, ref: refOf(step.by) };
      }
      case "capture": {
        const hold = pickHold(step.of, step.pick);
        if (!hold && step.of !== "none") return this.commandOf(someHold);
        return { type: "capture", key, hold: hold?.id ?? "h0", item: `i${step.item}`, credits: Math.ceil((hold ? model.rest(hold) : 1) * step.share), reason: "delivered" };
      }
      case "release": {
        const hold = pickHold(step.of, step.pick);
        if (!hold && step.of !== "none") return this.commandOf(someHold);
        return { type: "release", key, hold: hold?.id ?? "h0", cause: step.cause };
      }
      case "clawBack":
        return { type: "clawBack", key, credits: Math.max(1, Math.ceil(model.credits() * step.share)), reason: "refund", ref: "re_1" };
      default:
        return undefined;
    }
  }

  async send(wallet: Tried, command: Command): Promise<Outcome> {
    this.tally.commands += 1;
    return wallet.send(command, this.now);
  }

  /** Does what a step means, and holds the answer against the model's. */
  async take(wallet: Tried, step: Step): Promise<void> {
    if (step.do === "wait") this.now += step.hours * HOUR;
    if (step.do === "alarm") await wallet.alarm(this.now);
    if (step.do === "replay" || step.do === "reuse") return this.#repeat(wallet, step);
    const command = this.commandOf(step);
    if (!command) return;
    const outcome = await this.send(wallet, command);
    agrees(outcome, this.model.answer(command, this.now));
    this.tally.reach(`${command.type} ${outcome.ok ? "ok" : outcome.code}`);
    if (outcome.ok) this.kept.push({ command, outcome });
    this.#noteSpecialCases(command, outcome);
  }

  #noteSpecialCases(command: Command, outcome: Outcome): void {
    if (!outcome.ok) return;
    if ("debtPaid" in outcome && outcome.debtPaid > 0) this.tally.reach(`${command.type} pays debt`);
    if ("expired" in outcome && outcome.expired > 0) this.tally.reach("release of expired credits");
    if (command.type === "release") this.tally.reach(`release ${command.cause}`);
    if (command.type === "clawBack" && "debt" in outcome && outcome.debt > 0) this.tally.reach("clawBack leaves debt");
    if (command.type === "capture" && "remaining" in outcome) this.tally.reach(outcome.remaining === 0 ? "capture full" : "capture partial");
    if (command.type === "hold" && command.credits === 0) this.tally.reach("hold of zero");
  }

  async #repeat(wallet: Tried, step: Step & { pick: number }): Promise<void> {
    const earlier = this.kept[step.pick % Math.max(1, this.kept.length)];
    if (!earlier) return;
    if (step.do === "replay") {
      assert.deepEqual(await this.send(wallet, earlier.command), earlier.outcome);
    } else {
      const { command } = earlier;
      const other = command.type === "release" ? { ...command, hold: `${command.hold}x` } : { ...command, credits: command.credits + 1 };
      assert.deepEqual(await this.send(wallet, other), { ok: false, code: "key_reused" });
    }
    this.tally.reach(step.do);
  }

  /** Everything that must hold after every step. */
  examine(wallet: Tried): void {
    const { model, fold } = this;
    model.expire(this.now);
    const balance = wallet.balance();
    agrees(balance, { ...model.standing(), debt: model.debt, spent: model.spent });
    for (const { bucket, available } of balance.buckets) assert.equal(available, model.credits(bucket), bucket);
    for (const entry of wallet.entriesAfter(fold.seq)) {
      addEntry(fold, this.studio, entry);
      const { kind, lots } = JSON.parse(entry.body) as Entry;
      this.tally.reach(`entry ${kind}`);
      if (lots.some((lot) => lot.graceOf !== null)) this.tally.reach("grace");
    }
    agrees(fold, { fault: null, seq: balance.seq, head: balance.head });
    const lots = wallet.lots();
    for (const lot of lots) assert.isAtLeast(Math.min(lot.available, lot.held), 0);
    if (this.keys % LOTS_EVERY === 0) assert.deepEqual(spendable(lots.map((lot) => ({ ...lot, credits: lot.available }))), spendable(model.lots), "credits with their expiry");
    const holds = wallet.openHolds();
    assert.deepEqual(holds.map(({ id }) => id).sort(), model.open().map(({ id }) => id).sort());
    assert.equal(holds.reduce((sum, hold) => sum + hold.remaining, 0), balance.held);
    const { granted, expired, reclaimed, held } = fold.accounts;
    agrees({ granted: 0 - granted, expired, reclaimed, held }, { granted: model.granted, expired: model.lost, reclaimed: model.reclaimed, held: balance.held });
    if (balance.debt > 0) assert.equal(model.credits(), 0);
  }
}

/** What stories must reach often, or they prove little. */
export const outcomes = [
  "grant ok", "hold ok", "hold insufficient", "hold held_elsewhere", "hold debt", "hold ceiling_reached", "hold hold_exists", "hold of zero", "capture ok", "capture full",
  "capture partial", "capture exceeds_hold", "capture hold_closed", "capture hold_unknown", "capture item_captured", "release ok", "release settled",
  "release failed", "release cancelled", "release compensated", "release hold_closed", "release hold_unknown", "release of expired credits", "clawBack ok",
  "clawBack leaves debt", "grant pays debt", "release pays debt", "replay", "reuse", "grace", "entry grant", "entry hold", "entry capture", "entry release",
  "entry hold_expired", "entry lot_expired", "entry claw_back", "entry finding",
];

const LEAST = 100;

/** Plays stories until each outcome was reached often enough, or it is clear that it never is. Says how many commands that took. */
export async function playUntilAllReached(tally: Tally, play: (runs: number) => Promise<void>, runs: number): Promise<void> {
  const rare = () => outcomes.filter((outcome) => (tally.reached.get(outcome) ?? 0) < LEAST);
  await play(runs);
  for (let more = 0; more < 3 && rare().length > 0; more += 1) await play(Math.ceil(runs / 3));
  assert.deepEqual(rare(), []);
}
