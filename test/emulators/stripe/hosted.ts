import type Stripe from "stripe";
import { type Account, type Card, idOf } from "./account.ts";
import { sessionLines } from "./checkout.ts";
import { cardFor } from "./customers.ts";
import { charge } from "./dunning.ts";
import type { StripeEmulator } from "./emulator.ts";
import { day, goTo, type Html, html, money, pageOf } from "./html.ts";
import { cancelInPortal, resumeInPortal } from "./portal.ts";
import { periodOf } from "./subscription.ts";
import { StripeProblem } from "./wire.ts";

/** The pages that Stripe would serve to the buyer. */
export async function hosted(emulator: StripeEmulator, request: Request, url: URL): Promise<Response> {
  const [, kind = "", id = ""] = url.pathname.split("/");
  const form = request.method === "POST" ? new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer())) : null;
  const { account } = emulator;
  try {
    if (kind === "checkout" && account.find("checkout.session", id)) return checkout(emulator, account.get("checkout.session", id), form);
    if (kind === "portal" && account.find("billing_portal.session", id)) return portal(emulator, account.get("billing_portal.session", id), form);
    if (kind === "invoices" && account.find("invoice", id)) return invoicePage(account, account.get("invoice", id), form);
    if (kind === "receipts" && account.find("charge", id)) return receipt(account.get("charge", id));
  } catch (error) {
    if (error instanceof StripeProblem) return pageOf("That did not work", html`<h1>That did not work</h1><p role="alert" class="bad">${error.message}</p><p><a class="back" href="${url.pathname}">Back</a></p>`, error.status);
    throw error;
  }
  return pageOf("Not here", html`<h1>There is nothing here</h1><p>This address is wrong, or what it showed is gone.</p>`, 404);
}

const rhythm = (price: Stripe.Price | null): string => (price?.recurring ? ` every ${price.recurring.interval_count === 1 ? "" : `${price.recurring.interval_count} `}${price.recurring.interval}${price.recurring.interval_count === 1 ? "" : "s"}` : "");

function checkout(emulator: StripeEmulator, session: Stripe.Checkout.Session, form: URLSearchParams | null): Response {
  const card = (["ok", "declined", "async"] as const).find((known) => known === form?.get("card"));
  const success = (session.success_url ?? "").replaceAll("{CHECKOUT_SESSION_ID}", session.id);
  if (form && card && session.status === "open" && emulator.pay(session.id, { card }).status === "complete") return goTo(success);
  if (session.status === "complete") return pageOf("Paid", html`<h1>This is paid already</h1><p><a class="back" href="${success}">Go on to Dailies</a></p>`);
  if (session.status === "expired") return pageOf("Expired", html`<h1>This checkout has expired</h1><p>Nothing was bought.</p>${back(session.cancel_url)}`);
  return pageOf("Checkout", checkoutBody(emulator, session, card === "declined"));
}

function checkoutBody({ account }: StripeEmulator, session: Stripe.Checkout.Session, wasDeclined: boolean): Html {
  const lines = sessionLines(account, session.id);
  const currency = session.currency ?? "usd";
  const tax = session.total_details?.amount_tax ?? 0;
  const again = lines.find(({ price }) => price?.type === "recurring")?.price ?? null;
  const wait = account.options.clearsAfter;
  const pay = (card: Card, words: string, isMain = false) => html`<form method="post"><input type="hidden" name="card" value="${card}"><button${isMain && html` class="main"`}>${words}</button></form>`;
  return html`
<h1>Pay ${money(session.amount_total ?? 0, currency)}${rhythm(again)}</h1>
<p class="soft">${session.mode === "subscription" ? "A subscription, until you cancel it." : "Once."} ${session.customer_details?.email ?? session.customer_email}</p>
${wasDeclined && html`<p role="alert" class="bad">The card was declined. Nothing was bought; you can try another one.</p>`}
<table>
<thead><tr><th scope="col">What you buy</th><th scope="col" class="amount">Price</th></tr></thead>
<tbody>${lines.map(({ description, quantity, amount_subtotal }) => html`<tr><td>${(quantity ?? 1) > 1 && `${quantity} × `}${description}</td><td class="amount">${money(amount_subtotal, currency)}</td></tr>`)}
${tax > 0 && html`<tr><td>Tax</td><td class="amount">${money(tax, currency)}</td></tr>`}</tbody>
<tfoot><tr><td>Total today</td><td class="amount">${money(session.amount_total ?? 0, currency)}</td></tr></tfoot>
</table>
${pay("ok", "Pay with a test card that works", true)}
${pay("declined", "Pay with a test card that is declined")}
${pay("async", `Pay with a test bank debit that clears ${wait === undefined ? "later" : `${wait} seconds later`}`)}
${back(session.cancel_url)}`;
}

const back = (url: string | null, words = "Go back"): Html => html`${url !== null && html`<p><a class="back" href="${url}">${words}</a></p>`}`;

function portal(emulator: StripeEmulator, session: Stripe.BillingPortal.Session, form: URLSearchParams | null): Response {
  const { account } = emulator;
  const action = form?.get("action");
  const own = account.all("subscription").filter(({ customer, ended_at }) => customer === session.customer && ended_at === null);
  const subscription = own.find(({ id }) => id === form?.get("subscription"));
  if (action === "cancel" && subscription) cancelInPortal(account, subscription);
  if (action === "resume" && subscription) resumeInPortal(account, subscription);
  if (action === "ok" || action === "declined") emulator.setCard(session.customer, action);
  // So that a reload does not do it again.
  if (form) return goTo(session.url);
  return pageOf("Billing", html`<h1>Billing</h1><p class="soft">${account.find("customer", session.customer)?.email}</p>${own.length === 0 ? html`<h2>Plan</h2><p>No plan is running.</p>` : own.map((one) => plan(account, one))}${cards(account, session.customer)}${history(account, session.customer)}${back(session.return_url, "Back to Dailies")}`);
}

