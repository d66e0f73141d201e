import { recordDispute } from "../../grants/returns.ts";
import type { Family } from "./family.ts";

export const disputes: Family = {
  id: "disputes",
  types: ["charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"],
  handle: (ctx, dispute) => recordDispute(ctx, dispute),
};
