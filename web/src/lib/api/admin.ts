/** What administrators of the platform ask for and do. To everybody else the API answers that there is nothing. */
import { answerOf, api, done, type Fetch } from "./client.ts";
import type { components } from "./schema.d.ts";
import type { Entry, Hold } from "./studio.ts";
import type { Page } from "./types.ts";

type Schemas = components["schemas"];

export type Severity = Schemas["Finding"]["severity"];
export type Finding = Schemas["Finding"];
export type FindingState = Finding["state"];
export type FindingWithNotes = Schemas["FindingWithNotes"];
export type FindingNote = Schemas["FindingNote"];
export type Reconciliation = Schemas["Reconciliation"];
export type CheckResult = Schemas["CheckResult"];
export type Person = Schemas["AdministratorName"];
export type Proposal = Omit<Schemas["Proposal"], "decidedBy"> & { decidedBy: Person | null };
export type ProposalKind = Proposal["kind"];
export type ProposalState = Proposal["state"];
export type GrantBucket = NonNullable<Proposal["bucket"]>;
export type NewProposal = Schemas["CreateProposal"];
export type Statement = Schemas["ProviderStatement"];
export type Account = Schemas["StudioAccount"];
export type AdminStudio = Schemas["AdminStudio"];
export type AdminUser = Schemas["AdminUser"];
export type AdminWallet = Schemas["AdminWallet"];
export type Lot = Schemas["Lot"];
export type Partner = Schemas["Partner"];
export type PartnerWithSecret = Schemas["PartnerWithSecret"];
export type Transaction = Schemas["Transaction"];
export type TransactionKind = Transaction["kind"];
export type Administrator = Schemas["Administrator"];
export type Root = Schemas["Root"];
export type Provider = Schemas["AdminProvider"];
export type ProviderModel = Provider["models"][number];
export type ProviderHealth = Schemas["ProviderHealth"];
export type FailureGroup = Schemas["FailureGroup"];
export type QueueStanding = Schemas["QueueStanding"];

/** How many lines a page of a list has. */
const PAGE = 50;

interface List {
  cursor?: string | null;
  limit?: number;
}
const page = ({ cursor = null, limit = PAGE }: List) => ({ limit, ...(cursor !== null && { cursor }) });

