import type Stripe from "stripe";
import { Account, idOf, unexpected } from "./account.ts";
import { days } from "./calendar.ts";
import { page } from "./lists.ts";
import { book } from "./payments.ts";
import type { Route } from "./routes.ts";

const FEE_CENTS = 1_500;
const EVIDENCE = [
  "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
  "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation",
  "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
];
const OVER = new Set<string>(["won", "lost", "warning_closed", "prevented"]);

/** The cardholder's bank takes a charge back. An inquiry asks first, and moves no money. */
export function dispute(account: Account, chargeId: string, { amount = null, inquiry = false, reason = "fraudulent" }: { amount?: number | null; inquiry?: boolean; reason?: string } = {}): Stripe.Dispute {
  const charge = account.get("charge", chargeId);
  if (charge.disputed || !charge.paid) throw unexpected(`Charge ${chargeId} cannot be disputed.`, "charge_disputed");
  const id = account.newId("du_");
  const created = account.seconds(idOf(charge.customer) || null);
  const disputed = account.add("dispute", {
    id, object: "dispute", amount: amount ?? charge.amount, balance_transactions: [], charge: chargeId, created, currency: charge.currency, enhanced_eligibility_types: [],
    evidence: { ...Object.fromEntries(EVIDENCE.map((name) => [name, null])), enhanced_evidence: {} } as unknown as Stripe.Dispute.Evidence,
    evidence_details: { due_by: created + days(9), enhanced_eligibility: {}, has_evidence: false, past_due: false, submission_count: 0, submission_method: "not_submitted" }, intended_submission_method: null, is_charge_refundable: inquiry, livemode: false, metadata: {},
    network_reason_code: "10.4", payment_intent: charge.payment_intent, payment_method_details: { card: { brand: "visa", case_type: inquiry ? "inquiry" : "chargeback", network: "visa", network_reason_code: "10.4" }, type: "card" }, reason, status: inquiry ? "warning_needs_response" : "needs_response",
  });
  if (!inquiry) disputed.balance_transactions.push(move(account, disputed, -disputed.amount, FEE_CENTS, "dispute"));
  account.change(charge, { disputed: !inquiry }, "charge.updated");
  account.emit("charge.dispute.created", disputed);
  if (!inquiry) account.emit("charge.dispute.funds_withdrawn", disputed);
  return disputed;
}

/** The bank has decided. What was won comes back; the fee does not. */
export function closeDispute(account: Account, id: string, outcome: "won" | "lost"): Stripe.Dispute {
  const disputed = account.get("dispute", id);
  if (OVER.has(disputed.status)) throw unexpected(`This dispute is already closed: ${disputed.status}.`, "dispute_unexpected_state");
  const isInquiry = disputed.status.startsWith("warning_");
  const status: Stripe.Dispute.Status = isInquiry ? "warning_closed" : outcome;
  account.change(disputed, { status });
  if (status === "won") {
    account.change(disputed, { balance_transactions: [...disputed.balance_transactions, move(account, disputed, disputed.amount, 0, "dispute_reversal")] });
    account.emit("charge.dispute.funds_reinstated", disputed);
  }
  account.emit("charge.dispute.closed", disputed);
  return disputed;
}

const move = (account: Account, { id, currency, charge }: Stripe.Dispute, amount: number, fee: number, category: string): Stripe.BalanceTransaction =>
  structuredClone(book(account, { amount, fee, currency, source: id, type: "adjustment", category, description: amount < 0 ? `Chargeback withdrawal for ${idOf(charge)}` : `Chargeback reversal for ${idOf(charge)}` }));

export const disputeRoutes: Route[] = [
  {
    method: "GET", path: "/v1/disputes", accepts: ["charge", "payment_intent"], answer: (account, input) =>
      page(account.all("dispute").filter(({ charge, payment_intent }) => (input.text("charge") ?? charge) === charge && (input.text("payment_intent") ?? payment_intent) === payment_intent), input, "/v1/disputes"),
  },
  { method: "GET", path: "/v1/disputes/:id", answer: (account, _, id) => account.get("dispute", id) },
  {
    method: "POST", path: "/v1/disputes/:id", accepts: ["evidence", "metadata", "submit"], answer: (account, input, id) => {
      const disputed = account.get("dispute", id);
      const evidence = input.map("evidence");
      evidence?.only(EVIDENCE);
      const texts = Object.fromEntries((evidence?.names ?? []).map((name) => [name, evidence?.text(name) ?? null]));
      const isSent = evidence !== null && input.flag("submit") !== false;
      return account.change(disputed, {
        metadata: input.metadata(disputed.metadata), evidence: { ...disputed.evidence, ...texts }, status: isSent && disputed.status.endsWith("needs_response") ? (disputed.status.replace("needs_response", "under_review") as Stripe.Dispute.Status) : disputed.status,
        evidence_details: evidence ? { ...disputed.evidence_details, has_evidence: true, submission_count: disputed.evidence_details.submission_count + (isSent ? 1 : 0), submission_method: isSent ? "manual" : "not_submitted" } : disputed.evidence_details,
      }, "charge.dispute.updated");
    },
  },
  { method: "POST", path: "/v1/disputes/:id/close", answer: (account, _, id) => closeDispute(account, id, "lost") },
];
