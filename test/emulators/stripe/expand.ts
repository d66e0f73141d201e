import { Account, listOf } from "./account.ts";
import { sessionLines } from "./checkout.ts";
import { paymentsOf } from "./invoices.ts";
import { invalid } from "./wire.ts";

type Thing = Record<string, unknown>;

/** Fields that are only answered when they are asked for. */
const INCLUDABLE: Record<string, (account: Account, id: string) => unknown> = {
  "invoice.payments": (account, id) => listOf("/v1/invoice_payments", paymentsOf(account, id)),
  "checkout.session.line_items": (account, id) => listOf(`/v1/checkout/sessions/${id}/line_items`, sessionLines(account, id)),
  "customer.subscriptions": (account, id) => listOf(`/v1/customers/${id}/subscriptions`, account.all("subscription").filter((one) => one.customer === id && one.ended_at === null).toReversed()),
  "charge.refunds": (account, id) => listOf(`/v1/charges/${id}/refunds`, account.all("refund").filter(({ charge }) => charge === id).toReversed()),
};

/** A copy of an answer, with what was asked to be expanded in place of ids. */
export function expanded(account: Account, answer: object, paths: string[]): object {
  const copy = structuredClone(answer) as Thing;
  for (const path of paths) {
    const names = path.split(".");
    if (names.filter((name) => name !== "data").length > 4) throw invalid("You cannot expand more than 4 levels of a property.", "expand");
    walk(account, copy, names, path);
  }
  return copy;
}

function walk(account: Account, thing: Thing, [name = "", ...rest]: string[], path: string): void {
  const include = INCLUDABLE[`${String(thing["object"])}.${name}`];
  if (include && thing[name] === undefined) thing[name] = structuredClone(include(account, String(thing["id"])));
  if (!Object.hasOwn(thing, name)) throw invalid(`This property cannot be expanded (${path}).`, "expand");
  const value = thing[name];
  const of = (item: unknown): unknown => (typeof item === "string" ? (structuredClone(account.any(item)) ?? item) : item);
  const next = (thing[name] = Array.isArray(value) ? value.map(of) : of(value));
  if (rest.length === 0) return;
  for (const item of Array.isArray(next) ? next : [next]) if (typeof item === "object" && item !== null) walk(account, item as Thing, rest, path);
}
