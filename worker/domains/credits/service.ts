import type { z } from "zod";
import type { Ctx, StudioCtx } from "#core/context.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import { isPersonal } from "#domains/identity/index.ts";
import { buckets, SIGNUP_CREDITS, type Bucket, type Entry, type Hold, type Wallet } from "./contract.ts";
import * as store from "./store.ts";

type Entry = z.infer<typeof Entry>;
type Hold = z.infer<typeof Hold>;

const iso = (at: number): string => new Date(at).toISOString();

/** The object that keeps a studio's credits. */
export const walletOf = (ctx: Ctx, studio: string) => ctx.env.WALLET.getByName(studio);

/**
 * The free plan's credits of a new studio. They are promotional and do not expire. The key makes them once, however often this is
 * called; throws where the wallet cannot take them now, so that the caller comes again.
 */
export async function grantSignup(ctx: Ctx, studio: string): Promise<void> {
  const outcome = await walletOf(ctx, studio).grant({ key: `signup:${studio}`, bucket: "promo", credits: SIGNUP_CREDITS, expiresAt: null, reason: "free plan", ref: `signup:${studio}` });
  if (!outcome.ok) throw new Error(`the sign-up grant of ${studio} was refused: ${outcome.code}`);
}

/** What the studio has, from the wallet itself. */
export async function getWallet(ctx: StudioCtx): Promise<Wallet> {
  const wallet = walletOf(ctx, ctx.studio);
  let standing = await wallet.balance();
  // Whoever looks in the moment after signing up must not see nothing: the grant is keyed, so it does not matter who comes first.
  if (standing.seq === 0 && (await isPersonal(ctx, ctx.studio))) {
    await grantSignup(ctx, ctx.studio);
    standing = await wallet.balance();
  }
  const { available, held, debt, spent, buckets: parts } = standing;
  return {
    object: "wallet", studio: ctx.studio, available, held, debt, spent,
    buckets: parts.map(({ bucket, nextExpiry, ...part }) => ({ bucket, available: part.available, held: part.held, nextExpiryAt: nextExpiry === null ? null : iso(nextExpiry) })),
  };
}

/** The wallet's log, the newest first. */
export async function listEntries(ctx: StudioCtx, { limit, cursor }: PageQuery) {
  const before = cursor === undefined ? null : Number(decodeCursor(cursor, 1)[0]);
  const rows = await store.listEntries(ctx, before, limit + 1);
  const first = rows[0];
  const standing = first ? await store.standingAt(ctx, first.entry.seq) : { available: 0, held: 0 };
  return toPage(rows, limit, ({ entry, run, project }): Entry => {
    const after = { ...standing };
    standing.available -= entry.available;
    standing.held -= entry.held;
    return {
      object: "entry", seq: entry.seq, kind: entry.kind, credits: entry.available, bucket: bucketIn(entry.body), hold: entry.hold, run, job: entry.item, project,
      reason: entry.reason ?? "", availableAfter: after.available, heldAfter: after.held, hash: entry.hash, at: iso(entry.at),
    };
  }, ({ entry }) => [entry.seq]);
}

/** The bucket that an entry moved credits of, where it is only one. */
function bucketIn(body: string): Bucket | null {
  const { postings } = JSON.parse(body) as { postings: { account: string }[] };
  const moved = buckets.filter((bucket) => postings.some(({ account }) => account === bucket));
  return moved.length === 1 ? (moved[0] ?? null) : null;
}

/** Reservations of credits by runs, the newest first. */
export async function listHolds(ctx: StudioCtx, { limit, cursor }: PageQuery) {
  const position = cursor === undefined ? null : decodeCursor(cursor, 2);
  const after = position && { openedAt: Number(position[0]), hold: String(position[1]) };
  return toPage(await store.listHolds(ctx, after, limit + 1), limit, toHold, ({ openedAt, hold }) => [openedAt, hold]);
}

function toHold({ hold, state, credits, captured, remaining, run, project, openedAt, expiresAt, closedAt }: store.HoldRow): Hold {
  const wire = state === "open" || state === "expired" ? state : captured > 0 ? "captured" : "released";
  return {
    object: "hold", id: hold, state: wire, credits, captured, returned: state === "open" ? 0 : credits - captured - remaining, run, project,
    createdAt: iso(openedAt), expiresAt: iso(expiresAt), closedAt: closedAt === null ? null : iso(closedAt),
  };
}
