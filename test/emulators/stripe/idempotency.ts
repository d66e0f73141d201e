import type { Account } from "./account.ts";
import { StripeProblem } from "./wire.ts";

const KEPT_MS = 24 * 3_600_000;

/** What was answered under this key, or null when the request is to be done. Throws when the key is another request's, or is in use. */
export function replayed(account: Account, key: string, of: string, parameters: string): { status: number; body: string } | null {
  if (key.length > 255) throw new StripeProblem(400, { message: "The idempotency key may be at most 255 characters long.", code: "idempotency_key_too_long" });
  const known = account.state.answers.get(key);
  if (!known || account.options.now() - known.at >= KEPT_MS) {
    account.state.answers.set(key, { of, parameters, at: account.options.now(), given: null });
    return null;
  }
  if (known.of !== of) throw other(`Keys for idempotent requests can only be used for the same endpoint they were first used for ('${of}' vs '${known.of}'). Try using a key other than '${key}' if you meant to execute a different request.`);
  if (known.parameters !== parameters) throw other(`Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`);
  if (known.given === null) {
    throw new StripeProblem(409, { type: "idempotency_error", code: "idempotency_key_in_use", message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.` });
  }
  return known.given;
}

const other = (message: string): StripeProblem => new StripeProblem(400, { type: "idempotency_error", message });

/** Keeps an answer. Requests that were refused before anything was done are not kept, so the same key may be sent again, set right. */
export function keep(account: Account, key: string, given: { status: number; body: string }): void {
  const known = account.state.answers.get(key);
  if (!known) return;
  if (given.status < 300 || given.status === 402) known.given = given;
  else account.state.answers.delete(key);
}
