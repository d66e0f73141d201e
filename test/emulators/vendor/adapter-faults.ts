/** What can go wrong between an adapter and its vendor, whichever it is, and what must come of it. */
import { PRIVATE_ADDRESS } from "./emulator.ts";
import type { RequestFault } from "./faults.ts";

const moved = { status: 302, body: "", headers: { location: PRIVATE_ADDRESS } };
const page = (status: number): RequestFault => ({ status, body: "<html><title>Error</title></html>", headers: { "content-type": "text/html" } });

/** A create that goes wrong, in words, and how it must end: whatever may have been taken is unknown, and nothing is sent twice. */
export const submitFaults: readonly { words: string; does: RequestFault; ends: object }[] = [
  { words: "nobody answers", does: "unreached", ends: { end: "unknown", because: "lost" } },
  { words: "the answer is lost", does: "lost", ends: { end: "unknown", because: "lost" } },
  { words: "it hangs", does: "hang", ends: { end: "unknown", because: "lost" } },
  { words: "the answer stops in the middle", does: "truncated", ends: { end: "unknown", because: "lost" } },
  { words: "the answer comes a byte at a time", does: "trickle", ends: { end: "unknown", because: "lost" } },
  { words: "a proxy answers with a page", does: "html", ends: { end: "unknown", because: "answered" } },
  { words: "the answer is of another shape", does: "schema", ends: { end: "unknown", because: "answered" } },
  { words: "the answer never ends", does: "endless", ends: { end: "unknown", because: "answered" } },
  { words: "the answer is empty", does: "blank", ends: { end: "unknown", because: "answered" } },
  { words: "the answer is noise", does: "corrupt", ends: { end: "unknown", because: "answered" } },
  { words: "500", does: { status: 500 }, ends: { end: "unknown", because: "answered" } },
  { words: "502 of a proxy", does: page(502), ends: { end: "unknown", because: "answered" } },
  { words: "503 of a proxy", does: page(503), ends: { end: "unknown", because: "answered" } },
  { words: "504", does: { status: 504 }, ends: { end: "unknown", because: "answered" } },
  { words: "it leads to a private address", does: moved, ends: { end: "unknown", because: "answered" } },
  { words: "503 in the vendor's words", does: { status: 503 }, ends: { end: "rejected", retry: "later", problem: { code: "throttled" } } },
  { words: "429 with seconds", does: { status: 429, headers: { "retry-after": "7" } }, ends: { end: "rejected", retry: "later", retryAfterMs: 7_000, problem: { code: "throttled" } } },
  { words: "429 with milliseconds", does: { status: 429, headers: { "retry-after-ms": "2500", "retry-after": "7" } }, ends: { end: "rejected", retryAfterMs: 2_500 } },
  { words: "429 with a date", does: { status: 429, headers: { "retry-after": "Fri, 20 Nov 2026 12:00:40 GMT" } }, ends: { end: "rejected", retryAfterMs: 40_000 } },
  { words: "429 with a day", does: { status: 429, headers: { "retry-after": "86400" } }, ends: { end: "rejected", retryAfterMs: 86_400_000 } },
  { words: "429 alone", does: { status: 429 }, ends: { end: "rejected", retry: "later" } },
  { words: "429 of a proxy", does: page(429), ends: { end: "rejected", retry: "later" } },
  { words: "our key is not known", does: { status: 401 }, ends: { end: "rejected", retry: "later", problem: { code: "provider_config" } } },
  {
    words: "404: the model is not there any more", does: { status: 404 },
    ends: { end: "rejected", retry: "never", retryAfterMs: null, problem: { code: "model_gone", detail: "The provider does not have this model any more. Choose another model; nothing was charged." } },
  },
];

/** A check that goes wrong: nothing is decided about work that is paid for. */
export const checkFaults: readonly { words: string; does: RequestFault }[] = [
  { words: "nobody answers", does: "unreached" },
  { words: "it hangs", does: "hang" },
  { words: "the answer stops in the middle", does: "truncated" },
  { words: "a proxy answers with a page", does: "html" },
  { words: "the answer is of another shape", does: "schema" },
  { words: "the answer never ends", does: "endless" },
  { words: "the answer is empty", does: "blank" },
  { words: "the answer is noise", does: "corrupt" },
  { words: "it leads to a private address", does: moved },
  { words: "400", does: { status: 400 } },
  { words: "401", does: { status: 401 } },
  { words: "404 of a proxy", does: page(404) },
  { words: "429", does: { status: 429 } },
  { words: "500", does: { status: 500 } },
  { words: "503", does: { status: 503 } },
];
