import type { Ctx } from "#core/context.ts";
import { inStudio } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { once } from "#core/idempotency.ts";
import { logLine } from "#core/log.ts";
import { toPage } from "#core/page.ts";
import { lastEntry, walletOf } from "#domains/credits/index.ts";
import { administratorIn, adminStudios, isAdministrator, listAdministrators, peopleById, unsettledUntil } from "#domains/identity/index.ts";
import { proposalApproved, proposalMade, proposalRejected, type CreateProposal, type Proposal } from "../contract.ts";
import { noteRow } from "../findings/service.ts";
import { get as getFinding, insertNote } from "../findings/store.ts";
import type { ProposalRow } from "../tables.ts";
import { commandOf, execute } from "./executing.ts";
import * as store from "./store.ts";

const OPEN_MS = 7 * 24 * 3_600_000;

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

const stateNow = (ctx: Ctx, { state, expiresAt }: ProposalRow): ProposalRow["state"] => (state === "proposed" && expiresAt <= ctx.now() ? "expired" : state);

async function toProposals(ctx: Ctx, rows: ProposalRow[]): Promise<Proposal[]> {
  const [people, administrators] = await Promise.all([
    peopleById(ctx, rows.flatMap(({ proposedBy, decidedBy }) => [proposedBy, ...(decidedBy === null ? [] : [decidedBy])])),
    listAdministrators(ctx),
  ]);
  const person = (id: string) => people.get(id) ?? { id, name: "", email: "" };
  return rows.map((row) => {
    const { id, kind, studio, bucket, credits, reason, finding, proposedBy, proposedAt, expiresAt, decidedBy, decidedAt, executedAt, entry, failure } = row;
    const state = stateNow(ctx, row);
    const isAlone = !administrators.some((other) => other.id !== proposedBy);
    return {
      object: "proposal", id, kind, studio, bucket, credits, reason, finding, state,
      waitingFor: state === "approved" ? "The wallet has not answered yet. It is asked again every minute."
        : state !== "proposed" ? null
        : isAlone ? `${person(proposedBy).name} is the only administrator here, and cannot approve what they proposed themselves. It waits for a second one: name another address in ADMIN_EMAILS, or make somebody an administrator.`
        : `It waits for another administrator than ${person(proposedBy).name}.`,
      proposedBy: person(proposedBy), decidedBy: decidedBy === null ? null : person(decidedBy), proposedAt: iso(proposedAt), decidedAt: isoOrNull(decidedAt), expiresAt: iso(expiresAt),
      executedAt: isoOrNull(executedAt), entry, failure,
      actions: state !== "proposed" ? [] : proposedBy === administratorIn(ctx) ? ["reject"] : ["approve", "reject"],
    };
  });
}

export async function getProposal(ctx: Ctx, id: string): Promise<Proposal> {
  administratorIn(ctx);
  const [proposal] = await toProposals(ctx, [await store.get(ctx, id)]);
  if (!proposal) throw new Error("a proposal became none");
  return proposal;
}

export async function listProposals(ctx: Ctx, query: store.ListProposals) {
  administratorIn(ctx);
  const rows = await store.list(ctx, query);
  const page = toPage(rows, query.limit, (row) => row, ({ proposedAt, id }) => [proposedAt, id]);
  return { data: await toProposals(ctx, page.data), nextCursor: page.nextCursor };
}

/** Who decides on money has been an administrator for a while: nobody makes a second one up for the purpose. */
async function requireSettled(ctx: Ctx): Promise<string> {
  const me = administratorIn(ctx);
  const until = await unsettledUntil(ctx, me);
  if (until !== null) throw new AppError("admin.unsettled", `You were made an administrator less than a day ago. Propose and approve from ${iso(until)} on.`, { from: iso(until) });
  return me;
}

const factsOf = ({ id: proposal, studio, kind, credits, reason }: ProposalRow) => ({ proposal, studio, kind, credits, reason });

