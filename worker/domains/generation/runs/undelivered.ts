/** Answers that prove that a request never came to its vendor: then nothing was taken, and another model may be asked at once. */
import type { Call, Sight, Submission } from "../providers/provider.ts";

/**
 * Cloudflare's own answers in front of a vendor, or of us (developers.cloudflare.com, 5xx errors): 521 refused the connection, 523 unreachable, 525 and 526 no TLS,
 * 530 no such host. 520, 522 and 524 may come after the request was sent, and prove nothing.
 */
const NEVER_DELIVERED: ReadonlySet<number> = new Set([521, 523, 525, 526, 530]);

/** The same call, looking at what its last answer proves. */
export function watched(call: Call): { call: Call; known(submission: Submission & { sight?: Sight }): Submission & { sight?: Sight } } {
  let isUndelivered = false;
  return {
    call: {
      ...call,
      fetch: async (url, init) => {
        isUndelivered = false;
        const answer = await call.fetch(url, init);
        isUndelivered = NEVER_DELIVERED.has(answer.status);
        return answer;
      },
    },
    known: (submission) => (submission.end === "unknown" && isUndelivered
      ? { end: "rejected", problem: { code: "provider_down", detail: "The provider cannot be reached. Nothing was charged." }, retry: "later", retryAfterMs: null }
      : submission),
  };
}
