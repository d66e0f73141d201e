import type { Actor, Ctx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import { studioById, takeTurn } from "#domains/identity/index.ts";
import { partnerCreated, partnerRevoked, partnerRotated, type CreatePartner, type Partner, type PartnerWithSecret } from "../contract.ts";
import type { PartnerRow } from "../tables.ts";
import { isFresh, PARTNER_LIMIT, rotated, signatureIn, signedText, versionsAt, type SignedRequest } from "./rules.ts";
import { isSignedWith, secretOf } from "./signing.ts";
import * as store from "./store.ts";

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

const toPartner = (ctx: Ctx, { id, name, studio, kinds, version, earlier, createdAt, rotatedAt, revokedAt }: PartnerRow): Partner => ({
  object: "partner", id, name, studio, kinds, version,
  earlier: earlier.filter(({ until }) => revokedAt === null && until > ctx.now()).map((each) => ({ version: each.version, acceptedUntil: iso(each.until) })),
  createdAt: iso(createdAt), rotatedAt: isoOrNull(rotatedAt), revokedAt: isoOrNull(revokedAt), actions: revokedAt === null ? ["rotate", "revoke"] : [],
});

const withSecret = async (ctx: Ctx, row: PartnerRow): Promise<PartnerWithSecret> => ({ ...toPartner(ctx, row), secret: await secretOf(ctx, row.id, row.version) });

const userIn = (ctx: Ctx): string => {
  if (ctx.actor.kind !== "user") throw new AppError("auth.required", "Sign in with a browser session.");
  return ctx.actor.user;
};

export async function requirePartner(ctx: Ctx, id: string): Promise<PartnerRow> {
  const row = await store.findPartner(ctx, id);
  if (!row) throw new AppError("partner.not_found", "There is no such partner. List them at /api/v1/admin/partners.");
  return row;
}

export async function listPartners(ctx: Ctx, { limit, cursor }: PageQuery) {
  const position = cursor === undefined ? null : decodeCursor(cursor, 2);
  const after = position && { createdAt: Number(position[0]), id: String(position[1]) };
  return toPage(await store.listPartners(ctx, after, limit + 1), limit, (row) => toPartner(ctx, row), ({ createdAt, id }) => [createdAt, id]);
}

/** Make a partner. Names are unique, so that a create whose answer was lost does not make a second one: find it by its name, and rotate it. */
export async function createPartner(ctx: Ctx, { name, studio, kinds }: CreatePartner): Promise<PartnerWithSecret> {
  if (studio !== null && !(await studioById(ctx, studio))) throw new AppError("studio.not_found", "There is no such studio. Leave it out for a partner that acts for any.");
  const row: PartnerRow = {
    id: ctx.newId("partner"), name, studio, kinds: [...new Set(kinds)], version: 1, earlier: [], madeBy: userIn(ctx), createdAt: ctx.now(), rotatedAt: null, revokedAt: null,
  };
  try {
    await commit(ctx, partnerCreated(null, row.id, { partner: row.id, name, studio, kinds: row.kinds }), [store.insertPartner(ctx, row)]);
  } catch (error) {
    const other = isDuplicate(error, "partners") ? await store.findByName(ctx, name) : undefined;
    if (!other) throw error;
    throw new AppError("partner.name_taken", "A partner has this name. Choose another, or rotate that one if its secret was lost.", { partner: other.id });
  }
  return withSecret(ctx, row);
}

/** Give a partner a new secret. Those before it are accepted for the grace, so that it can change over without a pause. */
export async function rotatePartner(ctx: Ctx, id: string, graceHours: number): Promise<PartnerWithSecret> {
  const row = await requirePartner(ctx, id);
  if (row.revokedAt !== null) throw new AppError("partner.not_found", "This partner was revoked. Make a new one.");
  const fields = { ...rotated(row, ctx.now(), graceHours), rotatedAt: ctx.now() };
  await commit(ctx, partnerRotated(null, id, { partner: id, version: fields.version, graceHours }), store.updatePartner(ctx, row, fields));
  return withSecret(ctx, { ...row, ...fields });
}

/** End a partner at once, in every version of its secret. What it recorded stays. Twice is once. */
export async function revokePartner(ctx: Ctx, id: string): Promise<Partner> {
  const row = await requirePartner(ctx, id);
  if (row.revokedAt !== null) return toPartner(ctx, row);
  const fields = { revokedAt: ctx.now() };
  await commit(ctx, partnerRevoked(null, id, { partner: id }), store.updatePartner(ctx, row, fields));
  return toPartner(ctx, { ...row, ...fields });
}

/** What a request says of its sender. */
export interface Claim {
  partner: string;
  signature: string;
  request: SignedRequest;
}

/** Who signed a request. Whatever is wrong with it, the answer is the same: a forger learns nothing from it, not even who is a partner. */
export async function identifyPartner(ctx: Ctx, { partner: id, signature: header, request }: Claim): Promise<Extract<Actor, { kind: "partner" }>> {
  const refused = new AppError("partner.signature", "The request is not signed by a partner, or not now. Sign time, method, path, key and body with the present secret, and send it within five minutes.");
  const signature = signatureIn(header);
  if (!signature || !/^partner_[0-9a-z]{4,64}$/.test(id) || !isFresh(request.timestamp, ctx.now())) throw refused;
  const row = await store.findPartner(ctx, id);
  const text = signedText(request);
  // Nobody's secret is tried for nobody, so that an unknown partner takes as long as a known one.
  const versions = row ? versionsAt(row, ctx.now()) : [];
  const secrets = await Promise.all((versions.length > 0 ? versions : [0]).map((version) => secretOf(ctx, id, version)));
  const fits = await Promise.all(secrets.map((secret) => isSignedWith(secret, text, signature)));
  if (!row || versions.length === 0 || !fits.includes(true)) throw refused;
  const waitMs = await takeTurn(ctx, `partner:${id}`, PARTNER_LIMIT);
  if (waitMs !== null) {
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    throw new AppError("request.rate_limited", `A partner may send ${PARTNER_LIMIT.max} requests a minute. Wait ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }
  return { kind: "partner", partner: id, studio: row.studio, kinds: row.kinds };
}
