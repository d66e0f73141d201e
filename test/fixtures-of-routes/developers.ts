import { env } from "cloudflare:workers";
import type { Call, Fixture } from "../fixtures-of-routes.ts";

/** A partner without any transaction. */
async function partner(): Promise<Call & { params: { id: string } }> {
  const id = `partner_${crypto.randomUUID().replaceAll("-", "")}`;
  await env.DB.prepare("INSERT INTO partners (id, name, kinds, version, earlier, made_by, created_at) VALUES (?1, ?1, '[\"payment\"]', 1, '[]', 'test', ?2)").bind(id, Date.now()).run();
  return { params: { id } };
}

const transaction = { kind: "payment", studio: "studio_00000000", reference: "INV-1", amountCents: 100, currency: "EUR", occurredAt: "2026-11-20T10:00:00Z" };
const unsigned: Fixture = { make: () => ({ body: transaction }), status: 401 };

export const developersFixtures: Record<string, Fixture> = {
  createPartner: { make: () => ({ body: { name: `Partner ${crypto.randomUUID()}`, kinds: ["payment"] } }) },
  listPartners: { make: () => ({}) },
  rotatePartner: { make: async () => ({ ...await partner(), body: {} }) },
  revokePartner: { make: partner },
  listPartnerTransactions: { make: partner },
  recordTransaction: unsigned,
  recordTransactionAtOldAddress: unsigned,
  listTransactions: { make: () => ({}) },
  getProjectTokens: { make: (world) => ({ params: { id: world.project } }) },
};
