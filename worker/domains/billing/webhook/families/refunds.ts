import { recordRefund, recordRefundsOf } from "../../grants/returns.ts";
import type { Family } from "./family.ts";

export const refunds: Family = {
  id: "refunds",
  types: ["charge.refunded", "refund.created", "refund.updated", "refund.failed"],
  handle: (ctx, object, type) => (type === "charge.refunded" ? recordRefundsOf(ctx, object) : recordRefund(ctx, object)),
};
