/** How an approved proposal reaches its wallet: the command is stored, sent, and sent again until the wallet has answered; its key makes it happen once. */
import type { Ctx } from "#core/context.ts";
import { batch, isGuardFailure } from "#core/db.ts";
import { commit } from "#core/events.ts";
import { logLine } from "#core/log.ts";
import { walletOf } from "#domains/credits/index.ts";
import type { ClawBackInput, GrantInput } from "#objects/wallet/commands.ts";
import { proposalExecuted, proposalFailed } from "../contract.ts";
import type { ProposalRow } from "../tables.ts";
import * as store from "./store.ts";

const EXECUTED_MAX = 50;
/** How far back the entry of a command is looked for. */
const ENTRIES_SEARCHED = 500;

export type StoredCommand =
  | ({ type: "grant" } & GrantInput)
  | ({ type: "claw_back" } & ClawBackInput)
  | { type: "thaw"; seq: number; head: string };

/** What the wallet will be sent, exactly. */
export function commandOf({ id, kind, bucket, credits, upto, head, reason }: ProposalRow): StoredCommand {
  if (kind === "thaw") return { type: "thaw", seq: upto ?? 0, head: head ?? "" };
  const key = `proposal:${id}`;
  const moved = { key, credits: credits ?? 0, reason, ref: key };
  return kind === "grant" ? { type: "grant", ...moved, bucket: bucket ?? "promo", expiresAt: null } : { type: "claw_back", ...moved };
}

type Sent = { end: "done"; entry: number | null } | { end: "refused"; why: string } | { end: "again" };

async function send(ctx: Ctx, studio: string, command: StoredCommand): Promise<Sent> {
  const wallet = walletOf(ctx, studio);
  if (command.type === "thaw") {
    const thawed = await wallet.thaw({ seq: command.seq, head: command.head });
    return thawed.ok ? { end: "done", entry: thawed.seq } : { end: "refused", why: thawed.detail };
  }
  const { type, ...input } = command;
  const outcome = type === "grant" ? await wallet.grant(input as GrantInput) : await wallet.clawBack(input);
  if (outcome.ok) return { end: "done", entry: await entryOf(ctx, studio, command.key) };
  if (outcome.code === "failed") return { end: "again" };
  return { end: "refused", why: "detail" in outcome ? outcome.detail : "the wallet knows this decision with another content" };
}

/** The entry that a command made, looked for among the newest. */
async function entryOf(ctx: Ctx, studio: string, key: string): Promise<number | null> {
  const wallet = walletOf(ctx, studio);
  const { seq } = await wallet.balance();
  const entries = await wallet.entries({ after: Math.max(0, seq - ENTRIES_SEARCHED), limit: ENTRIES_SEARCHED });
  return entries.find(({ body }) => (JSON.parse(body) as { key: string | null }).key === key)?.seq ?? null;
}

/** Sends what was approved and notes what became of it. What gets no answer stays approved. */
export async function execute(ctx: Ctx, row: ProposalRow): Promise<void> {
  if (row.state !== "approved" || row.command === null) return;
  const sent = await send(ctx, row.studio, JSON.parse(row.command) as StoredCommand);
  if (sent.end === "again") return;
  const facts = { proposal: row.id, studio: row.studio, kind: row.kind, credits: row.credits, reason: row.reason };
  try {
    if (sent.end === "done") await commit(ctx, proposalExecuted(null, row.id, { ...facts, entry: sent.entry }), store.move(ctx, row, { state: "executed", executedAt: ctx.now(), entry: sent.entry }));
    else await commit(ctx, proposalFailed(null, row.id, { ...facts, failure: sent.why }), store.move(ctx, row, { state: "failed", failure: sent.why }));
  } catch (error) {
    // Somebody else got the same answer and was quicker to note it.
    if (!isGuardFailure(error)) throw error;
  }
}

/** Every minute: what was approved and not acknowledged is sent again, and what nobody decided on expires. */
export async function executeApproved(ctx: Ctx): Promise<void> {
  await batch(ctx.db, [store.expire(ctx)]);
  for (const row of await store.listApproved(ctx, EXECUTED_MAX)) {
    await execute(ctx, row).catch((error: unknown) => logLine({ evt: "proposal.unsent", proposal: row.id, error: String(error) }));
  }
}
