import type { Ctx } from "#core/context.ts";
import { projectedEntries, removeEntries, rewriteEntries, walletOf, type ProjectedEntry } from "#domains/credits/index.ts";
import type { Entry, StoredEntry } from "#objects/wallet/entry.ts";
import { isTrueEntry, toEntryRow } from "#objects/wallet/projection.ts";
import { compareEntries, creditsIn, type EntryFault } from "../../comparing/entries.ts";
import type { Difference } from "../check.ts";
import { inWallet, type Compared } from "./part.ts";

const PAGE = 1_000;
/** What the wallet wrote so shortly before is on its way. */
export const YOUNG_MS = 10 * 60_000;

/** A page of the copy against the log. The copy is read first: whatever it has then, the wallet had before. */
export async function compareLog(ctx: Ctx, { wallet, seq: after }: { wallet: string; seq: number }): Promise<Compared> {
  const object = walletOf(ctx, wallet);
  const copied = await projectedEntries(ctx, wallet, { after, limit: PAGE });
  const log = await object.entries({ after, limit: PAGE });
  const isLast = log.length < PAGE;
  const until = isLast ? Infinity : (log.at(-1)?.seq ?? 0);
  const rows = copied.filter(({ seq }) => seq <= until);
  const faults = compareEntries(wallet, log, rows).filter((fault) => fault.kind !== "missing" || !isYoung(ctx, log, fault.seq));
  const found = await Promise.all(faults.map((fault) => judge(ctx, { wallet, fault, log, rows })));
  const last = Math.max(log.at(-1)?.seq ?? 0, isLast ? (copied.at(-1)?.seq ?? 0) : 0);
  return {
    examined: log.length, differences: found.map(({ difference }) => difference),
    repairs: [...rewriteEntries(ctx, wallet, found.flatMap(({ write }) => write ?? [])), ...removeEntries(ctx, wallet, found.flatMap(({ remove }) => remove ?? []))],
    next: isLast && copied.length < PAGE ? null : { seq: last },
  };
}

const isYoung = (ctx: Ctx, log: readonly StoredEntry[], seq: number): boolean => {
  const entry = log.find((each) => each.seq === seq);
  return entry !== undefined && (JSON.parse(entry.body) as Entry).at > ctx.now() - YOUNG_MS;
};

interface Judged {
  difference: Difference;
  write?: ProjectedEntry;
  remove?: number;
}

async function judge(ctx: Ctx, { wallet, fault, log, rows }: { wallet: string; fault: EntryFault; log: readonly StoredEntry[]; rows: readonly ProjectedEntry[] }): Promise<Judged> {
  const { seq } = fault;
  const entry = log.find((each) => each.seq === seq);
  const row = rows.find((each) => each.seq === seq);
  const about = { ...inWallet(wallet), entry: seq };
  if (fault.kind === "extra" && row) return judgeExtra(ctx, { wallet, row, of: fault.of });
  if (!entry) throw new Error(`a fault of entry ${seq} is about none`);
  const write = toEntryRow(entry);
  if (!isTrueEntry(wallet, entry)) {
    return {
      difference: {
        ...about, key: `damaged ${seq}`, severity: "critical", credits: creditsIn(write), detail: "the wallet's own entry is damaged, and D1 has another one", data: row ? { inD1: row.body.slice(0, 1_000) } : {},
        explanation: `Entry ${seq} in the wallet itself is not as it was written. The copy has another one, which is kept as evidence; nothing is written anew.`,
      },
    };
  }
  if (fault.kind === "missing") {
    return {
      write, difference: {
        ...about, key: `missing ${seq}`, severity: "warning", credits: creditsIn(write), detail: "D1 lacks the entry", repaired: "now",
        explanation: `Entry ${seq} was missing from the copy that lists and figures are read from. The wallet itself has it, so no credits were lost; the copy was written anew.`,
      },
    };
  }
  const moved = row ? Math.max(Math.abs(row.available - write.available), Math.abs(row.held - write.held), Math.abs(row.spent - write.spent)) : 0;
  const what = fault.kind === "altered" ? fault.what : "row";
  if (row && fault.kind === "altered" && fault.isRival) {
    await walletOf(ctx, wallet).poke({ seq, head: row.hash });
    return {
      difference: {
        ...about, key: `rival ${seq}`, severity: "critical", credits: moved, detail: "D1 has another true entry in its place", data: { inD1: row.body.slice(0, 1_000), hashInD1: row.hash },
        explanation: `Two different entries ${seq} exist, and both are whole: the wallet's object was restored and went on, or its log or the copy was written anew. The wallet is frozen. A person must find out which is right; no thaw mends a fork.`,
      },
    };
  }
  return {
    write, difference: {
      ...about, key: `altered ${seq}`, severity: "critical", credits: moved, detail: `the ${what} of the entry differs in D1: somebody or something changed a row of the database`, data: row ? { inD1: row.body.slice(0, 1_000), hashInD1: row.hash } : {}, repaired: "now",
      explanation: `Entry ${seq} stood in the copy with another content than the wallet wrote. The wallet is the truth and was not touched; the copy was written anew.`,
    },
  };
}

/** A row beyond the log: an entry that the wallet lost, or one that somebody made up, doubled or moved here. */
async function judgeExtra(ctx: Ctx, { wallet, row, of }: { wallet: string; row: ProjectedEntry; of: { wallet: string; seq: number } | null }): Promise<Judged> {
  const about = { ...inWallet(wallet), entry: row.seq, credits: creditsIn(row), data: { inD1: row.body.slice(0, 1_000), hashInD1: row.hash }, severity: "critical" as const };
  if (isTrueEntry(wallet, row)) {
    await walletOf(ctx, wallet).poke({ seq: row.seq, head: row.hash });
    return {
      difference: {
        ...about, key: `ahead ${row.seq}`, detail: "D1 has an entry that the wallet lacks",
        explanation: `D1 has entry ${row.seq}, which the wallet itself lacks: its object was restored to an earlier state, or somebody made the entry up. The wallet is frozen, so that its log does not fork. Two administrators may let it take the entries over.`,
      },
    };
  }
  const origin = of === null ? "It is no entry at all." : of.wallet !== wallet ? `It is entry ${of.seq} of ${of.wallet}.` : `It is entry ${of.seq} of the same wallet once more.`;
  return {
    remove: row.seq, difference: {
      ...about, key: `extra ${row.seq}`, detail: `D1 has a row that the wallet never wrote: ${origin}`, repaired: "now",
      explanation: `A row stood in the copy as entry ${row.seq} that the wallet never wrote. It was taken away; the wallet was not touched.`,
    },
  };
}
