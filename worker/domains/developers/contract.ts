import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";

/** What a partner may tell us of. Neither moves a credit: payments were made elsewhere, tokens are measured. */
export const transactionKinds = ["payment", "token_use"] as const;
export type TransactionKind = (typeof transactionKinds)[number];

/** How long a secret that was replaced is accepted at most. */
export const GRACE_HOURS_MAX = 24;

/** Text on one line, without characters that cannot be seen. */
const line = (charsMax: number) => z.string().trim().min(1).max(charsMax).regex(/^[^\p{Cc}\p{Cs}]*$/u, "must be text on one line");

export const Partner = z.object({
  object: z.literal("partner"), id: z.string(), name: line(80),
  studio: z.string().nullable().meta({ description: "The one studio that it acts for; null: any" }),
  kinds: z.array(z.enum(transactionKinds)).min(1).meta({ description: "What it may record" }),
  version: z.int().meta({ description: "Of its secret" }),
  earlier: z.array(z.object({ version: z.int(), acceptedUntil: z.iso.datetime() })).meta({ description: "Secrets before that which are still accepted" }),
  createdAt: z.iso.datetime(), rotatedAt: z.iso.datetime().nullable(), revokedAt: z.iso.datetime().nullable(), actions: z.array(z.enum(["rotate", "revoke"])),
}).meta({ id: "Partner" });
export type Partner = z.infer<typeof Partner>;
export const PartnerWithSecret = Partner.extend({ secret: z.string().meta({ description: "Shown this once, and kept nowhere" }) }).meta({ id: "PartnerWithSecret" });
export type PartnerWithSecret = z.infer<typeof PartnerWithSecret>;

export const CreatePartner = z.object({ name: Partner.shape.name, studio: z.string().max(120).nullable().default(null), kinds: Partner.shape.kinds }).meta({ id: "CreatePartner" });
export type CreatePartner = z.infer<typeof CreatePartner>;
export const RotatePartner = z.object({
  graceHours: z.int().min(0).max(GRACE_HOURS_MAX).default(GRACE_HOURS_MAX).meta({ description: "How long secrets so far are still accepted; 0 where one was stolen" }),
}).meta({ id: "RotatePartner" });

const TOKENS_MAX = 1_000_000_000;
const tokens = z.int().min(0).max(TOKENS_MAX);
const told = {
  studio: z.string().max(120), reference: line(120).meta({ description: "The partner's own name of it, used once" }),
  occurredAt: z.iso.datetime({ offset: true }),
};

export const RecordPayment = z.strictObject({
  kind: z.literal("payment"), ...told, amountCents: z.int().min(1).max(100_000_000_000).meta({ description: "In the currency's smallest unit" }),
  currency: z.string().regex(/^[A-Z]{3}$/, "must be three capitals of ISO 4217"), description: line(500).optional(),
}).meta({ id: "RecordPayment" });
export const RecordTokenUse = z.strictObject({
  kind: z.literal("token_use"), ...told, project: z.string().max(120).optional(), run: z.string().max(120).optional(), job: z.string().max(120).optional(),
  provider: line(60), model: line(120), estimatedTokens: tokens, actualTokens: tokens,
}).meta({ id: "RecordTokenUse" });
export const RecordTransaction = z.discriminatedUnion("kind", [RecordPayment, RecordTokenUse]).meta({ id: "RecordTransaction" });
export type RecordTransaction = z.infer<typeof RecordTransaction>;

export const Transaction = z.object({
  object: z.literal("transaction"), id: z.string(), kind: z.enum(transactionKinds), partner: z.object({ id: z.string(), name: z.string() }), studio: z.string(), reference: z.string(),
  amountCents: z.int().nullable(), currency: z.string().nullable(), description: z.string().nullable(),
  project: z.string().nullable(), run: z.string().nullable(), job: z.string().nullable(), provider: z.string().nullable(), model: z.string().nullable(),
  estimatedTokens: z.int().nullable(), actualTokens: z.int().nullable(), occurredAt: z.iso.datetime(), recordedAt: z.iso.datetime(),
}).meta({ id: "Transaction" });
export type Transaction = z.infer<typeof Transaction>;

const counts = {
  estimated: z.int(), actual: z.int(), difference: z.int().meta({ description: "Actual less estimated" }),
  differs: z.boolean().meta({ description: "By more than a fifth of the estimate, and by more than 1,000 tokens" }),
};
export const ProjectTokens = z.object({
  object: z.literal("token_use"), project: z.string(), ...counts,
  byModel: z.array(z.object({ provider: z.string(), model: z.string(), uses: z.int(), ...counts })),
}).meta({ id: "ProjectTokens" });
export type ProjectTokens = z.infer<typeof ProjectTokens>;

export const partnerCreated = defineEvent("partner.created", z.object({ partner: z.string(), name: z.string(), studio: z.string().nullable(), kinds: z.array(z.string()) }));
export const partnerRotated = defineEvent("partner.rotated", z.object({ partner: z.string(), version: z.number(), graceHours: z.number() }));
export const partnerRevoked = defineEvent("partner.revoked", z.object({ partner: z.string() }));
export const transactionRecorded = defineEvent("transaction.recorded", z.object({
  transaction: z.string(), partner: z.string(), kind: z.enum(transactionKinds), project: z.string().nullable(), provider: z.string().nullable(), model: z.string().nullable(),
}));

const difference = z.object({ project: z.string(), provider: z.string(), model: z.string(), estimated: z.number(), actual: z.number() });
/** What a model used in a project went far from what was expected; and came near to it again. */
export const tokensDiscrepancy = defineEvent("tokens.discrepancy", difference);
export const tokensAgreed = defineEvent("tokens.agreed", difference);
