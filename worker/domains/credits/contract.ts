import { z } from "@hono/zod-openapi";

export const buckets = ["subscription", "purchased", "promo", "earned", "boost"] as const;
export type Bucket = (typeof buckets)[number];
export const holdStates = ["open", "captured", "released", "expired"] as const;
/** What a new studio is given: the free plan's credits. */
export const SIGNUP_CREDITS = 100;

export const Wallet = z.object({
  object: z.literal("wallet"), studio: z.string(), available: z.int(), held: z.int(), debt: z.int(), spent: z.int(),
  buckets: z.array(z.object({ bucket: z.enum(buckets), available: z.int(), held: z.int(), nextExpiryAt: z.iso.datetime().nullable() })),
}).meta({ id: "Wallet" });
export type Wallet = z.infer<typeof Wallet>;

export const Entry = z.object({
  object: z.literal("entry"), seq: z.int(), kind: z.string(), credits: z.int().meta({ description: "Change of what can be spent, negative when it went out" }),
  bucket: z.enum(buckets).nullable(), hold: z.string().nullable(), run: z.string().nullable(), job: z.string().nullable(), project: z.string().nullable(),
  reason: z.string(), availableAfter: z.int(), heldAfter: z.int(), hash: z.string(), at: z.iso.datetime(),
}).meta({ id: "Entry" });

export const Hold = z.object({
  object: z.literal("hold"), id: z.string(), state: z.enum(holdStates), credits: z.int(), captured: z.int(), returned: z.int(), run: z.string().nullable(), project: z.string().nullable(),
  createdAt: z.iso.datetime(), expiresAt: z.iso.datetime(), closedAt: z.iso.datetime().nullable(),
}).meta({ id: "Hold" });
