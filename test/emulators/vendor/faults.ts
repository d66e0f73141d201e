import type { Weather } from "./webhooks.ts";

/** Which of a vendor's doors a request knocks at: the same words for all vendors, so that one table of faults fits them all. */
export type Place = "create" | "check" | "result" | "cancel" | "list" | "file" | "webhook" | "keys" | "other";

/** What happens to a request on its way. A create is done all the same where it says so. */
export type RequestFault =
  /** Done, and the answer never arrives. */
  | "lost"
  /** It never arrives. */
  | "unreached"
  /** Nothing, until the caller gives up. */
  | "hang"
  /** Done, and the answer comes so late that a webhook may be there before it. */
  | "slow"
  /** Done, and answered by a page of some proxy, with 200. */
  | "html"
  /** Done, and the answer stops in the middle. */
  | "truncated"
  /** Done, and answered by JSON of another shape. */
  | "schema"
  /** Done, and the answer never ends. */
  | "endless"
  /** Done, and more comes than anybody keeps: a piece of it counts for five gigabytes. */
  | "vast"
  /** Done, and the answer comes a byte at a time, and never whole. */
  | "trickle"
  /** Done, and every byte of the answer is another one. */
  | "corrupt"
  /** Done, and the answer has no byte. */
  | "blank"
  /** Not done: answered by this, or by the vendor's own words for that status. */
  | { status: number; body?: string; headers?: Record<string, string> };

/** What happens to a job. */
export type JobFault =
  /** Its id is that of the job before. */
  | "reused"
  /** Seen running, it is queued again. */
  | "backwards"
  /** Seen over, it is at work again. */
  | "undone"
  /** It succeeds with nothing to show. */
  | "empty"
  /** Its files are gone. */
  | "expired"
  /** Its files redirect to a private address. */
  | "private"
  /** Its files are said to lie at a private address. */
  | "elsewhere"
  /** Cancelling it is accepted, and it succeeds all the same. */
  | "late"
  /** Its webhook is never sent. */
  | "silent"
  /** Its webhook is sent ten times. */
  | "repeated"
  /** A webhook about its beginning comes after the one about its end. */
  | "reordered"
  | WebhookFault;

/** What happens to a job's webhook between its vendor and us, of which each is to be refused but a large one. */
export type WebhookFault =
  /** Changed after it was signed. */
  | "tampered"
  /** Signed by somebody else's key. */
  | "forged"
  /** Signed more than five minutes ago. */
  | "stale"
  /** Without what it is signed by. */
  | "unsigned"
  /** Sent to the address of another job. */
  | "misaddressed"
  /** Two megabytes, and right. */
  | "large"
  /** Five megabytes, and right. */
  | "huge";

export interface Fault {
  at?: Place;
  method?: string;
  path?: string | RegExp;
  /** Of this job only. */
  job?: string;
  /** Only what has these words in what was asked for. */
  says?: string;
  /** Lets so many go by first. */
  after?: number;
  /** So often; without it, always. */
  times?: number;
  does: RequestFault | JobFault;
}

export interface Where {
  at: Place;
  method: string;
  path: string;
  job: string | null;
  /** What was asked for: the create's own body, or what its job was made with. */
  text?: string;
}

/** How each is brought about. */
export const webhookFaults: Readonly<Record<WebhookFault, Weather>> = {
  tampered: { tampered: true }, forged: { forged: true }, stale: { staleSeconds: 360 }, unsigned: { unsigned: true }, misaddressed: { misaddressed: true }, large: { paddedBytes: 2_000_000 }, huge: { paddedBytes: 5_000_000 },
};

const jobFaults: ReadonlySet<unknown> = new Set<JobFault>(["reused", "backwards", "undone", "empty", "expired", "private", "elsewhere", "late", "silent", "repeated", "reordered", ...(Object.keys(webhookFaults) as WebhookFault[])]);

/** The fault that a request meets, if any. */
export const takeRequestFault = (faults: Fault[], where: Where): RequestFault | null => take(faults, where, (does) => !jobFaults.has(does)) as RequestFault | null;

/** Whether a job meets a fault. */
export const takeJobFault = (faults: Fault[], where: Where, wanted: JobFault): boolean => take(faults, where, (does) => does === wanted) !== null;

