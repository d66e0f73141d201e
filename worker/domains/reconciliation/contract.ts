import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";

export const severities = ["info", "warning", "critical"] as const;
export const findingStates = ["open", "resolved"] as const;
export const runStates = ["running", "succeeded", "failed"] as const;
export const proposalKinds = ["grant", "claw_back", "thaw"] as const;
export const proposalStates = ["proposed", "approved", "rejected", "expired", "executed", "failed"] as const;
/** What may be given by hand: what is bought with money, what is a present, and what buys visibility. */
export const grantBuckets = ["promo", "boost", "purchased"] as const;
/** The most that one proposal moves. */
export const PROPOSAL_CREDITS_MAX = 10_000_000;
/** The scope of a run that compares everything. */
export const PLATFORM = "platform";

const time = z.iso.datetime();
const words = (most: number) => z.string().trim().min(3).max(most).refine((text) => text.isWellFormed(), "must be well-formed text");
const Person = z.object({ id: z.string(), name: z.string(), email: z.string() }).meta({ id: "AdministratorName" });

export const CheckResult = z.object({
  check: z.string(), name: z.string(), state: z.enum(["waiting", "running", "done", "failed"]),
  examined: z.int().meta({ description: "Entries, jobs, files: whatever it compares" }), differences: z.int(), repaired: z.int(),
}).meta({ id: "CheckResult" });

export const ReconciliationRun = z.object({
  object: z.literal("reconciliation"), id: z.string(), scope: z.enum(["studio", "platform"]), studio: z.string().nullable(), cause: z.enum(["night", "asked"]), state: z.enum(runStates),
  examined: z.int(), differences: z.int(), repaired: z.int(), checks: z.array(CheckResult), problem: z.string().nullable(), startedAt: time, finishedAt: time.nullable(),
}).meta({ id: "Reconciliation" });
export type ReconciliationRun = z.infer<typeof ReconciliationRun>;

/** What a studio sees of a finding about itself. */
export const StudioFinding = z.object({
  object: z.literal("finding"), id: z.string(), check: z.string(), severity: z.enum(severities), state: z.enum(findingStates), project: z.string().nullable(),
  subject: z.string().meta({ description: "The run, job, hold, file or wallet that it is about" }), entry: z.int().nullable().meta({ description: "The number of the wallet's entry" }),
  credits: z.int().nullable().meta({ description: "By how much it is wrong" }), explanation: z.string(), at: time, seenAt: time, repairedAt: time.nullable(), resolvedAt: time.nullable(),
}).meta({ id: "StudioFinding" });
export type StudioFinding = z.infer<typeof StudioFinding>;

export const Finding = StudioFinding.extend({
  studio: z.string().nullable(), detail: z.string(), data: z.record(z.string(), z.unknown()), run: z.string().nullable(), resolution: z.string().nullable(), resolvedBy: z.string().nullable().meta({ description: "The administrator; null where it closed by itself" }),
  actions: z.array(z.enum(["resolve", "reopen", "propose"])),
}).meta({ id: "Finding" });
export type Finding = z.infer<typeof Finding>;

export const FindingNote = z.object({ object: z.literal("note"), id: z.string(), kind: z.enum(["note", "resolved", "reopened", "proposal"]), author: Person, text: z.string(), at: time }).meta({ id: "FindingNote" });
export const FindingWithNotes = Finding.extend({ notes: z.array(FindingNote) }).meta({ id: "FindingWithNotes" });
export const WriteNote = z.object({ note: words(2_000) }).meta({ id: "WriteNote" });

export const StudioReconciliation = ReconciliationRun.extend({ findings: z.array(StudioFinding).meta({ description: "What is open in the studio, newest first" }) }).meta({ id: "StudioReconciliation" });
export const StartReconciliation = z.object({ studio: z.string().optional().meta({ description: "Only this studio; without it everything" }) }).meta({ id: "StartReconciliation" });

const money = { studio: z.string(), credits: z.int().min(1).max(PROPOSAL_CREDITS_MAX), reason: words(200), finding: z.string().max(200).optional() };
export const CreateProposal = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("grant"), ...money, bucket: z.enum(grantBuckets) }),
  z.object({ kind: z.literal("claw_back"), ...money }),
  z.object({ kind: z.literal("thaw"), studio: money.studio, reason: money.reason, finding: money.finding }),
]).meta({ id: "CreateProposal" });
export type CreateProposal = z.infer<typeof CreateProposal>;
export const CreateGrant = z.object({ ...money, bucket: z.enum(grantBuckets) }).meta({ id: "CreateGrant" });

