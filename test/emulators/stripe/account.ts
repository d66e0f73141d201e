import type Stripe from "stripe";
import { missing, StripeProblem } from "./wire.ts";

/** Everything that the account holds, by the name that Stripe gives it in `object`. */
export interface Objects {
  "balance_transaction": Stripe.BalanceTransaction;
  "billing_portal.configuration": Stripe.BillingPortal.Configuration;
  "billing_portal.session": Stripe.BillingPortal.Session;
  "charge": Stripe.Charge;
  "checkout.session": Stripe.Checkout.Session;
  "customer": Stripe.Customer;
  "dispute": Stripe.Dispute;
  "event": Stripe.Event;
  "invoice": Stripe.Invoice;
  "invoice_payment": Stripe.InvoicePayment;
  "invoiceitem": Stripe.InvoiceItem;
  "payment_intent": Stripe.PaymentIntent;
  "payment_method": Stripe.PaymentMethod;
  "price": Stripe.Price;
  "product": Stripe.Product;
  "refund": Stripe.Refund;
  "subscription": Stripe.Subscription;
  "subscription_schedule": Stripe.SubscriptionSchedule;
  "test_helpers.test_clock": Stripe.TestHelpers.TestClock;
}
export type Kind = keyof Objects;
type AnyObject = { id: string; object: string; created?: number };

/** A card that pays, one that is declined, and a bank debit that clears days later. */
export type Card = "ok" | "declined" | "async";

/** What a checkout session makes when it is paid. */
export interface Order {
  lines: Stripe.LineItem[];
  subscription: { metadata: Record<string, string>; description: string | null; trialEnd: number | null; trialDays: number | null };
  intent: { metadata: Record<string, string>; description: string | null; setup: string | null; email: string | null };
  invoice: { metadata: Record<string, string>; description: string | null };
  /** The invoice, or the intent, that pays for it. */
  paying?: string;
  /** Seconds at which a debit that is under way clears by itself. */
  clearsAt?: number;
}

/** What the emulator must remember of an object and Stripe does not show. */
export interface Note {
  /** Of a payment method: how it behaves. */
  card?: Card;
  /** Of a session: what it will make. */
  order?: Order;
  /** Of an invoice: when its card was first declined, and how often it was tried again since. */
  retries?: { since: number; count: number };
  /** Of an invoice: the items that its subscription gets when it is paid. */
  pending?: Stripe.SubscriptionItem[];
  /** Of a customer that was deleted. */
  deleted?: boolean;
  /** Of an event: when, and how often, it was sent. `dueAt` is null when it was answered, or given up. */
  delivery?: { attempts: number; dueAt: number | null };
}

/** An answer that was given under an idempotency key, or null while it is being made. */
export interface Answer {
  of: string;
  parameters: string;
  at: number;
  given: { status: number; body: string } | null;
}

export interface State {
  /** Seconds to which `tick` has moved the world. */
  time: number;
  random: number;
  objects: { [K in Kind]: Map<string, Objects[K]> };
  notes: Map<string, Note>;
  answers: Map<string, Answer>;
}

export interface Options {
  /** Where the emulator is, as its hosted pages are linked. */
  origin: string;
  key: string;
  webhookUrl: string | null;
  /** Each active secret signs each delivery. */
  webhookSecrets: string[];
  /** Milliseconds. */
  now(): number;
  /** How webhooks leave. */
  deliver: ((url: string, init: RequestInit) => Promise<Response>) | null;
  /** Of the webhook endpoint; without it, the SDK's. */
  apiVersion?: string;
  store?: Store;
  /** The same seed makes the same ids. */
  seed?: number;
  /** What is added to each invoice and session with automatic tax. */
  taxPercent?: number;
  /** Seconds after which a bank debit clears by itself; without it, when `completeAsync` says so. */
  clearsAfter?: number;
  /** What happens to a subscription when its last retry failed. */
  afterRetries?: "cancel" | "unpaid" | "past_due";
}

export interface Store {
  load(): string | null;
  save(text: string): void;
}

const KINDS: Kind[] = [
  "balance_transaction", "billing_portal.configuration", "billing_portal.session", "charge", "checkout.session", "customer", "dispute", "event", "invoice", "invoice_payment",
  "invoiceitem", "payment_intent", "payment_method", "price", "product", "refund", "subscription", "subscription_schedule", "test_helpers.test_clock",
];
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export const idOf = (reference: string | { id: string } | null | undefined): string => (typeof reference === "string" ? reference : (reference?.id ?? ""));

/** A number as Stripe's `*_decimal` fields travel; the SDK makes its Decimal of it. */
export const decimal = (value: number): Stripe.Decimal => String(value) as unknown as Stripe.Decimal;

/** One Stripe account: its objects, its clock and its events. The rules of each resource are functions next door. */
export class Account {
  readonly options: Options;
  state: State;
  /** The request being answered. */
  request: { id: string | null; idempotency_key: string | null } = { id: null, idempotency_key: null };
  #at: number | null = null;

  constructor(options: Options) {
    this.options = options;
    const saved = options.store?.load() ?? null;
    this.state = saved === null ? newState(options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 1) : read(saved);
  }

  save(): void {
    this.options.store?.save(write(this.state));
  }

