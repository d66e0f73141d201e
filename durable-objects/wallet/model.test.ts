import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addEntry, emptyFold, type Fold } from "./audit.ts";
import { buckets, type Command, type Outcome, releaseCauses } from "./commands.ts";
import type { Entry } from "./entry.ts";
import { Model } from "./model.ts";
import type { Wallet } from "./object.ts";

const RUNS = 27;
const STEPS = 480;
const HOUR = 3_600_000;

/** An intention; what it means depends on what the model has when its turn comes, so that most of them hit something. */
const steps = fc.oneof(
  { weight: 24, arbitrary: fc.record({ do: fc.constant("grant" as const), bucket: fc.constantFrom(...buckets), credits: fc.integer({ min: 10, max: 200 }), hours: fc.constantFrom(-1, 2, 5, 10, 30, 100, null) }) },
  { weight: 36, arbitrary: fc.record({ do: fc.constant("hold" as const), share: fc.constantFrom(0, 0.3, 0.4, 0.6, 0.6, 1, "more than there is", "what others hold", "what others hold"), hours: fc.constantFrom(3, 80, 200, 200), known: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1) }) },
  { weight: 30, arbitrary: fc.record({ do: fc.constant("capture" as const), pick: fc.nat(), share: fc.constantFrom(0, 0.1, 0.2, 0.3, 0.4, 1, 1.5), item: fc.nat({ max: 9 }), of: fc.constantFrom("full", "full", "full", "open", "any", "none") }) },
  { weight: 18, arbitrary: fc.record({ do: fc.constant("release" as const), pick: fc.nat(), cause: fc.constantFrom(...releaseCauses, "settled" as const, "cancelled" as const), of: fc.constantFrom("full", "full", "full", "full", "any", "none") }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("clawBack" as const), share: fc.constantFrom(0.1, 0.3, 1.5, 2, 3) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("replay" as const), pick: fc.nat() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("reuse" as const), pick: fc.nat() }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("wait" as const), hours: fc.constantFrom(0.5, 2, 6, 12, 24) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("alarm" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const) }) },
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** What is done instead where there is no hold to capture or release. */
const someHold: Step = { do: "hold", share: 0.6, hours: 200, known: 0 };

/** One wallet with its model, the log as read so far, and every command that was answered. */
class World {
  readonly studio = `stu_model_${crypto.randomUUID()}`;
  readonly stub = env.WALLET.getByName(this.studio);
  readonly model = new Model();
  readonly fold: Fold = emptyFold(this.studio);
  readonly kept: { command: Command; outcome: Outcome }[] = [];
  /** Far ahead of the real clock, so that no alarm fires by itself. */
  now = Date.now() + 365 * 24 * HOUR;
  commands = 0;
  keys = 0;
  readonly reached: Map<string, number>;

  constructor(reached: Map<string, number>) {
    this.reached = reached;
  }

