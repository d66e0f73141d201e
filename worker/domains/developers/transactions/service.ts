import { inStudio, type Actor, type Ctx, type StudioCtx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { sha256 } from "#core/encoding.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { isId } from "#core/id.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import { placeOfJob, placeOfRun } from "#domains/generation/index.ts";
import { studioById } from "#domains/identity/index.ts";
import { findProject, requireProject } from "#domains/projects/index.ts";
import { tokensAgreed, tokensDiscrepancy, transactionRecorded, type ProjectTokens, type RecordTransaction, type Transaction, type TransactionKind } from "../contract.ts";
import { requirePartner } from "../partners/service.ts";
import type { TokenTotalRow, TransactionRow } from "../tables.ts";
import { differs } from "./rules.ts";
import * as store from "./store.ts";

/** Clocks differ: what happened a little later than now is believed. */
const AHEAD_MS_MAX = 5 * 60_000;

type Sender = Extract<Actor, { kind: "partner" }>;

const toTransaction = ({ row, name }: store.NamedTransaction): Transaction => {
  const { id, kind, partner, studio, reference, amountCents, currency, description, project, run, job, provider, model, estimatedTokens, actualTokens } = row;
  return {
    object: "transaction", id, kind, partner: { id: partner, name }, studio, reference, amountCents, currency, description, project, run, job, provider, model,
    estimatedTokens, actualTokens, occurredAt: new Date(row.occurredAt).toISOString(), recordedAt: new Date(row.recordedAt).toISOString(),
  };
};

function senderOf(ctx: Ctx): Sender {
  if (ctx.actor.kind !== "partner") throw new Error("only a partner's signature lets anybody here");
  return ctx.actor;
}

/**
 * Write down what a partner tells of: a payment that was made elsewhere, or tokens that a provider measured. No credit moves by it. The
 * same key and the same body answer what was recorded; everything that names something which is not the studio's answers alike.
 */
export async function recordTransaction(ctx: Ctx, key: string, input: RecordTransaction): Promise<Transaction> {
  const sender = senderOf(ctx);
  if (!sender.kinds.includes(input.kind)) throw new AppError("partner.kind_refused", `This partner may record ${sender.kinds.join(" and ")} only.`, { kinds: sender.kinds });
  const inputHash = await sha256(JSON.stringify(input));
  const known = await store.findByKey(ctx, sender.partner, key);
  if (known) return replay(known, inputHash);
  const row: TransactionRow = { ...await rowOf(ctx, sender, input), idempotencyKey: key, inputHash };
  const { id, partner, kind, project, provider, model } = row;
  try {
    await commit(ctx, transactionRecorded(row.studio, id, { transaction: id, partner, kind, project, provider, model }), store.insertTransaction(ctx, row));
  } catch (error) {
    if (!isDuplicate(error, "transactions")) throw error;
    const winner = await store.findByKey(ctx, partner, key);
    if (winner) return replay(winner, inputHash);
    const other = await store.findByReference(ctx, partner, row.reference);
    throw new AppError("transaction.reference_used", `You recorded ${row.reference} before, under another key. Each reference is recorded once.`, { transaction: other?.row.id });
  }
  return toTransaction({ row, name: (await requirePartner(ctx, partner)).name });
}

function replay(known: store.NamedTransaction, inputHash: string): Transaction {
  if (known.row.inputHash !== inputHash) throw new AppError("request.key_reused", "Send a new Idempotency-Key for a new transaction.", { transaction: known.row.id });
  return toTransaction(known);
}

async function rowOf(ctx: Ctx, sender: Sender, input: RecordTransaction): Promise<Omit<TransactionRow, "idempotencyKey" | "inputHash">> {
  const occurredAt = Date.parse(input.occurredAt);
  if (occurredAt > ctx.now() + AHEAD_MS_MAX) throw new AppError("request.invalid", "Correct /occurredAt: it has not happened yet.", { errors: [{ pointer: "/occurredAt", detail: "is in the future" }] });
  const place = await placeOf(ctx, sender, input);
  const isPayment = input.kind === "payment";
  return {
    id: ctx.newId("transaction"), partner: sender.partner, studio: input.studio, kind: input.kind, reference: input.reference, ...place,
    amountCents: isPayment ? input.amountCents : null, currency: isPayment ? input.currency : null, description: (isPayment ? input.description : undefined) ?? null,
    provider: isPayment ? null : input.provider, model: isPayment ? null : input.model,
    estimatedTokens: isPayment ? null : input.estimatedTokens, actualTokens: isPayment ? null : input.actualTokens, occurredAt, recordedAt: ctx.now(),
  };
}

interface Place {
  project: string | null;
  run: string | null;
  job: string | null;
}

/** Where a token use belongs: a job names its run, and a run its project, so the rest need not be sent; what is sent must fit. */
async function placeOf(ctx: Ctx, { studio: own }: Sender, input: RecordTransaction): Promise<Place> {
  const missing = new AppError("transaction.target_not_found", "There is no such studio for this partner, or no such project, run or job in it.");
  if ((own !== null && own !== input.studio) || !isId("studio", input.studio) || !(await studioById(ctx, input.studio))) throw missing;
  if (input.kind === "payment") return { project: null, run: null, job: null };
  const studioCtx = inStudio(ctx, input.studio, "viewer");
  const place: Place = { project: input.project ?? null, run: input.run ?? null, job: input.job ?? null };
  if (place.job !== null) {
    const found = await placeOfJob(studioCtx, place.job);
    if (!found || (place.run ?? found.run) !== found.run) throw missing;
    place.run = found.run;
  }
  if (place.run !== null) {
    const found = await placeOfRun(studioCtx, place.run);
    if (!found || (place.project ?? found.project) !== found.project) throw missing;
    place.project = found.project;
  }
  // What was deleted used its tokens nevertheless.
  if (place.project !== null && !(await findProject(studioCtx, place.project))) throw missing;
  return place;
}

export interface ListTransactions extends PageQuery {
  kind?: TransactionKind | undefined;
  project?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

async function page(ctx: Ctx, of: store.ListFilter["of"], { limit, cursor, kind, project, from, to }: ListTransactions) {
  const position = cursor === undefined ? null : decodeCursor(cursor, 2);
  const after = position && { recordedAt: Number(position[0]), id: String(position[1]) };
  const time = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  const rows = await store.listTransactions(ctx, { of, kind, project, from: time(from), to: time(to), after, limit: limit + 1 });
  return toPage(rows, limit, toTransaction, ({ row }) => [row.recordedAt, row.id]);
}

/** What partners recorded for this studio, the last first. */
export const listTransactions = (ctx: StudioCtx, query: ListTransactions) => page(ctx, { studio: ctx.studio }, query);

/** What one partner recorded, for whichever studio. */
export async function listOfPartner(ctx: Ctx, id: string, query: ListTransactions) {
  return page(ctx, { partner: (await requirePartner(ctx, id)).id }, query);
}

/** Tokens that a project was expected to use and used, as its partners measured them. */
export async function getProjectTokens(ctx: StudioCtx, id: string): Promise<ProjectTokens> {
  await requireProject(ctx, id);
  const rows = await store.listTotals(ctx, ctx.studio, id);
  const sum = (of: "estimated" | "actual") => rows.reduce((total, row) => total + row[of], 0);
  const counted = (both: { estimated: number; actual: number }) => ({ ...both, difference: both.actual - both.estimated, differs: differs(both) });
  return {
    object: "token_use", project: id, ...counted({ estimated: sum("estimated"), actual: sum("actual") }),
    byModel: rows.map(({ provider, model, uses, estimated, actual }) => ({ provider, model, uses, ...counted({ estimated, actual }) })),
  };
}

/** Says so once when a model's tokens go far from their estimate, and once when they are near it again. */
export async function compareTokens(ctx: Ctx, of: Pick<TokenTotalRow, "project" | "provider" | "model">): Promise<void> {
  const row = await store.findTotal(ctx, of);
  if (!row || differs(row) === row.differs) return;
  const { studio, project, provider, model, estimated, actual } = row;
  const event = row.differs ? tokensAgreed : tokensDiscrepancy;
  try {
    await commit(ctx, event(studio, project, { project, provider, model, estimated, actual }), store.setDiffers(ctx, row, !row.differs));
  } catch (error) {
    // Another use was recorded meanwhile, and is compared when it is heard of.
    if (!(error instanceof AppError && error.code === "resource.changed")) throw error;
  }
}
