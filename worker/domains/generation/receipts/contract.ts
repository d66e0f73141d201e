import { z } from "@hono/zod-openapi";
import { outcomes } from "#film/outcomes.ts";
import { jobStatuses, runStatuses } from "../contract.ts";

export const receiptFormats = ["json", "csv"] as const;
export const ReceiptQuery = z.object({ format: z.enum(receiptFormats).optional().meta({ description: "`csv` answers a file, as does `Accept: text/csv`" }) });

/** An entry of the wallet's log: the statement has it in full. */
const LedgerEntry = z.object({ seq: z.int(), hash: z.string(), at: z.iso.datetime() });

export const ReceiptItem = z.object({
  job: z.string(), node: z.string(), label: z.string(), status: z.enum(jobStatuses),
  outcome: z.enum(outcomes).nullable().meta({ description: "Its row of the public table of outcomes; null while it is under way" }),
  happened: z.string().nullable(), pays: z.string().nullable(), problem: z.string().nullable(),
  quoted: z.int(), captured: z.int().meta({ description: "By the ledger" }), returned: z.int().meta({ description: "What went back when the run ended" }),
  entry: LedgerEntry.nullable().meta({ description: "The entry that captured it" }),
}).meta({ id: "ReceiptItem" });
export type ReceiptItem = z.infer<typeof ReceiptItem>;

/** What a run cost, item by item, as the studio's wallet has it. */
export const Receipt = z.object({
  object: z.literal("receipt"), run: z.string(), project: z.string().nullable(), quote: z.string(), status: z.enum(runStatuses), madeAt: z.iso.datetime(),
  final: z.boolean().meta({ description: "Whether the hold has ended: then nothing changes any more" }),
  hold: z.object({
    id: z.string(), credits: z.int(), opened: LedgerEntry, expiresAt: z.iso.datetime(),
    closed: LedgerEntry.extend({
      cause: z.string(), back: z.int().meta({ description: "Into the wallet" }), expired: z.int().meta({ description: "Whose time was over" }), paidDebt: z.int().meta({ description: "To what was owed" }),
    }).nullable(),
  }).nullable().meta({ description: "Null: the wallet knows of no hold of this run" }),
  credits: z.object({ quoted: z.int(), captured: z.int(), returned: z.int(), held: z.int() }),
  items: z.array(ReceiptItem),
  differences: z.array(z.string()).meta({ description: "Where the run says something else than the ledger. The ledger holds" }),
}).meta({ id: "Receipt" });
export type Receipt = z.infer<typeof Receipt>;