  reach(name: string): void {
    this.reached.set(name, (this.reached.get(name) ?? 0) + 1);
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
        return { type: "hold", key, hold: known ?? `h${this.keys}`, credits, expiresAt: now + step.hours * HOUR, ref: { run: "r", project: "p", member: null, apiKey: null } };
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

  async send(wallet: Wallet, command: Command): Promise<Outcome> {
    const { type, ...input } = command;
    this.commands += 1;
    return await (wallet[type] as (input: unknown) => Promise<Outcome>).call(wallet, input);
  }

  async take(wallet: Wallet, step: Step): Promise<void> {
    if (step.do === "wait") this.now += step.hours * HOUR;
    if (step.do === "alarm") await wallet.alarm();
    if (step.do === "replay" || step.do === "reuse") return this.repeat(wallet, step);
    const command = this.commandOf(step);
    if (!command) return;
    const outcome = await this.send(wallet, command);
    expect(outcome).toMatchObject(this.model.answer(command, this.now));
    this.reach(`${command.type} ${outcome.ok ? "ok" : outcome.code}`);
    if (outcome.ok) this.kept.push({ command, outcome });
    this.noteSpecialCases(command, outcome);
  }

  noteSpecialCases(command: Command, outcome: Outcome): void {
    if (!outcome.ok) return;
    if ("debtPaid" in outcome && outcome.debtPaid > 0) this.reach(`${command.type} pays debt`);
    if ("expired" in outcome && outcome.expired > 0) this.reach("release of expired credits");
    if (command.type === "release") this.reach(`release ${command.cause}`);
    if (command.type === "clawBack" && "debt" in outcome && outcome.debt > 0) this.reach("clawBack leaves debt");
    if (command.type === "capture" && "remaining" in outcome) this.reach(outcome.remaining === 0 ? "capture full" : "capture partial");
    if (command.type === "hold" && command.credits === 0) this.reach("hold of zero");
  }

  async repeat(wallet: Wallet, step: Step & { pick: number }): Promise<void> {
    const earlier = this.kept[step.pick % Math.max(1, this.kept.length)];
    if (!earlier) return;
    if (step.do === "replay") {
      expect(await this.send(wallet, earlier.command)).toEqual(earlier.outcome);
    } else {
      const { command } = earlier;
      const other = command.type === "release" ? { ...command, hold: `${command.hold}x` } : { ...command, credits: command.credits + 1 };
      expect(await this.send(wallet, other)).toEqual({ ok: false, code: "key_reused" });
    }
    this.reach(step.do);
  }

  /** Everything that must hold after every command. */
  examine(wallet: Wallet): void {
    const { model, fold } = this;
    model.expire(this.now);
    const balance = wallet.balance();
    expect(balance).toMatchObject({ ...model.standing(), debt: model.debt, spent: model.spent });
    for (const { bucket, available } of balance.buckets) expect(available).toBe(model.credits(bucket));
    for (const entry of wallet.entries({ after: fold.seq, limit: 1_000 })) {
      addEntry(fold, this.studio, entry);
      const { kind, lots } = JSON.parse(entry.body) as Entry;
      this.reach(`entry ${kind}`);
      if (lots.some((lot) => lot.graceOf !== null)) this.reach("grace");
    }
    const lots = wallet.lots();
    const holds = wallet.holds({ state: "open", limit: 1_000 });
    expect(fold).toMatchObject({ fault: null, seq: balance.seq, head: balance.head });
    for (const lot of lots) expect(Math.min(lot.available, lot.held)).toBeGreaterThanOrEqual(0);
    expect(holds.map(({ id }) => id).sort()).toEqual(model.open().map(({ id }) => id).sort());
    expect(holds.reduce((sum, hold) => sum + hold.remaining, 0)).toBe(balance.held);
    const { granted, expired, reclaimed, held } = fold.accounts;
    expect({ granted: 0 - granted, expired, reclaimed, held }).toEqual({ granted: model.granted, expired: model.lost, reclaimed: model.reclaimed, held: balance.held });
    if (balance.debt > 0) expect(model.credits()).toBe(0);
  }

  /** The whole log against the stored books, and the projection against the log. */
  async close(wallet: Wallet): Promise<void> {
    expect(wallet.check().faults).toEqual([]);
    await wallet.alarm();
    const { seq, head } = wallet.balance();
    if (seq === 0) return;
    const projected = await env.DB.prepare("SELECT seq, body, hash FROM wallet_entries WHERE wallet = ? ORDER BY seq").bind(this.studio).all();
    expect(projected.results).toEqual(wallet.entries({ after: 0, limit: 1_000 }));
    const row = await env.DB.prepare("SELECT available, held, debt, spent, seq, head FROM wallets WHERE wallet = ?").bind(this.studio).first();
    expect(row).toEqual({ ...this.model.standing(), debt: this.model.debt, spent: this.model.spent, seq, head });
    const holds = await env.DB.prepare("SELECT hold, state FROM wallet_holds WHERE wallet = ? ORDER BY hold").bind(this.studio).all();
    expect(holds.results).toEqual(this.model.holds.map(({ id, state }) => ({ hold: id, state })).sort((a, b) => (a.hold < b.hold ? -1 : 1)));
  }
}

/** Runs steps in the object, a new instance of it after every eviction. */
async function play(program: Step[], reached: Map<string, number>): Promise<number> {
  const world = new World(reached);
  let at = 0;
  while (at < program.length) {
    await runInDurableObject(world.stub, async (wallet: Wallet) => {
      Object.defineProperty(wallet, "now", { value: () => world.now });
      for (let step = program[at]; step; step = program[at]) {
        at += 1;
        if (step.do === "evict") break;
        await world.take(wallet, step);
        world.examine(wallet);
      }
      if (at >= program.length) await world.close(wallet);
    });
    if (at < program.length) await evictDurableObject(world.stub);
  }
  return world.commands;
}

const outcomes = [
  "grant ok", "hold ok", "hold insufficient", "hold held_elsewhere", "hold debt", "hold hold_exists", "hold of zero", "capture ok", "capture full",
  "capture partial", "capture exceeds_hold", "capture hold_closed", "capture hold_unknown", "capture item_captured", "release ok", "release settled",
  "release failed", "release cancelled", "release compensated", "release hold_closed", "release hold_unknown", "release of expired credits", "clawBack ok",
  "clawBack leaves debt", "grant pays debt", "release pays debt", "replay", "reuse", "grace", "entry grant", "entry hold", "entry capture", "entry release",
  "entry hold_expired", "entry lot_expired", "entry claw_back", "entry finding",
];

test("whatever is asked in whatever order, the wallet does what the model does, and its log proves it", { timeout: 120_000 }, async () => {
  const reached = new Map<string, number>();
  let commands = 0;
  const program = fc.array(steps, { minLength: STEPS, maxLength: STEPS, size: "max" });
  const property = fc.asyncProperty(program, async (steps) => { commands += await play(steps, reached); });
  const rare = () => outcomes.filter((outcome) => (reached.get(outcome) ?? 0) < 100);
  await fc.assert(property, { numRuns: RUNS });
  for (let more = 0; more < 3 && rare().length > 0; more += 1) await fc.assert(property, { numRuns: RUNS / 3 });
  expect(commands).toBeGreaterThanOrEqual(10_000);
  expect(rare()).toEqual([]);
});