/** A query with what was given of it. */
function given<Filters extends object>(filters: Filters): { [Name in keyof Filters]?: NonNullable<Filters[Name]> } {
  const some = Object.entries(filters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return Object.fromEntries(some) as { [Name in keyof Filters]?: NonNullable<Filters[Name]> };
}
const at = (id: string) => ({ params: { path: { id } } });
const header = (key: string) => ({ params: { header: { "idempotency-key": key } } });

export interface FindingFilter extends List {
  state?: FindingState | null;
  severity?: Severity | null;
  studio?: string | null;
  check?: string | null;
}
export const listFindings = (fetch: Fetch, { state, severity, studio, check, ...list }: FindingFilter): Promise<Page<Finding>> =>
  answerOf(api(fetch).GET("/api/v1/admin/findings", { params: { query: { ...page(list), ...given({ state, severity, studio, check }) } } }));
export const getFinding = (fetch: Fetch, id: string): Promise<FindingWithNotes> => answerOf(api(fetch).GET("/api/v1/admin/findings/{id}", at(id)));
export const noteFinding = (fetch: Fetch, id: string, note: string): Promise<FindingWithNotes> => answerOf(api(fetch).POST("/api/v1/admin/findings/{id}/notes", { ...at(id), body: { note } }));
export const resolveFinding = (fetch: Fetch, id: string, note: string): Promise<FindingWithNotes> => answerOf(api(fetch).POST("/api/v1/admin/findings/{id}/resolve", { ...at(id), body: { note } }));
export const reopenFinding = (fetch: Fetch, id: string, note: string): Promise<FindingWithNotes> => answerOf(api(fetch).POST("/api/v1/admin/findings/{id}/reopen", { ...at(id), body: { note } }));

export const listReconciliations = (fetch: Fetch, { studio, ...list }: List & { studio?: string | null }): Promise<Page<Reconciliation>> =>
  answerOf(api(fetch).GET("/api/v1/admin/reconciliation/runs", { params: { query: { ...page(list), ...given({ studio }) } } }));
export const getReconciliation = (fetch: Fetch, id: string): Promise<Reconciliation> => answerOf(api(fetch).GET("/api/v1/admin/reconciliation/runs/{id}", at(id)));
/** Compares one studio, or everything; where that is under way already, the answer is that one. */
export const startReconciliation = (fetch: Fetch, studio: string | null): Promise<Reconciliation> =>
  answerOf(api(fetch).POST("/api/v1/admin/reconciliation/runs", { body: studio === null ? {} : { studio } }));

export const listProposals = (fetch: Fetch, { state, studio, ...list }: List & { state?: ProposalState | null; studio?: string | null }): Promise<Page<Proposal>> =>
  answerOf(api(fetch).GET("/api/v1/admin/proposals", { params: { query: { ...page(list), ...given({ state, studio }) } } }));
export const getProposal = (fetch: Fetch, id: string): Promise<Proposal> => answerOf(api(fetch).GET("/api/v1/admin/proposals/{id}", at(id)));
export const createProposal = (fetch: Fetch, body: NewProposal, key: string): Promise<Proposal> => answerOf(api(fetch).POST("/api/v1/admin/proposals", { ...header(key), body }));
export const approveProposal = (fetch: Fetch, id: string): Promise<Proposal> => answerOf(api(fetch).POST("/api/v1/admin/proposals/{id}/approve", at(id)));
export const rejectProposal = (fetch: Fetch, id: string): Promise<Proposal> => answerOf(api(fetch).POST("/api/v1/admin/proposals/{id}/reject", at(id)));

export const searchStudios = (fetch: Fetch, { q, ...list }: List & { q: string }): Promise<Page<AdminStudio>> => answerOf(api(fetch).GET("/api/v1/admin/studios", { params: { query: { ...page(list), q } } }));
export const getAccount = (fetch: Fetch, id: string): Promise<Account> => answerOf(api(fetch).GET("/api/v1/admin/studios/{id}", at(id)));
export const listStudioEntries = (fetch: Fetch, id: string, list: List): Promise<Page<Entry>> => answerOf(api(fetch).GET("/api/v1/admin/studios/{id}/entries", { params: { path: { id }, query: page(list) } }));
export const listStudioHolds = (fetch: Fetch, id: string, list: List): Promise<Page<Hold>> => answerOf(api(fetch).GET("/api/v1/admin/studios/{id}/holds", { params: { path: { id }, query: page(list) } }));
export const listStudioLots = (fetch: Fetch, id: string): Promise<{ data: Lot[] }> => answerOf(api(fetch).GET("/api/v1/admin/studios/{id}/lots", at(id)));
export type WalletFilter = "all" | "frozen" | "in_debt";
export const listWallets = (fetch: Fetch, { only, ...list }: List & { only: WalletFilter }): Promise<Page<AdminWallet>> => answerOf(api(fetch).GET("/api/v1/admin/wallets", { params: { query: { ...page(list), only } } }));

export const listStatements = (fetch: Fetch, list: List): Promise<Page<Statement>> => answerOf(api(fetch).GET("/api/v1/admin/provider-statements", { params: { query: page(list) } }));
export const importStatement = (fetch: Fetch, body: Schemas["ImportStatement"]): Promise<Statement> => answerOf(api(fetch).POST("/api/v1/admin/provider-statements", { body }));

export const listPartners = (fetch: Fetch, list: List): Promise<Page<Partner>> => answerOf(api(fetch).GET("/api/v1/admin/partners", { params: { query: page(list) } }));
export const createPartner = (fetch: Fetch, body: { name: string; studio: string | null; kinds: TransactionKind[] }): Promise<PartnerWithSecret> => answerOf(api(fetch).POST("/api/v1/admin/partners", { body }));
export const rotatePartner = (fetch: Fetch, id: string, graceHours: number): Promise<PartnerWithSecret> => answerOf(api(fetch).POST("/api/v1/admin/partners/{id}/rotate", { ...at(id), body: { graceHours } }));
export const revokePartner = (fetch: Fetch, id: string): Promise<Partner> => answerOf(api(fetch).POST("/api/v1/admin/partners/{id}/revoke", at(id)));
export const listPartnerTransactions = (fetch: Fetch, id: string, { kind, ...list }: List & { kind?: TransactionKind | null }): Promise<Page<Transaction>> =>
  answerOf(api(fetch).GET("/api/v1/admin/partners/{id}/transactions", { params: { path: { id }, query: { ...page(list), ...given({ kind }) } } }));

export const listAdministrators = (fetch: Fetch): Promise<{ data: Administrator[] }> => answerOf(api(fetch).GET("/api/v1/admin/administrators"));
export const grantAdministrator = (fetch: Fetch, body: { email: string; reason: string }): Promise<Administrator> => answerOf(api(fetch).POST("/api/v1/admin/administrators", { body }));
export const revokeAdministrator = (fetch: Fetch, id: string, reason: string): Promise<void> => done(api(fetch).POST("/api/v1/admin/administrators/{id}/revoke", { ...at(id), body: { reason } }));
export const searchUsers = (fetch: Fetch, q: string): Promise<Page<AdminUser>> => answerOf(api(fetch).GET("/api/v1/admin/users", { params: { query: { q, limit: 5 } } }));

/** Every provider with its gate, its models and how the last day went. */
export const listProviders = (fetch: Fetch): Promise<{ data: Provider[] }> => answerOf(api(fetch).GET("/api/v1/admin/providers"));
/** Jobs that ended badly within so many hours, by cause. */
export const listFailures = (fetch: Fetch, hours: number): Promise<{ data: FailureGroup[] }> => answerOf(api(fetch).GET("/api/v1/admin/failures", { params: { query: { hours } } }));
export const getQueue = (fetch: Fetch): Promise<QueueStanding> => answerOf(api(fetch).GET("/api/v1/admin/queue"));

/** The newest signed root of all wallets' logs, or null where none was signed yet. */
export const newestRoot = async (fetch: Fetch): Promise<Root | null> => (await answerOf(api(fetch).GET("/api/v1/ledger/roots", { params: { query: { limit: 1 } } }))).data[0] ?? null;
export const requestRoot = (fetch: Fetch): Promise<Schemas["BegunRoot"]> => answerOf(api(fetch).POST("/api/v1/ledger/roots"));
