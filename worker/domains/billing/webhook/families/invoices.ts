import { recordInvoice } from "../../grants/service.ts";
import { syncSubscriptionOf } from "../../subscriptions/sync.ts";
import { goOnWithInvoice } from "../../top-ups/charging.ts";
import type { Family } from "./family.ts";

export const invoices: Family = {
  id: "invoices",
  types: ["invoice.paid", "invoice.payment_failed", "invoice.payment_action_required", "invoice.voided", "invoice.marked_uncollectible"],
  handle: async (ctx, invoice) => {
    const note = await recordInvoice(ctx, invoice);
    await goOnWithInvoice(ctx, invoice);
    await syncSubscriptionOf(ctx, invoice);
    return note;
  },
};