export const Proposal = z.object({
  object: z.literal("proposal"), id: z.string(), kind: z.enum(proposalKinds), studio: z.string(), bucket: z.enum(grantBuckets).nullable(), credits: z.int().nullable(), reason: z.string(), finding: z.string().nullable(),
  state: z.enum(proposalStates), waitingFor: z.string().nullable().meta({ description: "What it waits for, in words" }),
  proposedBy: Person, decidedBy: Person.nullable(), proposedAt: time, decidedAt: time.nullable(), expiresAt: time, executedAt: time.nullable(),
  entry: z.int().nullable().meta({ description: "The entry that it made in the wallet" }), failure: z.string().nullable().meta({ description: "Why the wallet refused it" }),
  actions: z.array(z.enum(["approve", "reject"])).meta({ description: "What whoever asks may do" }),
}).meta({ id: "Proposal" });
export type Proposal = z.infer<typeof Proposal>;

export const ImportStatement = z.object({
  provider: z.string().min(1).max(60), period: z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/).meta({ description: "A month or a day, in UTC", example: "2027-02" }),
  csv: z.string().max(8_000_000).optional().meta({ description: "With a header line: id, model, status, cost_micros, created_at. Without it the provider is asked" }),
}).meta({ id: "ImportStatement" });
export const Statement = z.object({
  object: z.literal("statement"), id: z.string(), provider: z.string(), period: z.string(), source: z.enum(["csv", "api"]), charges: z.int(),
  costMicros: z.int().meta({ description: "Millionths of a dollar" }), importedBy: z.string(), importedAt: time,
}).meta({ id: "ProviderStatement" });
export type Statement = z.infer<typeof Statement>;

export const AdminWallet = z.object({
  object: z.literal("admin_wallet"), studio: z.string(), handle: z.string().nullable(), available: z.int(), held: z.int(), debt: z.int(), spent: z.int(),
  frozen: z.string().nullable().meta({ description: "Why the wallet takes no commands" }), seq: z.int(), head: z.string(),
  projected: z.object({ seq: z.int(), head: z.string(), at: time }).meta({ description: "As far as D1 has it" }),
  lag: z.int().meta({ description: "Entries that D1 lacks; negative where it has more than the wallet" }),
}).meta({ id: "AdminWallet" });
export type AdminWallet = z.infer<typeof AdminWallet>;

export const Lot = z.object({ object: z.literal("lot"), id: z.int(), bucket: z.string(), available: z.int(), held: z.int(), expiresAt: time.nullable(), graceOf: z.int().nullable() }).meta({ id: "Lot" });

export const ProjectReconciliation = z.object({
  object: z.literal("project_reconciliation"), project: z.string(), status: z.enum(["balanced", "checking", "finding"]), checkedAt: time.nullable().meta({ description: "When the last comparison ended" }),
  credits: z.object({ quoted: z.int(), captured: z.int(), returned: z.int(), inLedger: z.int().meta({ description: "Captured for this project, by the wallet's entries" }) }),
  seconds: z.object({ estimated: z.object({ p50: z.number(), p90: z.number() }), actual: z.number() }).meta({ description: "Over its runs that succeeded" }),
  runs: z.int(), findings: z.array(StudioFinding),
}).meta({ id: "ProjectReconciliation" });
export type ProjectReconciliation = z.infer<typeof ProjectReconciliation>;

const reasoned = { reason: z.string() };
export const reconciliationStarted = defineEvent("reconciliation.started", z.object({ scope: z.string(), cause: z.string() }));
export const reconciliationFinished = defineEvent("reconciliation.finished", z.object({ scope: z.string(), state: z.string(), differences: z.int(), repaired: z.int() }));
export const findingResolved = defineEvent("finding.resolved", z.object({ finding: z.string(), ...reasoned }));
export const findingReopened = defineEvent("finding.reopened", z.object({ finding: z.string(), ...reasoned }));
export const findingNoted = defineEvent("finding.noted", z.object({ finding: z.string(), ...reasoned }));
/** Critical findings that one administrator is to be told of. */
export const findingsAlarmed = defineEvent("findings.alarmed", z.object({ to: z.string(), findings: z.array(z.string()) }));
const ofProposal = z.object({ proposal: z.string(), studio: z.string(), kind: z.string(), credits: z.int().nullable(), ...reasoned });
export const proposalMade = defineEvent("proposal.made", ofProposal);
export const proposalApproved = defineEvent("proposal.approved", ofProposal);
export const proposalRejected = defineEvent("proposal.rejected", ofProposal);
export const proposalExecuted = defineEvent("proposal.executed", ofProposal.extend({ entry: z.int().nullable() }));
export const proposalFailed = defineEvent("proposal.failed", ofProposal.extend({ failure: z.string() }));
export const statementImported = defineEvent("statement.imported", z.object({ statement: z.string(), provider: z.string(), period: z.string(), charges: z.int() }));
