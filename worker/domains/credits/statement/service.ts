import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import type { Account } from "#objects/wallet/entry.ts";
import { keysAddress, publishedKeys } from "../roots/keys.ts";
import { inclusionOf } from "../roots/service.ts";
import { walletOf } from "../service.ts";
import type { StatementQuery } from "./contract.ts";
import { closingText, ENTRIES_MAX, layOut, type Layout, momentsOf, openingText, pageText, type Preamble } from "./rules.ts";

const PAGE_ENTRIES = 1_000;
const SUMMED_ENTRIES = 20_000;

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
const wrong = (pointer: string, detail: string) => new AppError("request.invalid", `Correct ${pointer} and send it again: ${detail}.`, { errors: [{ pointer, detail }] });

/** A statement of the studio's wallet, as its text comes: entries are read from the wallet page by page. */
export async function statementOf(ctx: StudioCtx, query: StatementQuery): Promise<{ filename: string; text: ReadableStream<Uint8Array> }> {
  const wallet = walletOf(ctx, ctx.studio);
  const { timeZone } = await wallet.ceilings();
  const { from, to } = momentsOf(query, timeZone);
  if (from !== null && to !== null && from >= to) throw wrong("query/to", "it must be after `from`");
  // The root first: what it covers is in the log that is read after it.
  const proof = await inclusionOf(ctx, ctx.studio);
  const span = await wallet.span({ from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER });
  const layout = layOut(span, proof?.leaf.seq ?? null);
  if (!layout) throw wrong("query/from", `one statement has at most ${ENTRIES_MAX} entries, and this range has ${span.last - span.first + 1}; ask for a shorter one`);
  const before = layout.start === span.first ? span.before : await hashBefore(ctx, layout.start);
  const root = layout.reachesRoot ? proof : null;
  const signed = root?.leaf.seq ?? 0;
  const preamble: Preamble = {
    wallet: ctx.studio, madeAt: new Date(ctx.now()).toISOString(), from: iso(from), to: iso(to), range: { first: span.first, last: span.last },
    opening: { seq: layout.start - 1, hash: before, stated: layout.start === 1 ? null : await sumsBefore(ctx, layout.start) },
    root, rootless: root ? null : proof ? "the newest root is further from this range than one statement reaches" : "no signed root has this wallet yet",
    unsigned: layout.end > signed ? { from: Math.max(signed + 1, layout.start), why: "not yet under a signed root" } : null,
    keys: { at: keysAddress(ctx), jwks: await publishedKeys(ctx) },
  };
  return { filename: `dailies-statement-${ctx.studio}-${span.first}-${span.last}.json`, text: stream(ctx, preamble, layout) };
}

/** The hash of the entry before one. */
async function hashBefore(ctx: StudioCtx, seq: number): Promise<string> {
  const wallet = walletOf(ctx, ctx.studio);
  if (seq === 1) return (await wallet.span({ from: 0, to: 0 })).before;
  const [entry] = await wallet.entries({ after: seq - 2, limit: 1 });
  if (!entry) throw new Error(`entry ${seq - 1} of ${ctx.studio} is missing`);
  return entry.hash;
}

/** What accounts had before an entry, added up in pieces so that the wallet stays free for others. */
async function sumsBefore(ctx: StudioCtx, seq: number): Promise<Partial<Record<Account, number>>> {
  const sums: Partial<Record<Account, number>> = {};
  for (let after = 0; after < seq - 1; after += SUMMED_ENTRIES) {
    const piece = await walletOf(ctx, ctx.studio).sums({ after, through: Math.min(seq - 1, after + SUMMED_ENTRIES) });
    for (const [account, credits] of Object.entries(piece) as [Account, number][]) sums[account] = (sums[account] ?? 0) + credits;
  }
  return sums;
}

/** A page of entries in memory at a time. What ends early is no JSON, and a verifier says so. */
function stream(ctx: StudioCtx, preamble: Preamble, { start, end }: Layout): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let last = { seq: start - 1, hash: preamble.opening.hash };
  let isOpened = false;
  return new ReadableStream({
    async pull(controller) {
      if (!isOpened) {
        isOpened = true;
        return controller.enqueue(encoder.encode(openingText(preamble)));
      }
      if (last.seq >= end) {
        controller.enqueue(encoder.encode(closingText(last)));
        return controller.close();
      }
      const entries = await walletOf(ctx, ctx.studio).entries({ after: last.seq, limit: Math.min(PAGE_ENTRIES, end - last.seq) });
      const newest = entries.at(-1);
      if (!newest) throw new Error(`entry ${last.seq + 1} of ${ctx.studio} is missing`);
      controller.enqueue(encoder.encode(pageText(entries, last.seq === start - 1 ? "first" : "later")));
      last = { seq: newest.seq, hash: newest.hash };
    },
  });
}
