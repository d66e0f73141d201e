import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

/** Pauses between the attempts at one delivery: about four minutes in all. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000, 120_000];
const ATTEMPT_TIMEOUT_MS = 10_000;

export interface Delivery {
  /** The same in every attempt: the receiver's key against doubles. */
  id: string;
  url: string;
  body: string;
  retry: "until-accepted" | "never";
}

/** Sends webhooks signed by Standard Webhooks. Deliveries to one prediction go out in order. */
export class Webhooks {
  private readonly signer: Webhook;
  private readonly chains = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();

  constructor(secret: string) {
    this.signer = new Webhook(secret);
  }

  /** Queues a delivery behind the earlier ones of `key`; says whether it was accepted in the end. */
  send(key: string, delivery: Delivery): Promise<boolean> {
    const before = this.chains.get(key) ?? Promise.resolve();
    const sent = before.then(() => this.deliver(delivery));
    const settled = sent.then(() => undefined);
    this.chains.set(key, settled);
    void settled.then(() => {
      if (this.chains.get(key) === settled) this.chains.delete(key);
    });
    return sent;
  }

  /** Drops what is still to be delivered; the store knows what that was. */
  close(): void {
    this.stop.abort();
  }

  private async deliver(delivery: Delivery): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      if (this.stop.signal.aborted) return false;
      if (await this.attempt(delivery)) return true;
      const wait = RETRY_MS[attempt];
      if (delivery.retry === "never" || wait === undefined) return false;
      await pause(wait, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  private async attempt(delivery: Delivery): Promise<boolean> {
    const now = new Date();
    try {
      const response = await fetch(delivery.url, {
        method: "POST",
        // A redirect is a failure: a receiver's address is exact.
        redirect: "manual",
        signal: AbortSignal.any([this.stop.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
        headers: {
          "content-type": "application/json",
          "webhook-id": delivery.id,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
          "webhook-signature": this.signer.sign(delivery.id, now, delivery.body),
        },
        body: delivery.body,
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}
