import type Stripe from "stripe";
import { Account, idOf, unexpected } from "./account.ts";
import { page } from "./lists.ts";
import { book } from "./payments.ts";
import type { Route } from "./routes.ts";
import { Input, invalid } from "./wire.ts";

/** Gives back some of a charge, or what is left of it. */
export function refund(account: Account, chargeId: string, { amount = null, status = "succeeded", reason = null, metadata = {} }: { amount?: number | null; status?: "succeeded" | "pending"; reason?: string | null; metadata?: Record<string, string> } = {}): Stripe.Refund {
  const charge = account.get("charge", chargeId, "charge");
  const left = charge.amount_captured - charge.amount_refunded;
  if (account.all("dispute").some((one) => one.charge === chargeId && one.status !== "won" && !one.status.startsWith("warning_"))) throw unexpected(`Charge ${chargeId} has been charged back; cannot issue a refund.`, "charge_disputed");
  if (!charge.captured || left === 0) throw unexpected(`Charge ${chargeId} has already been refunded.`, "charge_already_refunded");
  if (amount !== null && (amount <= 0 || amount > left)) throw invalid(`Refund amount ($${amount / 100}) is greater than unrefunded amount on charge ($${left / 100})`, "amount", "amount_too_large");
  const given = amount ?? left;
  const id = account.newId("re_");
  const balance = book(account, { amount: -given, currency: charge.currency, source: id, type: "refund", category: "refund" });
  const refunded = account.add("refund", {
    id, object: "refund", amount: given, balance_transaction: balance.id, charge: charge.id, created: account.seconds(idOf(charge.customer) || null), currency: charge.currency, customer: charge.customer, customer_account: null,
    destination_details: { card: { type: "refund", reference_status: "pending", reference_type: "acquirer_reference_number" }, type: "card" }, metadata, payment_intent: charge.payment_intent, payment_method: charge.payment_method,
    reason: reason, receipt_number: null, source_transfer_reversal: null, status, transfer_reversal: null,
  });
  const previous = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
  const total = charge.amount_refunded + given;
  account.change(charge, { amount_refunded: total, refunded: total === charge.amount });
  account.emit("refund.created", refunded);
  account.emit("charge.refunded", charge, previous);
  return refunded;
}

/** A refund that was under way has arrived, or has come back, even after it had succeeded. */
export function settleRefund(account: Account, id: string, status: "succeeded" | "failed"): Stripe.Refund {
  const refunded = account.get("refund", id);
  if (refunded.status === status || refunded.status === "failed" || refunded.status === "canceled") throw unexpected(`This refund is ${refunded.status}.`, "refund_unexpected_state");
  const charge = account.get("charge", idOf(refunded.charge));
  if (status === "succeeded") {
    account.change(refunded, { status }, "refund.updated");
    account.emit("charge.refund.updated", refunded);
    return refunded;
  }
  takeBack(account, charge, refunded);
  const balance = book(account, { amount: refunded.amount, currency: refunded.currency, source: id, type: "refund_failure", category: "refund_failure" });
  account.change(refunded, { status, failure_reason: "lost_or_stolen_card", failure_balance_transaction: balance.id }, "refund.updated");
  account.emit("refund.failed", refunded);
  account.emit("charge.refund.updated", refunded);
  return refunded;
}

function takeBack(account: Account, charge: Stripe.Charge, { amount }: Stripe.Refund): void {
  account.change(charge, { amount_refunded: charge.amount_refunded - amount, refunded: false }, "charge.updated");
}

/** The charge that a refund is asked for. */
function chargeOf(account: Account, input: Input): string {
  const intent = input.text("payment_intent");
  if (intent === null) return input.required("charge");
  const { latest_charge: charge, status } = account.get("payment_intent", intent, "payment_intent");
  if (status !== "succeeded") throw unexpected(`This PaymentIntent (${intent}) does not have a successful charge to refund.`, "payment_intent_unexpected_state", "payment_intent");
  return idOf(charge);
}

export const refundRoutes: Route[] = [
  {
    method: "POST", path: "/v1/refunds", accepts: ["amount", "charge", "payment_intent", "metadata", "reason", "currency", "instructions_email"], answer: (account, input) =>
      refund(account, chargeOf(account, input), { amount: input.integer("amount"), reason: input.oneOf("reason", ["duplicate", "fraudulent", "requested_by_customer"]), metadata: input.metadata() }),
  },
  {
    method: "GET", path: "/v1/refunds", accepts: ["charge", "payment_intent"], answer: (account, input) =>
      page(account.all("refund").filter(({ charge, payment_intent }) => (input.text("charge") ?? charge) === charge && (input.text("payment_intent") ?? payment_intent) === payment_intent), input, "/v1/refunds"),
  },
  { method: "GET", path: "/v1/refunds/:id", answer: (account, _, id) => account.get("refund", id) },
  {
    method: "POST", path: "/v1/refunds/:id", accepts: ["metadata"], answer: (account, input, id) => {
      const refunded = account.get("refund", id);
      return account.change(refunded, { metadata: input.metadata(refunded.metadata) }, "refund.updated");
    },
  },
  {
    method: "POST", path: "/v1/refunds/:id/cancel", answer: (account, _, id) => {
      const refunded = account.get("refund", id);
      if (refunded.status !== "pending") throw unexpected(`A refund that is ${refunded.status} cannot be canceled.`, "refund_unexpected_state");
      takeBack(account, account.get("charge", idOf(refunded.charge)), refunded);
      book(account, { amount: refunded.amount, currency: refunded.currency, source: id, type: "refund_failure", category: "refund_failure" });
      return account.change(refunded, { status: "canceled" }, "refund.updated");
    },
  },
];
