import { z } from "zod";

const ASK_TIMEOUT_MS = 30_000;
const HEALTH_TIMEOUT_MS = 5_000;
const ANSWER_BYTES_MAX = 400 * 1024 * 1024;
const WORDS_MAX = 500;

/** What a container says of a prediction, in its answers and webhooks alike. */
export const CogPrediction = z.object({
  id: z.string().nullish(),
  status: z.enum(["starting", "processing", "succeeded", "failed", "canceled"]),
  output: z.json().optional(),
  error: z.string().nullish(),
  logs: z.string().nullish(),
});
export type CogPrediction = z.infer<typeof CogPrediction>;

/** What became of a create. `later`: it is busy, or still starts. `down`: nothing answers. */
export type Created = { end: "made"; prediction: CogPrediction } | { end: "later" } | { end: "down" } | { end: "wrong"; message: string } | { end: "failed"; message: string };

/** `unknown`: something answers, and not as Cog does. */
export type Health = "STARTING" | "READY" | "BUSY" | "SETUP_FAILED" | "DEFUNCT" | "UNHEALTHY" | "unknown" | "down";

const Detail = z.object({ detail: z.union([z.string(), z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])).optional(), msg: z.string() }))]) });
const HealthAnswer = z.object({ status: z.enum(["STARTING", "READY", "BUSY", "SETUP_FAILED", "DEFUNCT", "UNHEALTHY"]) });

/** One container's HTTP API, as docs/http.md of github.com/replicate/cog has it: creating under an id is idempotent while it runs, progress comes by webhook, and nothing can be polled but its health. */
export class Container {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async create(id: string, { input, webhook }: { input: unknown; webhook: string }, signal: AbortSignal): Promise<Created> {
    const body = JSON.stringify({ id, input, webhook, webhook_events_filter: ["start", "logs", "completed"] });
    // One that knows no `respond-async` answers when it is done, which may take as long as it may.
    const answer = await this.ask(`/predictions/${encodeURIComponent(id)}`, { method: "PUT", headers: { "content-type": "application/json", prefer: "respond-async" }, body, signal });
    if (answer === null) return { end: "down" };
    const { status, json } = answer;
    if (status === 409 || status === 503 || status === 429) return { end: "later" };
    if (status === 422 || status === 400) return { end: "wrong", message: wordsOf(json) ?? "the container does not accept the input" };
    const prediction = CogPrediction.safeParse(json);
    if (status >= 200 && status < 300 && prediction.success && (prediction.data.id ?? id) === id) return { end: "made", prediction: prediction.data };
    return { end: "failed", message: `the container answered ${status}${wordsOf(json) === null ? "" : `: ${wordsOf(json)}`}` };
  }

  /** Asks it to stop. Whether it does is its own affair. */
  async cancel(id: string): Promise<void> {
    await this.ask(`/predictions/${encodeURIComponent(id)}/cancel`, { method: "POST", signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
  }

  async health(): Promise<Health> {
    const answer = await this.ask("/health-check", { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    return answer === null ? "down" : (HealthAnswer.safeParse(answer.json).data?.status ?? "unknown");
  }

  /** Its OpenAPI document, which has the schemas of what goes in and comes out; null where it is not to be had. */
  async openapi(): Promise<unknown> {
    return (await this.ask("/openapi.json", { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) }))?.json ?? null;
  }

  /** What was answered, or null where nothing was. Nowhere is followed to. */
  private async ask(path: string, init: RequestInit): Promise<{ status: number; json: unknown } | null> {
    try {
      const response = await fetch(`${this.url}${path}`, { ...init, redirect: "manual" });
      return { status: response.status, json: await jsonOf(response) };
    } catch {
      return null;
    }
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error("an answer is too large");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return null;
  }
}

/** What it says is wrong, field by field. */
function wordsOf(json: unknown): string | null {
  const read = Detail.safeParse(json).data?.detail;
  if (read === undefined) return null;
  const words = typeof read === "string" ? read : read.map(({ loc = [], msg }) => `${loc.filter((part) => part !== "body").join(".")}: ${msg}`).join("; ");
  return words.slice(0, WORDS_MAX);
}
