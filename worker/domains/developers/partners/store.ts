import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import { partners, type PartnerRow } from "../tables.ts";

export const findPartner = (ctx: Ctx, id: string): Promise<PartnerRow | undefined> => ctx.db.select().from(partners).where(eq(partners.id, id)).get();

export const findByName = (ctx: Ctx, name: string): Promise<PartnerRow | undefined> =>
  ctx.db.select().from(partners).where(and(eq(partners.name, name), isNull(partners.revokedAt))).get();

/** All partners, the newest first, those that were revoked too. */
export const listPartners = (ctx: Ctx, after: { createdAt: number; id: string } | null, limit: number): Promise<PartnerRow[]> =>
  ctx.db.select().from(partners)
    .where(after ? sql`(${partners.createdAt}, ${partners.id}) < (${after.createdAt}, ${after.id})` : undefined)
    .orderBy(desc(partners.createdAt), desc(partners.id)).limit(limit);

export const insertPartner = (ctx: Ctx, row: PartnerRow): Write => ctx.db.insert(partners).values(row);

/** Change a partner, unless its secret was changed or it was revoked since it was read. */
export const updatePartner = (ctx: Ctx, { id, version }: PartnerRow, fields: Partial<PartnerRow>): Write[] => [
  onlyIf(ctx.db, sql`exists (select 1 from partners where id = ${id} and version = ${version} and revoked_at is null)`),
  ctx.db.update(partners).set(fields).where(eq(partners.id, id)),
];
