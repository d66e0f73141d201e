import type { Administrator, CheckResult, FindingNote, FindingState, GrantBucket, Proposal, ProposalKind, ProposalState, ProviderModel, Reconciliation, Severity, Statement, TransactionKind } from "#lib/api/admin.ts";
import { formatNumber } from "#lib/format/format.ts";
import * as m from "#lib/paraglide/messages.js";
import { getLocale } from "#lib/paraglide/runtime.js";

type Words<Name extends string> = Record<Name, () => string>;
type Marks<Name extends string> = Record<Name, string>;

const severity: Words<Severity> = { critical: m.admin_severity_critical, warning: m.admin_severity_warning, info: m.admin_severity_info };
export const severities: Severity[] = ["critical", "warning", "info"];
export const severityName = (value: Severity): string => severity[value]();
export const severityMark: Marks<Severity> = { critical: "pill--failed", warning: "pill--stale", info: "" };
export const isSeverity = (value: string | null): value is Severity => value !== null && Object.hasOwn(severity, value);

const finding: Words<FindingState> = { open: m.admin_finding_open, resolved: m.admin_finding_resolved };
export const findingStateName = (value: FindingState): string => finding[value]();
export const findingMark: Marks<FindingState> = { open: "pill--running", resolved: "pill--done" };
export const isFindingState = (value: string | null): value is FindingState => value !== null && Object.hasOwn(finding, value);

const note: Words<FindingNote["kind"]> = { note: m.admin_note_note, resolved: m.admin_note_resolved, reopened: m.admin_note_reopened, proposal: m.admin_note_proposal };
export const noteName = (kind: FindingNote["kind"]): string => note[kind]();

const run: Words<Reconciliation["state"]> = { running: m.admin_run_running, succeeded: m.admin_run_succeeded, failed: m.admin_run_failed };
export const reconciliationState = (value: Reconciliation["state"]): string => run[value]();
export const reconciliationMark: Marks<Reconciliation["state"]> = { running: "pill--running", succeeded: "pill--done", failed: "pill--failed" };
export const causeName = (cause: Reconciliation["cause"]): string => (cause === "night" ? m.admin_cause_night() : m.admin_cause_asked());

const check: Words<CheckResult["state"]> = { waiting: m.admin_check_waiting, running: m.admin_check_running, done: m.admin_check_done, failed: m.admin_check_failed };
export const checkState = (value: CheckResult["state"]): string => check[value]();
export const checkMark: Marks<CheckResult["state"]> = { waiting: "", running: "pill--running", done: "pill--done", failed: "pill--failed" };

const kind: Words<ProposalKind> = { grant: m.admin_kind_grant, claw_back: m.admin_kind_claw_back, thaw: m.admin_kind_thaw };
export const proposalKinds: ProposalKind[] = ["grant", "claw_back", "thaw"];
export const kindName = (value: ProposalKind): string => kind[value]();
export const isProposalKind = (value: string | null): value is ProposalKind => value !== null && Object.hasOwn(kind, value);

const proposal: Words<ProposalState> = {
  proposed: m.admin_proposal_proposed, approved: m.admin_proposal_approved, rejected: m.admin_proposal_rejected, expired: m.admin_proposal_expired, executed: m.admin_proposal_executed, failed: m.admin_proposal_failed,
};
export const proposalStates: ProposalState[] = ["proposed", "approved", "executed", "rejected", "expired", "failed"];
export const proposalState = (value: ProposalState): string => proposal[value]();
export const proposalMark: Marks<ProposalState> = { proposed: "pill--stale", approved: "pill--running", rejected: "", expired: "", executed: "pill--done", failed: "pill--failed" };
export const isProposalState = (value: string | null): value is ProposalState => value !== null && Object.hasOwn(proposal, value);

const bucket: Words<GrantBucket> = { promo: m.admin_bucket_promo, boost: m.admin_bucket_boost, purchased: m.admin_bucket_purchased };
export const grantBuckets: GrantBucket[] = ["promo", "purchased", "boost"];
export const grantBucketName = (value: GrantBucket): string => bucket[value]();

/** `Give 500 credits`: what a proposal would do. */
export function proposalTitle({ kind: what, credits }: Pick<Proposal, "kind" | "credits">): string {
  const count = credits ?? 0;
  if (what === "thaw") return m.admin_title_thaw();
  return what === "grant" ? m.admin_title_grant({ count, credits: formatNumber(count) }) : m.admin_title_claw_back({ count, credits: formatNumber(count) });
}

const transaction: Words<TransactionKind> = { payment: m.admin_transaction_payment, token_use: m.admin_transaction_token_use };
export const transactionKinds: TransactionKind[] = ["payment", "token_use"];
export const transactionName = (value: TransactionKind): string => transaction[value]();
export const isTransactionKind = (value: string | null): value is TransactionKind => value !== null && Object.hasOwn(transaction, value);

export const wayName = (way: Administrator["way"]): string => (way === "setting" ? m.admin_way_setting() : m.admin_way_grant());
export const sourceName = (source: Statement["source"]): string => (source === "csv" ? m.admin_source_csv() : m.admin_source_api());

type Breaker = ProviderModel["breaker"]["state"];
const breaker: Words<Breaker> = { closed: m.admin_breaker_closed, failing: m.admin_breaker_failing, open: m.admin_breaker_open };
export const breakerName = (value: Breaker): string => breaker[value]();
export const breakerMark: Marks<Breaker> = { closed: "pill--done", failing: "pill--stale", open: "pill--failed" };

/** `840 ms`, `12.5 s`, `4 min`: a delay. */
export function formatDelay(ms: number): string {
  const [amount, unit] = ms < 1_000 ? [ms, "millisecond"] : ms < 90_000 ? [ms / 1_000, "second"] : [ms / 60_000, "minute"];
  return new Intl.NumberFormat(getLocale(), { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(amount);
}

const MICROS = 1_000_000;
/** Millionths of a dollar, to the last of them: what a provider bills for one job is often below a cent. */
export const formatMicros = (micros: number): string =>
  new Intl.NumberFormat(getLocale(), { style: "currency", currency: "USD", maximumFractionDigits: 6 }).format(micros / MICROS);

/** An amount in a currency's smallest unit: 4900 is 49.00 euros and 4,900 yen. */
export function formatSmallest(amount: number, currency: string): string {
  const format = new Intl.NumberFormat(getLocale(), { style: "currency", currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** `12 s`, `4 min`: how long something took. */
export function formatTook(from: string, to: string): string {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  const [amount, unit] = seconds < 90 ? [Math.round(seconds * 10) / 10, "second"] : [Math.round(seconds / 60), "minute"];
  return new Intl.NumberFormat(getLocale(), { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(amount);
}

/** Things that are read a page at a time: `12`, or `100+` where there are more. */
export const formatCount = (count: number, more: string | null): string => (more === null ? formatNumber(count) : `${formatNumber(count)}+`);
