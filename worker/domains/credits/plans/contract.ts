import { z } from "@hono/zod-openapi";

export const ladders = ["creator", "growth"] as const;
export const planCodes = ["creator_free", "creator_starter", "creator_pro", "creator_enterprise", "growth_starter", "growth_pro", "growth_agency"] as const;
export type PlanCode = (typeof planCodes)[number];
/** Other names that plans are asked for by. */
export const planAliases = ["basic"] as const;
export const packCodes = ["credits_500", "credits_2000", "credits_10000"] as const;
export type PackCode = (typeof packCodes)[number];

/** What a plan opens. */
export const entitlements = ["lip-sync", "marketplace", "api"] as const;
export type Entitlement = (typeof entitlements)[number];
/** What a plan counts: avatars at any time, the others in a calendar month. */
export const quotas = ["avatars", "filmsPerMonth", "concepts"] as const;
export type Quota = (typeof quotas)[number];
/** A limit that stands for none. */
export const UNLIMITED = 999_999;

export const Plan = z.object({
  object: z.literal("plan"), code: z.enum(planCodes), ladder: z.enum(ladders), name: z.string(), aliases: z.array(z.enum(planAliases)),
  amountCents: z.int().nonnegative(), currency: z.literal("usd"), interval: z.literal("month"),
  credits: z.int().positive(),
  creditsCome: z.enum(["once", "monthly"]).meta({ description: "`once`: at sign-up, and they stay. `monthly`: with each paid period, and they end with it" }),
  quotas: z.object({ avatars: z.int(), filmsPerMonth: z.int(), concepts: z.int() }).meta({ description: `${UNLIMITED} means without limit` }),
  entitlements: z.array(z.enum(entitlements)),
}).meta({ id: "Plan" });
export type Plan = z.infer<typeof Plan>;

export const Pack = z.object({
  object: z.literal("pack"), code: z.enum(packCodes), credits: z.int().positive(), amountCents: z.int().positive(), currency: z.literal("usd"),
}).meta({ id: "Pack" });
export type Pack = z.infer<typeof Pack>;

/** How a studio's subscription stands: as Stripe says, or `free` where there never was one. */
export const subscriptionStatuses = ["free", "incomplete", "incomplete_expired", "trialing", "active", "past_due", "unpaid", "canceled", "paused"] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];
