import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";
import { PageQuery } from "#core/page.ts";
import { priceUnits } from "#film/prices.ts";
import { FilmOfTakes, Quote, Sunset, WishSchema } from "../contract.ts";

const base = z.int().nonnegative().meta({ description: "The film version that this began from" });
export const WishForNode = z.object({ base, wish: WishSchema }).meta({ id: "WishForNode" });
export const WishForFilm = z.object({
  base, wishes: z.object({ voice: WishSchema.nullable(), frame: WishSchema.nullable(), clip: WishSchema.nullable(), music: WishSchema.nullable() }).partial().meta({ description: "What is not sent stays; null takes a wish away" }),
}).meta({ id: "WishForFilm" });

const Misfit = z.object({
  field: z.enum(["seconds", "aspect", "resolution", "firstFrame", "prompt", "language"]), detail: z.string(),
  nearest: z.union([z.number(), z.string()]).nullable().meta({ description: "What comes nearest and would work" }),
}).meta({ id: "Misfit" });

export const Routing = z.object({
  object: z.literal("routing"), job: z.string(), model: z.string().nullable(), wish: z.string(), why: z.string(),
  explored: z.boolean().meta({ description: "Tried to learn about it, within a twentieth of what such tasks cost" }),
  class: z.string().nullable().meta({ description: "What counts as the same kind of task: what is learned in one says nothing about another" }),
  scores: z.array(z.object({
    model: z.string(), credits: z.int(), seconds: z.number(), good: z.number().meta({ description: "Chance that it comes and is gone on with" }), score: z.number(), drawn: z.number().nullable(),
  })).meta({ description: "Those that could have made it, best first" }),
  excluded: z.array(z.object({ model: z.string(), because: z.enum(["misfit", "name", "lifecycle", "provider", "price", "ceiling", "wish"]), misfits: z.array(Misfit) })),
  alternatives: z.array(z.string()).meta({ description: "Who may stand in where it fails, at no more credits" }),
  at: z.iso.datetime(),
}).meta({ id: "Routing" });
export type Routing = z.infer<typeof Routing>;

export const StudioProviders = z.object({
  object: z.literal("studio_providers"),
  allowed: z.array(z.string()).nullable().meta({ description: "Providers that this studio's work may go to, beside the house; null: all" }),
  providers: z.array(z.object({ id: z.string(), name: z.string(), available: z.boolean().meta({ description: "Whether this deployment has it set up" }), allowed: z.boolean() })),
}).meta({ id: "StudioProviders" });
export const PutStudioProviders = z.object({ allowed: z.array(z.string().max(40)).max(40).nullable() }).meta({ id: "PutStudioProviders" });

const Price = z.object({ credits: z.int(), unit: z.enum(priceUnits) }).nullable();
const Side = z.object({ model: z.string(), quality: z.int(), price: Price });

export const OfModel = PageQuery.extend({
  limit: z.coerce.number().int().min(1).max(100).default(100).openapi({ type: "integer", description: "Projects that are looked at: a page has those of them that depend on the model, and may be empty" }),
  model: z.string().max(110).openapi({ description: "Its id, which has a slash in it" }),
});

/** Which of a studio's films depend on a model. */
export const AffectedProjects = z.object({
  object: z.literal("affected_projects"), model: z.string(), lifecycle: z.enum(["active", "deprecated", "sunset", "retired"]), sunset: Sunset.nullable(),
  from: Side, to: Side.nullable().meta({ description: "Its successor, where its vendor or we have named one" }),
  nearest: Side.nullable().meta({ description: "Where no successor is named, or it cannot be used here: the model nearest in quality, and then in price, of those that the studio may use" }),
  data: z.array(z.object({
    project: z.string(), title: z.string(), takes: z.int().meta({ description: "Made with it: they stay" }), wished: z.int().meta({ description: "Nodes whose wish names it and that are still to be made" }),
  })),
  nextCursor: z.string().nullable(),
}).meta({ id: "AffectedProjects" });

export const ReplaceModel = z.object({
  base, from: z.string().max(110), to: z.string().max(110).nullable().default(null).meta({ description: "Null: its successor" }),
  target: z.enum(["animatic", "master"]).default("master"),
}).meta({ id: "ReplaceModel" });

export const Replacement = z.object({
  object: z.literal("replacement"), film: FilmOfTakes, from: Side, to: Side, quote: Quote.nullable(),
  problem: z.object({ code: z.string(), detail: z.string() }).nullable().meta({ description: "Why there is no quote: the film is changed all the same" }),
}).meta({ id: "Replacement" });

export const studioProvidersChanged = defineEvent("studio.providers_changed", z.object({ allowed: z.array(z.string()).nullable(), before: z.array(z.string()).nullable() }));
export const modelSunset = defineEvent("model.sunset_announced", z.object({ model: z.string(), provider: z.string(), retires: z.string(), successor: z.string().nullable() }));