function plan(account: Account, subscription: Stripe.Subscription): Html {
  const { id, items, cancel_at: cancelAt, status, schedule } = subscription;
  const names = items.data.map(({ price, quantity = 1 }) => `${quantity > 1 ? `${quantity} × ` : ""}${account.find("product", idOf(price.product))?.name}, ${money((price.unit_amount ?? 0) * quantity, price.currency)}${rhythm(price)}`);
  const act = (action: string, words: string) => html`<form method="post"><input type="hidden" name="subscription" value="${id}"><button name="action" value="${action}">${words}</button></form>`;
  const next = account.find("subscription_schedule", idOf(schedule))?.phases.find(({ start_date }) => start_date === periodOf(subscription).end);
  const to = next?.items.map(({ price }) => account.find("product", idOf(account.find("price", idOf(price))?.product))?.name).join(", ");
  return html`<h2>Plan</h2>
${names.map((name) => html`<p><strong>${name}</strong></p>`)}
${status === "past_due" && html`<p class="bad">The last payment was declined. It is tried again by itself; a card that works lets it through.</p>`}
<p>${cancelAt === null ? `Renews on ${day(periodOf(subscription).end)}.` : `Ends on ${day(cancelAt)} and does not renew.`} ${to !== undefined && `Then changes to ${to}.`}</p>
${schedule === null && (cancelAt === null ? act("cancel", "Cancel at the end of the period") : act("resume", "Keep the plan"))}`;
}

function cards(account: Account, customer: string): Html {
  const method = cardFor(account, { customer, subscription: account.all("subscription").findLast((one) => one.customer === customer && one.ended_at === null) ?? null });
  const works = method && account.note(method.id).card !== "declined";
  return html`<h2>Payment method</h2>
<p>${method ? html`Test ${method.card ? "card" : "bank account"} ending in <strong>${method.card?.last4 ?? method.us_bank_account?.last4}</strong>, which ${works ? "works" : "is declined"}.` : "None yet."}</p>
<form method="post"><button name="action" value="ok">Use a test card that works</button></form>
<form method="post"><button name="action" value="declined">Use a test card that is declined</button></form>`;
}

function history(account: Account, customer: string): Html {
  const invoices = account.all("invoice").filter((one) => one.customer === customer && one.status !== "draft").toReversed();
  if (invoices.length === 0) return html`<h2>Invoices</h2><p>None yet.</p>`;
  return html`<h2>Invoices</h2>
<table><thead><tr><th scope="col">Date</th><th scope="col">Number</th><th scope="col">State</th><th scope="col" class="amount">Amount</th></tr></thead>
<tbody>${invoices.map(({ id, created, number, status, total, currency }) => html`<tr><td>${day(created)}</td><td><a href="/invoices/${id}">${number}</a></td><td>${status}</td><td class="amount">${money(total, currency)}</td></tr>`)}</tbody></table>`;
}

function invoicePage(account: Account, invoice: Stripe.Invoice, form: URLSearchParams | null): Response {
  const { number, currency, lines, status, total, starting_balance: before, ending_balance: after, amount_due: due } = invoice;
  if (form?.get("action") === "pay" && status === "open") {
    account.wholly(() => charge(account, invoice));
    return goTo(`/invoices/${invoice.id}`);
  }
  const tax = (invoice.total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const balance = (after ?? before) - before;
  return pageOf(`Invoice ${number ?? ""}`, html`<h1>Invoice ${number}</h1>
<p class="soft">${day(invoice.created)} · ${invoice.customer_email} · ${status === "paid" ? "paid" : status}</p>
${status === "open" && invoice.attempted && html`<p role="alert" class="bad">The last attempt was declined.</p>`}
<table><thead><tr><th scope="col">What for</th><th scope="col" class="amount">Amount</th></tr></thead>
<tbody>${lines.data.map(({ description, amount, period }) => html`<tr><td>${description}${period.start !== period.end && html`<br><span class="soft">${day(period.start)} to ${day(period.end)}</span>`}</td><td class="amount">${money(amount, currency)}</td></tr>`)}
${tax !== 0 && html`<tr><td>Tax</td><td class="amount">${money(tax, currency)}</td></tr>`}</tbody>
<tfoot><tr><td>Total</td><td class="amount">${money(total, currency)}</td></tr>
${balance !== 0 && html`<tr><td>Kept on the customer's balance</td><td class="amount">${money(due - total, currency)}</td></tr>`}<tr><td>${status === "paid" ? "Paid" : "To pay"}</td><td class="amount">${money(due, currency)}</td></tr></tfoot></table>
${status === "open" && html`<form method="post"><button class="main" name="action" value="pay">Pay with the card on file</button></form>`}`);
}

function receipt({ amount, amount_refunded: returned, currency, created, description, status }: Stripe.Charge): Response {
  return pageOf("Receipt", html`<h1>Receipt</h1><p class="soft">${day(created)} · ${status}</p><p>${description ?? "Payment"}: <strong>${money(amount, currency)}</strong></p>${returned > 0 && html`<p>Given back: <strong>${money(returned, currency)}</strong></p>`}`);
}
