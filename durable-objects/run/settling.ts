/** How commands to other objects are sent and what their answers change. Everything may be sent twice. */
import type { CaptureOutcome, ReleaseOutcome, Standing } from "#objects/wallet/commands.ts";
import type { Command, Effects, RunBook } from "./book.ts";
import { jobOf } from "./book.ts";

const BATCH_MAX = 32;

/** A command with what was answered to it. */
export type Answered =
  | { command: Command & { kind: "capture" }; outcome: CaptureOutcome }
  | { command: Command & { kind: "release" }; outcome: ReleaseOutcome }
  | { command: Command & { kind: "lease" } };

/**
 * Sends commands; those that got no answer are not among the results. The release goes last, when nothing else is left, and with it go the run's
 * claims: whoever sees that it is over may make the same things at once.
 */
export async function send(env: Env, book: Pick<RunBook, "run" | "hold" | "studio">, commands: Command[]): Promise<Answered[]> {
  const captures = commands.filter((command) => command.kind === "capture");
  const leases = commands.filter((command) => command.kind === "lease");
  const answered: Answered[] = [];
  await Promise.all([
    ...providersOf(leases).map(async (provider) => {
      const own = leases.filter((lease) => lease.provider === provider);
      if ((await env.GATE.getByName(provider).giveBack(own.map(({ key }) => key))).ok) answered.push(...own.map((command) => ({ command })));
    }),
    ...chunks(captures).map(async (chunk) => {
      const outcomes = await Promise.all(chunk.map(({ key, item, credits, reason }) => env.WALLET.getByName(book.studio).capture({ key, hold: book.hold, item, credits, reason })));
      outcomes.forEach((outcome, at) => {
        const command = chunk[at];
        if (command && (outcome.ok || outcome.code !== "failed")) answered.push({ command, outcome });
      });
    }),
  ].map((work) => work.catch(() => undefined)));
  const release = commands.find((command) => command.kind === "release");
  if (!release || captures.some((capture) => !answered.some(({ command }) => command === capture))) return answered;
  await env.DB.batch([
    env.DB.prepare("DELETE FROM claims WHERE run = ?1").bind(book.run),
    env.DB.prepare("DELETE FROM open_runs WHERE run = ?1").bind(book.run),
  ]);
  const outcome = await env.WALLET.getByName(book.studio).release({ key: release.key, hold: book.hold, cause: release.cause });
  if (outcome.ok || outcome.code !== "failed") answered.push({ command: release, outcome });
  return answered;
}

const providersOf = (leases: { provider: string }[]): string[] => [...new Set(leases.map(({ provider }) => provider))];

function chunks<T>(all: T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += BATCH_MAX) parts.push(all.slice(at, at + BATCH_MAX));
  return parts;
}

/** Takes in an answer: what was captured, what came back, and where the wallet said no. A run is over only now. */
export function settleAnswer(book: RunBook, fx: Effects, answer: Answered): Standing | null {
  if (!("outcome" in answer)) return null;
  const { command, outcome } = answer;
  if (command.kind === "capture") {
    const job = jobOf(book, command.item);
    if (outcome.ok && job) {
      job.job.captured = command.credits;
      book.captured += command.credits;
      fx.dirty.add(job.step);
      fx.runIsDirty = true;
    } else if (!outcome.ok && outcome.code !== "item_captured") {
      fx.findings.push({ id: `capture:${command.item}`, subject: command.item, detail: `Delivered, and not captured: the wallet answered ${outcome.code}.`, data: { run: book.run, hold: book.hold, credits: command.credits } });
    }
  } else {
    if (!outcome.ok && outcome.code !== "hold_closed") fx.findings.push({ id: `release:${book.hold}`, subject: book.run, detail: `The hold could not be released: the wallet answered ${outcome.code}.`, data: { hold: book.hold } });
    book.returned = book.credits - book.captured;
    book.state = book.settlement ?? "failed";
    book.finishedAt = fx.now;
    book.waitingFor = null;
    book.waitingUntil = null;
    fx.runIsDirty = true;
  }
  return outcome.ok ? { available: outcome.available, held: outcome.held } : null;
}