/** Propose to move money, or to let a frozen wallet go on. Nothing moves before another administrator approves. */
export async function createProposal(ctx: Ctx, input: CreateProposal): Promise<Proposal> {
  const me = await requireSettled(ctx);
  return once(inStudio(ctx, me, "viewer"), {
    operation: "createProposal", kind: "proposal", input,
    create: async (id, remember) => {
      if ((await adminStudios(ctx, [input.studio])).length === 0) throw new AppError("studio.not_found", "There is no such studio. Search them at /api/v1/admin/studios.");
      const finding = input.finding === undefined ? null : await getFinding(ctx, input.finding);
      const row: ProposalRow = {
        id, kind: input.kind, studio: input.studio, bucket: input.kind === "grant" ? input.bucket : null, credits: input.kind === "thaw" ? null : input.credits, upto: null, head: null,
        reason: input.reason, finding: finding?.id ?? null, state: "proposed", proposedBy: me, proposedAt: ctx.now(), expiresAt: ctx.now() + OPEN_MS,
        decidedBy: null, decidedAt: null, command: null, executedAt: null, entry: null, failure: null, ...(input.kind === "thaw" ? await thawOf(ctx, input.studio) : {}),
      };
      const note = finding ? [insertNote(ctx, noteRow(ctx, finding.id, { kind: "proposal", text: `${row.kind} was proposed (${id}): ${row.reason}` }))] : [];
      await commit(ctx, proposalMade(null, id, factsOf(row)), [...remember, store.insert(ctx, row), ...note]);
      return getProposal(ctx, id);
    },
    read: (id) => getProposal(ctx, id),
  });
}

/** Up to which entry a frozen wallet would take over what D1 has: the two who agree, agree on exactly this. */
async function thawOf(ctx: Ctx, studio: string): Promise<{ upto: number; head: string }> {
  const own = await walletOf(ctx, studio).balance();
  if (own.frozen === null) throw new AppError("proposal.impossible", "This wallet is not frozen, so there is nothing to thaw.");
  const last = await lastEntry(ctx, studio);
  return last && last.seq > own.seq ? { upto: last.seq, head: last.hash } : { upto: own.seq, head: own.head };
}

/** Approve what another administrator proposed. The command is stored with the approval, then sent; a repeat moves nothing twice. */
export async function approveProposal(ctx: Ctx, id: string): Promise<Proposal> {
  const me = administratorIn(ctx);
  const row = await store.get(ctx, id);
  if (row.proposedBy === me) throw new AppError("proposal.own", "You proposed this yourself. Another administrator must approve it.");
  await requireSettled(ctx);
  if (row.state !== "proposed") {
    if (row.decidedBy === me && row.state !== "rejected") return getProposal(ctx, id);
    throw new AppError("proposal.decided", `This proposal is ${row.state} already. Read it again.`, { state: row.state });
  }
  if (stateNow(ctx, row) === "expired") throw new AppError("proposal.expired", "Nobody decided on this within seven days. Propose it again.");
  if (!(await isAdministrator(ctx, row.proposedBy))) throw new AppError("proposal.impossible", "Whoever proposed this is no administrator any more. Propose it again, or turn it down.");
  const approved: ProposalRow = { ...row, state: "approved", decidedBy: me, decidedAt: ctx.now(), command: JSON.stringify(commandOf(row)) };
  await commit(ctx, proposalApproved(null, id, factsOf(row)), store.move(ctx, row, { state: "approved", decidedBy: me, decidedAt: approved.decidedAt, command: approved.command }));
  await execute(ctx, approved).catch((error: unknown) => logLine({ evt: "proposal.unsent", proposal: id, error: String(error) }));
  return getProposal(ctx, id);
}

/** Turn a proposal down, or take one's own back. */
export async function rejectProposal(ctx: Ctx, id: string): Promise<Proposal> {
  const me = administratorIn(ctx);
  const row = await store.get(ctx, id);
  if (row.state !== "proposed") {
    if (row.decidedBy === me && row.state === "rejected") return getProposal(ctx, id);
    throw new AppError("proposal.decided", `This proposal is ${row.state} already. Read it again.`, { state: row.state });
  }
  await commit(ctx, proposalRejected(null, id, factsOf(row)), store.move(ctx, row, { state: "rejected", decidedBy: me, decidedAt: ctx.now() }));
  return getProposal(ctx, id);
}
