import { giveUpSession, takeInSession } from "../../checkouts/service.ts";
import type { Family } from "./family.ts";

export const checkout: Family = {
  id: "checkout",
  types: ["checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed", "checkout.session.expired"],
  handle: (ctx, session, type) => (type === "checkout.session.async_payment_failed" ? giveUpSession(ctx, session) : takeInSession(ctx, session)),
};
