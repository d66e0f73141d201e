import type Stripe from "stripe";
import { Account, API_VERSION } from "./account.ts";
import { inVersion } from "./versions.ts";

/** How deliveries go wrong. Everything may be set for good (`emulator.weather`), or for one `deliverPending`. */
export interface Weather {
  /** Not in the order in which things happened. */
  shuffled?: boolean;
  /** Each event so often, and `concurrent`: all at the same time. */
  times?: number;
  concurrent?: boolean;
  /** Events that stay where they are until later. */
  held?: (event: Stripe.Event) => boolean;
  /** Events that are lost for good. */
  dropped?: (event: Stripe.Event) => boolean;
  /** Seconds by which the timestamp that is signed is too old. */
  staleSeconds?: number;
  /** Signed by this secret, which is not one of ours. */
  forgedWith?: string;
  /** In the shape of this API version. */
  apiVersion?: string;
  /** The body is changed after it was signed. */
  tampered?: boolean;
  /** Also those that wait for their next retry. */
  early?: boolean;
}

export interface Delivered {
  event: Stripe.Event;
  /** The status that was answered; null when nothing was. */
  status: number | null;
}

/** Seconds until the next try. Stripe goes on for three days; so does this, with the steps that it shows in its dashboard. */
const BACKOFF_S = [60, 300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200];

/** Sends what is due, and plans again what was not answered by 2xx. */
export async function deliver(account: Account, weather: Weather): Promise<Delivered[]> {
  const now = account.options.now();
  const due = account.all("event").filter((event) => {
    const dueAt = account.note(event.id).delivery?.dueAt ?? null;
    return dueAt !== null && (weather.early === true || dueAt <= now) && weather.held?.(event) !== true;
  });
  const events = weather.shuffled === true ? shuffled(account, due) : due;
  const copies = events.flatMap((event) => Array.from({ length: weather.times ?? 1 }, () => event));
  // Taken before anything is sent, so that two deliveries at once send nothing twice.
  for (const event of events) account.note(event.id).delivery = { attempts: account.note(event.id).delivery?.attempts ?? 0, dueAt: null };
  const lost = new Set(events.filter((event) => weather.dropped?.(event) === true));
  const sent = copies.filter((event) => !lost.has(event));
  const answers: Delivered[] = [];
  if (weather.concurrent === true) answers.push(...(await Promise.all(sent.map((event) => send(account, event, weather)))));
  else for (const event of sent) answers.push(await send(account, event, weather));
  for (const event of events) {
    if (!lost.has(event)) settle(account, event, answers.some((answer) => answer.event.id === event.id && isFine(answer.status)), now);
  }
  return answers;
}

const isFine = (status: number | null): boolean => status !== null && status >= 200 && status < 300;

function settle(account: Account, event: Stripe.Event, isAnswered: boolean, now: number): void {
  const attempts = (account.note(event.id).delivery?.attempts ?? 0) + 1;
  const wait = BACKOFF_S[attempts - 1];
  account.note(event.id).delivery = { attempts, dueAt: isAnswered || wait === undefined ? null : now + wait * 1_000 };
  if (isAnswered) event.pending_webhooks = 0;
}

async function send(account: Account, event: Stripe.Event, weather: Weather): Promise<Delivered> {
  const { webhookUrl, deliver: carry } = account.options;
  if (webhookUrl === null || !carry) return { event, status: null };
  const init = await signed(account, event, weather);
  const answer = await carry(webhookUrl, init).catch(() => null);
  await answer?.body?.cancel();
  return { event, status: answer?.status ?? null };
}

/** A delivery of an event, as it travels. */
export async function signed(account: Account, event: Stripe.Event, weather: Weather = {}): Promise<RequestInit> {
  const version = weather.apiVersion ?? account.options.apiVersion ?? API_VERSION;
  const shape = inVersion(account, event, version);
  const body = JSON.stringify({ ...shape, api_version: version }, null, 2);
  const time = Math.floor(account.options.now() / 1_000) - (weather.staleSeconds ?? 0);
  const secrets = weather.forgedWith === undefined ? account.options.webhookSecrets : [weather.forgedWith];
  const signatures = await Promise.all(secrets.map((secret) => hmac(secret, `${time}.${body}`)));
  return {
    method: "POST", body: weather.tampered === true ? body.replace('"livemode": false', '"livemode": true') : body,
    headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)", "stripe-signature": [`t=${time}`, ...signatures.map((signature) => `v1=${signature}`)].join(",") },
  };
}

async function hmac(secret: string, text: string): Promise<string> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, bytes.encode(text));
  return [...new Uint8Array(signature)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Another order, the same for the same seed. */
function shuffled(account: Account, events: Stripe.Event[]): Stripe.Event[] {
  const keyed = events.map((event) => ({ event, key: account.newId("", 8) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ event }) => event);
}