/** Whether a job is still to meet a fault. */
export const awaitsJobFault = (faults: readonly Fault[], where: Where, wanted: JobFault): boolean => faults.some((fault) => fault.does === wanted && fits(fault, where));

function take(faults: Fault[], where: Where, isWanted: (does: Fault["does"]) => boolean): Fault["does"] | null {
  for (const [index, fault] of faults.entries()) {
    if (!isWanted(fault.does) || !fits(fault, where)) continue;
    if (fault.after !== undefined && fault.after > 0) {
      fault.after -= 1;
      continue;
    }
    if (fault.times !== undefined && (fault.times -= 1) <= 0) faults.splice(index, 1);
    return fault.does;
  }
  return null;
}

const fits = ({ at, method, path, job, says }: Fault, where: Where): boolean =>
  (at ?? where.at) === where.at && (method ?? where.method) === where.method && (job ?? where.job) === where.job
  && (says === undefined || (where.text ?? "").includes(says))
  && (path === undefined || (typeof path === "string" ? where.path.startsWith(path) : path.test(where.path)));

/** Resolves never: rejects when the caller gives up. */
export const untilGivenUp = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new DOMException("The operation was aborted.", "AbortError"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });

const SLOW_MS = 1_000;

/** An answer, as it arrives after something happened to it on its way. */
export async function mangled(answer: Response, does: RequestFault, signal: AbortSignal): Promise<Response> {
  if (does === "lost") {
    await answer.body?.cancel();
    throw new TypeError("Network connection lost.");
  }
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const like = (body: BodyInit | null, type = answer.headers.get("content-type") ?? "application/json"): Response => new Response(body, { status: answer.status, headers: { "content-type": type } });
  switch (does) {
    case "slow":
      await new Promise((later) => setTimeout(later, SLOW_MS));
      return like(bytes);
    case "html":
      return new Response("<!doctype html><html><head><title>502 Bad Gateway</title></head><body><center>Bad Gateway</center></body></html>", { status: 200, headers: { "content-type": "text/html" } });
    case "truncated":
      return like(cutOff(bytes.subarray(0, Math.ceil(bytes.length / 2))));
    case "schema":
      return Response.json({ message: "ok", data: { items: [1, 2, 3] } }, { status: answer.status });
    case "endless":
      return like(endless(bytes, signal));
    case "vast":
      return like(vast(bytes));
    case "trickle":
      return like(trickle(bytes, signal));
    case "corrupt":
      return like(bytes.map((byte, index) => byte ^ (((index * 151) & 0xff) | 1)));
    case "blank":
      return like(new Uint8Array(0));
    default:
      throw new TypeError("connect ECONNREFUSED");
  }
}

/** A body whose connection breaks before its end. */
const cutOff = (bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> => {
  let isSent = false;
  return new ReadableStream({
    pull: (controller) => {
      if (isSent) controller.error(new TypeError("Network connection lost."));
      else controller.enqueue(bytes);
      isSent = true;
    },
  });
};

const AT_ONCE_PIECES = 16;

/** White space after the answer, without an end: JSON all the way. */
function endless(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
  const blank = new Uint8Array(1_048_576).fill(0x20);
  let pieces = 0;
  return new ReadableStream({
    pull: async (controller) => {
      // Whoever reads more than any answer may have lets others have their turn meanwhile, as on a network.
      if (pieces > AT_ONCE_PIECES) await new Promise((later) => setTimeout(later, 0));
      if (signal.aborted) return controller.error(new DOMException("The operation was aborted.", "AbortError"));
      controller.enqueue(pieces === 0 ? bytes : blank.slice());
      pieces += 1;
    },
  });
}

const VAST_BYTES = 5_000_000_000;

/** Five gigabytes after the answer, as whoever counts them sees it. */
function vast(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const piece = Object.defineProperty(new Uint8Array(1), "length", { value: VAST_BYTES });
  let isFirst = true;
  return new ReadableStream({
    pull: (controller) => {
      controller.enqueue(isFirst ? bytes : piece);
      isFirst = false;
    },
  });
}

const TRICKLE_MS = 1_000;

function trickle(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>> {
  let index = 0;
  return new ReadableStream({
    pull: async (controller) => {
      controller.enqueue(bytes.slice(index, (index += 1)));
      await Promise.race([new Promise((later) => setTimeout(later, TRICKLE_MS)), untilGivenUp(signal)]).catch((error: unknown) => controller.error(error));
    },
  });
}
