/** What the ledger must have of a run that was gone through again: its hold, each capture, and what ended the hold. Pure. */
import type { Command } from "#objects/run/book.ts";
import { HOLD_MARGIN_MS, holdIdOf } from "#objects/run/opening.ts";
import type { Recorded } from "#objects/run/replay.ts";
import type { Answered } from "#objects/run/settling.ts";
import { projectOf } from "#objects/run/snapshot.ts";
import type { Account, Entry } from "#objects/wallet/entry.ts";

/** Entries as a record has them: the texts that the wallet wrote. */
export type Written = readonly { seq: number; body: string }[];

/** How the hold's entries differ from those that the run, gone through again, asks for. None: they are the same, entry by entry. */
export function ledgerDifferences(record: Recorded & { entries: Written }, commands: readonly Command[]): string[] {
  const entries = record.entries.map(({ body }) => JSON.parse(body) as Entry).toSorted((a, b) => a.seq - b.seq);
  const [asked, written] = [askedFor(record, commands), entries.map(textOf)];
  const missing = without(asked, written).map((text) => `the run asks for what the ledger has not: ${text}`);
  const besides = without(written, asked).map((text) => `the ledger has what the run does not ask for: ${text}`);
  const moves = entries.map(({ kind }) => kind);
  const isOutOfOrder = moves.slice(1).includes("hold") || moves.slice(0, -1).some((kind) => kind === "release" || kind === "hold_expired");
  return [...missing, ...besides, ...(isOutOfOrder ? [`the hold's entries stand in another order: ${moves.join(", ")}`] : [])];
}

/** An entry by what a command decides of it: not its number, its time or the lots that its credits are of. */
function textOf(entry: Entry): string {
  const { kind, key, item, reason, expiresAt, ref, hold } = entry;
  switch (kind) {
    case "hold":
      return holdText({ key, hold, credits: sumOf(entry, "held"), expiresAt, ref });
    case "capture":
      return `capture of ${sumOf(entry, "spent")} for ${item} (${reason}), key ${key}`;
    case "release":
      return `release of ${-sumOf(entry, "held")}: ${reason}`;
    case "hold_expired":
      return `release of ${-sumOf(entry, "held")}: expired`;
    default:
      return `${kind} of ${item}: ${reason}`;
  }
}

const holdText = ({ key, hold, credits, expiresAt, ref }: Pick<Entry, "key" | "hold" | "expiresAt" | "ref"> & { credits: number }): string => {
  const { run = null, project = null, member = null, apiKey = null } = typeof ref === "object" && ref !== null ? ref : {};
  return `hold ${hold} of ${credits} until ${expiresAt} for ${JSON.stringify([run, project, member, apiKey])}, key ${key}`;
};

const sumOf = ({ postings }: Entry, account: Account): number => postings.reduce((sum, posting) => sum + (posting.account === account ? posting.credits : 0), 0);

/** The entries that the run's opening and its commands make, given what the wallet refused. */
function askedFor({ opening, snapshot, rows }: Recorded, commands: readonly Command[]): string[] {
  const { input, at } = opening;
  const hold = holdIdOf(opening);
  const refused = refusalsIn(rows);
  const captures = commands.filter((command) => command.kind === "capture");
  const made = captures.filter(({ key }) => !refused.has(key));
  const captured = made.reduce((sum, { credits }) => sum + credits, 0);
  return [
    holdText({ key: `hold:${hold}`, hold, credits: snapshot.credits, expiresAt: at + snapshot.deadlineMs + HOLD_MARGIN_MS, ref: { run: input.run, project: projectOf(snapshot), ...input.actor } }),
    ...made.map(({ credits, item, reason, key }) => `capture of ${credits} for ${item} (${reason}), key ${key}`),
    ...commands.flatMap((command) => (command.kind === "release" ? [`release of ${snapshot.credits - captured}: ${refused.get(command.key) ?? command.cause}`] : [])),
  ];
}

/** Commands that the wallet said no to, as the run was told, by key. A release that came to a hold which had ended says how that ended. */
function refusalsIn(rows: Recorded["rows"]): Map<string, string | null> {
  const answers = rows.flatMap(({ data }) => {
    const { told } = JSON.parse(data) as { told?: { call: string; answer?: Answered } };
    return told?.call === "settle" && told.answer && "outcome" in told.answer ? [told.answer] : [];
  });
  return new Map(answers.flatMap(({ command, outcome }) => (outcome.ok ? [] : [[command.key, "state" in outcome ? outcome.state : null] as const])));
}

/** What of these stands in no place of the others, each of which counts once. */
function without(some: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return some.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
