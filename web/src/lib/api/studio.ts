/** The studio itself: its wallet's log, people, sessions and keys. */
import { answerOf, api, ask, done, type Fetch } from "./client.ts";
import type { components } from "./schema.d.ts";
import type { Job, JobStatus, Page, Role, Studio, Wallet } from "./types.ts";

type Schemas = components["schemas"];

export type Bucket = Wallet["buckets"][number]["bucket"];
export type Entry = Schemas["Entry"];
export type Hold = Schemas["Hold"];
export type Member = Schemas["Member"];
export type Invite = Schemas["Invite"];
/** A role that an invitation can give: an owner is made by an owner, in person. */
export type Invitable = Schemas["InviteMember"]["role"];
export type Session = Schemas["Session"];
export type ApiKey = Schemas["ApiKey"];
export type Scope = ApiKey["scopes"][number];

const PAGE = 50;
type List = { cursor: string | null };
const page = (cursor: string | null) => ({ limit: PAGE, ...(cursor !== null && { cursor }) });
const at = (id: string) => ({ params: { path: { id } } });

export const listEntries = (fetch: Fetch, { cursor }: List): Promise<Page<Entry>> => answerOf(api(fetch).GET("/api/v1/wallet/entries", { params: { query: page(cursor) } }));
export const listHolds = (fetch: Fetch, { cursor }: List): Promise<Page<Hold>> => answerOf(api(fetch).GET("/api/v1/wallet/holds", { params: { query: page(cursor) } }));
export const listJobs = (fetch: Fetch, { cursor, status }: List & { status: JobStatus | null }): Promise<Page<Job>> => answerOf(api(fetch).GET("/api/v1/jobs", { params: { query: { ...page(cursor), ...(status && { status }) } } }));

export const updateStudio = (fetch: Fetch, body: Schemas["UpdateStudio"]): Promise<Studio> => answerOf(api(fetch).PATCH("/api/v1/studio", { body }));
export const listMembers = (fetch: Fetch): Promise<{ data: Member[] }> => answerOf(api(fetch).GET("/api/v1/members"));
export const changeRole = (fetch: Fetch, id: string, role: Role): Promise<Member> => answerOf(api(fetch).PATCH("/api/v1/members/{id}", { ...at(id), body: { role } }));
export const removeMember = (fetch: Fetch, id: string): Promise<void> => done(api(fetch).DELETE("/api/v1/members/{id}", at(id)));
export const listInvites = (fetch: Fetch): Promise<{ data: Invite[] }> => answerOf(api(fetch).GET("/api/v1/invites"));
export const inviteMember = (fetch: Fetch, body: Schemas["InviteMember"], key: string): Promise<Invite> => answerOf(api(fetch).POST("/api/v1/invites", { body, params: { header: { "idempotency-key": key } } }));
export const cancelInvite = (fetch: Fetch, id: string): Promise<void> => done(api(fetch).DELETE("/api/v1/invites/{id}", at(id)));
export const acceptInvite = (fetch: Fetch, id: string): Promise<Studio> => answerOf(api(fetch).POST("/api/v1/invites/{id}/accept", at(id)));

export const listSessions = (fetch: Fetch): Promise<{ data: Session[] }> => answerOf(api(fetch).GET("/api/v1/sessions"));
export const revokeSession = (fetch: Fetch, id: string): Promise<void> => done(api(fetch).DELETE("/api/v1/sessions/{id}", at(id)));
export const changePassword = (fetch: Fetch, body: { currentPassword: string; newPassword: string; revokeOtherSessions: boolean }): Promise<unknown> => ask(fetch, { method: "POST", path: "/auth/change-password", body });

export const listKeys = (fetch: Fetch): Promise<{ data: ApiKey[] }> => answerOf(api(fetch).GET("/api/v1/keys"));
export const createKey = (fetch: Fetch, body: Schemas["CreateKey"]): Promise<Schemas["CreatedKey"]> => answerOf(api(fetch).POST("/api/v1/keys", { body }));
export const revokeKey = (fetch: Fetch, id: string): Promise<void> => done(api(fetch).DELETE("/api/v1/keys/{id}", at(id)));
