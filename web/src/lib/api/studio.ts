/** The studio itself: its wallet's log, people, sessions and keys. */
import { ask, type Fetch } from "./client.ts";
import type { Job, JobStatus, Page, Role, Studio, Wallet } from "./types.ts";

export type Bucket = Wallet["buckets"][number]["bucket"];

export interface Entry {
  seq: number;
  kind: string;
  /** Change of what can be spent. */
  credits: number;
  bucket: Bucket | null;
  hold: string | null;
  run: string | null;
  job: string | null;
  project: string | null;
  reason: string;
  availableAfter: number;
  heldAfter: number;
  hash: string;
  at: string;
}

export interface Hold {
  id: string;
  state: "open" | "captured" | "released" | "expired";
  credits: number;
  captured: number;
  returned: number;
  run: string | null;
  project: string | null;
  createdAt: string;
  expiresAt: string;
  closedAt: string | null;
}

export interface Member {
  id: string;
  user: string;
  name: string;
  email: string;
  role: Role;
  createdAt: string;
}

export interface Invite {
  id: string;
  email: string;
  role: Role;
  status: "pending" | "accepted" | "cancelled" | "expired";
  expiresAt: string;
}

export interface Session {
  id: string;
  current: boolean;
  userAgent: string;
  ipAddress: string;
  createdAt: string;
  expiresAt: string;
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  requestsPer10Seconds: number;
  lastUsedAt: string | null;
  expiresAt: string | null;
  createdAt: string;
}

const PAGE = 50;
type List = { cursor: string | null };

export const listEntries = (fetch: Fetch, query: List): Promise<Page<Entry>> => ask(fetch, { path: "/v1/wallet/entries", query: { limit: PAGE, ...query } });
export const listHolds = (fetch: Fetch, query: List): Promise<Page<Hold>> => ask(fetch, { path: "/v1/wallet/holds", query: { limit: PAGE, ...query } });
export const listJobs = (fetch: Fetch, query: List & { status: JobStatus | null }): Promise<Page<Job>> => ask(fetch, { path: "/v1/jobs", query: { limit: PAGE, ...query } });

export const updateStudio = (fetch: Fetch, body: { name?: string; handle?: string; bio?: string }): Promise<Studio> => ask(fetch, { method: "PATCH", path: "/v1/studio", body });
export const listMembers = (fetch: Fetch): Promise<Page<Member>> => ask(fetch, { path: "/v1/members" });
export const changeRole = (fetch: Fetch, id: string, role: Role): Promise<Member> => ask(fetch, { method: "PATCH", path: `/v1/members/${id}`, body: { role } });
export const removeMember = (fetch: Fetch, id: string): Promise<unknown> => ask(fetch, { method: "DELETE", path: `/v1/members/${id}` });
export const listInvites = (fetch: Fetch): Promise<Page<Invite>> => ask(fetch, { path: "/v1/invites" });
export const inviteMember = (fetch: Fetch, body: { email: string; role: Role }, idempotencyKey: string): Promise<Invite> => ask(fetch, { method: "POST", path: "/v1/invites", body, idempotencyKey });
export const cancelInvite = (fetch: Fetch, id: string): Promise<unknown> => ask(fetch, { method: "DELETE", path: `/v1/invites/${id}` });
export const acceptInvite = (fetch: Fetch, id: string): Promise<Studio> => ask(fetch, { method: "POST", path: `/v1/invites/${encodeURIComponent(id)}/accept` });

export const listSessions = (fetch: Fetch): Promise<Page<Session>> => ask(fetch, { path: "/v1/sessions" });
export const revokeSession = (fetch: Fetch, id: string): Promise<unknown> => ask(fetch, { method: "DELETE", path: `/v1/sessions/${id}` });
export const changePassword = (fetch: Fetch, body: { currentPassword: string; newPassword: string; revokeOtherSessions: boolean }): Promise<unknown> => ask(fetch, { method: "POST", path: "/auth/change-password", body });

export const listKeys = (fetch: Fetch): Promise<Page<ApiKey>> => ask(fetch, { path: "/v1/keys" });
export const createKey = (fetch: Fetch, body: { name: string; scopes: string[]; expiresInDays: number | null }): Promise<ApiKey & { secret: string }> => ask(fetch, { method: "POST", path: "/v1/keys", body });
export const revokeKey = (fetch: Fetch, id: string): Promise<unknown> => ask(fetch, { method: "DELETE", path: `/v1/keys/${id}` });
