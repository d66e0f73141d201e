import { z } from "@hono/zod-openapi";
import { KeySet } from "../roots/contract.ts";

const [EARLIEST, LATEST] = [Date.parse("2000-01-01T00:00:00Z"), Date.parse("2999-12-31T00:00:00Z")];
const Moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })])
  .refine((moment) => Date.parse(moment) >= EARLIEST && Date.parse(moment) <= LATEST, "it must lie in the years 2000 to 2999");

export const StatementQuery = z.object({
  from: Moment.optional().meta({ description: "A date, which begins in the studio's time zone, or a time. Without it: from the first entry" }),
  to: Moment.optional().meta({ description: "A date, which is included whole, or a time, until before which entries count. Without it: to the newest entry" }),
});
export type StatementQuery = z.infer<typeof StatementQuery>;

/** See docs/design/ledger-proof.md, "A statement". */
export const Statement = z.object({
  object: z.literal("statement"), v: z.literal(1), wallet: z.string(), madeAt: z.iso.datetime(), from: z.iso.datetime().nullable(), to: z.iso.datetime().nullable(),
  range: z.object({ first: z.int(), last: z.int() }).meta({ description: "The entries that were asked for; none, where `last` is less than `first`. Others are there to connect them" }),
  opening: z.object({
    seq: z.int(), hash: z.string(),
    stated: z.record(z.string(), z.int()).nullable().meta({ description: "What accounts had before the first entry of this file: stated, not proven. Null where the file begins with entry 1" }),
  }),
  root: z.object({
    number: z.int(), jws: z.string(), leaf: z.object({ wallet: z.string(), seq: z.int(), head: z.string() }), index: z.int(), size: z.int(), path: z.array(z.string()),
  }).nullable().meta({ description: "The newest signed root that has this wallet, and the way to it" }),
  rootless: z.string().nullable().meta({ description: "Why there is no root" }),
  unsigned: z.object({ from: z.int(), why: z.string() }).nullable().meta({ description: "Entries of this file that no signed root covers yet" }),
  keys: z.object({ at: z.url(), jwks: KeySet }),
  entries: z.array(z.object({ seq: z.int(), body: z.string(), hash: z.string() })),
  end: z.object({ seq: z.int(), hash: z.string() }),
}).meta({ id: "Statement" });
export type Statement = z.infer<typeof Statement>;