  /** Seconds, as this customer's test clock has them, or the world's. */
  seconds(customer: string | null = null): number {
    if (this.#at !== null) return this.#at;
    const clock = this.find("customer", customer ?? "")?.test_clock;
    return this.find("test_helpers.test_clock", idOf(clock))?.frozen_time ?? Math.max(this.state.time, Math.floor(this.options.now() / 1_000));
  }

  /** Does something at a moment of the past or of the future. */
  at<Result>(seconds: number, act: () => Result): Result {
    const before = this.#at;
    this.#at = seconds;
    try {
      return act();
    } finally {
      this.#at = before;
    }
  }

  /** Does something, shows what came of it, and takes it all back. */
  without<Result>(act: () => Result): Result {
    const real = this.state;
    this.state = structuredClone(real);
    try {
      return structuredClone(act());
    } finally {
      this.state = real;
    }
  }

  /** All of it or nothing, save where an attempt is to be remembered. */
  wholly<Result>(act: () => Result, isChange = true): Result {
    if (!isChange) return act();
    // Events and answers only grow: they are cut back rather than copied.
    const { event } = this.state.objects;
    const events = event.size;
    const rest = structuredClone({ ...this.state, answers: null, objects: { ...this.state.objects, event: null } });
    try {
      return act();
    } catch (error) {
      if (error instanceof StripeProblem && error.isKept) throw error;
      for (const id of [...event.keys()].slice(events)) event.delete(id);
      this.state = { ...rest, random: this.state.random, answers: this.state.answers, objects: { ...rest.objects, event } };
      throw error;
    }
  }

  newId(prefix: string, length = 24): string {
    let id = prefix;
    for (let count = 0; count < length; count += 1) id += ALPHABET[this.#random() % ALPHABET.length];
    return id;
  }

  all<K extends Kind>(kind: K): Objects[K][] {
    return [...this.state.objects[kind].values()];
  }

  find<K extends Kind>(kind: K, id: string): Objects[K] | undefined {
    return this.state.objects[kind].get(id);
  }

  get<K extends Kind>(kind: K, id: string, param?: string): Objects[K] {
    const found = this.find(kind, id);
    if (!found) throw missing(kind, id, param);
    return found;
  }

  /** Whatever has this id. */
  any(id: string): AnyObject | undefined {
    for (const kind of KINDS) {
      const found = this.state.objects[kind].get(id);
      if (found) return found;
    }
    return undefined;
  }

  add<K extends Kind>(kind: K, object: Objects[K]): Objects[K] {
    this.state.objects[kind].set(object.id, object);
    return object;
  }

  remove(kind: Kind, id: string): void {
    this.state.objects[kind].delete(id);
  }

  note(id: string): Note {
    const note = this.state.notes.get(id) ?? {};
    this.state.notes.set(id, note);
    return note;
  }

  /** Changes an object; when that makes a difference, an event says so, with what was before. */
  change<Object extends AnyObject>(object: Object, changes: Partial<Object>, type: string | null = null): Object {
    const before: Record<string, unknown> = {};
    for (const key of Object.keys(changes) as (keyof Object & string)[]) {
      if (JSON.stringify(object[key]) !== JSON.stringify(changes[key])) before[key] = structuredClone(object[key]) ?? null;
    }
    Object.assign(object, changes);
    if (type !== null && Object.keys(before).length > 0) this.emit(type, object, before);
    return object;
  }

  emit(type: string, object: AnyObject, previous: Record<string, unknown> | null = null): void {
    const { webhookUrl, now, apiVersion } = this.options;
    const event = {
      id: this.newId("evt_"), object: "event", api_version: apiVersion ?? API_VERSION, created: this.seconds(customerOf(object)),
      data: { object: structuredClone(object), ...(previous === null ? {} : { previous_attributes: previous }) },
      livemode: false, pending_webhooks: webhookUrl === null ? 0 : 1, request: { ...this.request }, type,
    } as unknown as Stripe.Event;
    this.add("event", event);
    if (webhookUrl !== null) this.note(event.id).delivery = { attempts: 0, dueAt: now() };
  }

  /** Mulberry32: good enough for ids, and the same for the same seed. */
  #random(): number {
    this.state.random = (this.state.random + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state.random ^ (this.state.random >>> 15), 1 | this.state.random);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return (bits ^ (bits >>> 14)) >>> 0;
  }
}

export const API_VERSION = "2026-10-28.endive";

/** The customer that an object is about. */
export function customerOf(object: AnyObject): string | null {
  if (object.object === "customer") return object.id;
  const customer: unknown = Reflect.get(object, "customer");
  return typeof customer === "string" ? customer : null;
}

/** A list as Stripe answers it. */
export const listOf = <Item>(url: string, data: Item[], hasMore = false): Stripe.ApiList<Item> => ({ object: "list", data, has_more: hasMore, url });

function newState(random: number): State {
  const objects = Object.fromEntries(KINDS.map((kind) => [kind, new Map()])) as unknown as State["objects"];
  return { time: 0, random, objects, notes: new Map(), answers: new Map() };
}

const write = (state: State): string => JSON.stringify(state, (_, value: unknown) => (value instanceof Map ? { map: [...value] } : value));

function read(text: string): State {
  const state = JSON.parse(text, (_, value: unknown) => {
    const entries: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "map") : undefined;
    return Array.isArray(entries) ? new Map(entries as [string, unknown][]) : value;
  }) as State;
  for (const kind of KINDS) Reflect.set(state.objects, kind, state.objects[kind] ?? new Map());
  // Whatever was in the middle when the process ended will not be answered any more.
  for (const [key, answer] of state.answers) if (answer.given === null) state.answers.delete(key);
  return state;
}

/** Refuses a thing that is not in the state for what is asked. */
export const unexpected = (message: string, code: string, param?: string): StripeProblem => new StripeProblem(400, { code, message, ...(param === undefined ? {} : { param }) });
