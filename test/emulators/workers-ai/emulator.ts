/**
 * Workers AI by its address (`/client/v4/accounts/{id}/ai/run/{model}`), and a binding in front of it: speech, transcription, pictures, text. The binding
 * gives a model's own answer, the address wraps it.
 */
import { VendorEmulator, type Asked, type Job, type VendorOptions } from "../vendor/emulator.ts";
import type { Where } from "../vendor/faults.ts";
import { fileOf } from "../vendor/files.ts";
import { base64Of, inPieces } from "../vendor/forms.ts";
import { tokensIn, TextScript, wordsIn } from "../vendor/texts.ts";

const speakers: ReadonlySet<string> = new Set(["amalthea", "andromeda", "apollo", "arcas", "aries", "asteria", "athena", "atlas", "aurora", "callista", "cora", "cordelia", "delia", "draco", "electra", "harmonia", "helena", "hera", "hermes", "hyperion", "iris", "janus", "juno", "jupiter", "luna", "mars", "minerva", "neptune", "odysseus", "ophelia", "orion", "orpheus", "pandora", "phoebe", "pluto", "saturn", "thalia", "theia", "vesta", "zeus"]);

interface Options extends VendorOptions {
  account: string;
}

export class WorkersAiEmulator extends VendorEmulator {
  override readonly backoff = [];
  readonly texts = new TextScript();
  heard = "You're late. The bridge was closed.";
  readonly #account: string;
  #count = 0;

  constructor({ account, ...options }: Options) {
    super(options);
    this.#account = account;
  }

  locate(): Pick<Where, "at" | "job"> {
    return { at: "create", job: null };
  }

  /** The platform's binding: what it throws, and what it answers, is what the address does. */
  get binding(): { run(model: string, inputs: Record<string, unknown>, options?: { returnRawResponse?: boolean; signal?: AbortSignal }): Promise<unknown> } {
    return {
      run: async (model, inputs, { returnRawResponse = false, signal } = {}) => {
        signal?.throwIfAborted();
        const url = new URL(`/client/v4/accounts/${this.#account}/ai/run/${model}`, this.options.origin);
        const { audio, ...rest } = inputs as { audio?: { body?: BodyInit; contentType?: string } };
        const isRaw = typeof audio === "object" && audio.body !== undefined;
        if (isRaw) for (const [name, value] of Object.entries(rest)) url.searchParams.set(name, String(value));
        const answer = await this.handle(new Request(url, {
          method: "POST", signal: signal ?? null, headers: { authorization: `Bearer ${this.options.key}`, "content-type": isRaw ? (audio.contentType ?? "") : "application/json" }, body: isRaw ? (audio.body ?? null) : JSON.stringify(inputs),
          ...(isRaw && { duplex: "half" }),
        } as RequestInit));
        const own = await unwrapped(answer);
        if (returnRawResponse) return own;
        if (!own.ok) throw new Error(await own.text());
        return own.headers.get("content-type")?.startsWith("application/json") ? own.json() : own.body;
      },
    };
  }

  async answer({ request, url, body }: Asked): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${this.options.key}`) return error(401, 10_000, "Authentication error");
    const [, account, model = ""] = /^\/client\/v4\/accounts\/([^/]+)\/ai\/run\/(.+)$/.exec(url.pathname) ?? [];
    if (account !== this.#account) return error(404, 7_003, "Could not route to this account.");
    const inputs = (request.headers.get("content-type") ?? "").startsWith("application/json") ? (JSON.parse(body) as Record<string, unknown>) : Object.fromEntries(url.searchParams);
    this.#count += 1;
    const job = this.add({ id: `ai_${this.#count}`, model, input: inputs as Job["input"], webhook: null });
    job.state = "ended";
    switch (model) {
      case "@cf/deepgram/aura-2-en":
        if (inputs["speaker"] !== undefined && !speakers.has(String(inputs["speaker"]))) return error(400, 5_006, "Error: oneOf at '/speaker' not met.");
        return new Response(inPieces(await fileOf({ ending: "mp3", seconds: Math.max(0.3, String(inputs["text"]).length * 0.06) })), { headers: { "content-type": "audio/mpeg", "cf-ai-req-id": job.id } });
      case "@cf/deepgram/nova-3":
        return result({ results: { channels: [{ detected_language: "en", alternatives: [{ transcript: this.heard, confidence: 0.99, words: this.heard.split(" ").map((word, at) => ({ word: word.toLowerCase().replace(/[.,]$/, ""), punctuated_word: word, start: at * 0.4, end: at * 0.4 + 0.3, confidence: 0.99 })) }] }] } }, job.id);
      case "@cf/black-forest-labs/flux-1-schnell":
        if (String(inputs["prompt"]).length > 2_048) return error(400, 5_006, "Error: Length of '/prompt' must be <= 2048 not met.");
        if (String(inputs["prompt"]).includes("FORBIDDEN")) return error(400, 3_030, "Input prompt contains NSFW content");
        return result({ image: this.meets(job, "empty") ? "" : base64Of(await fileOf({ ending: "jpg" })) }, job.id);
      case "@cf/meta/llama-guard-3-8b":
        return result({ response: body.includes("FORBIDDEN") ? { safe: false, categories: ["S1"] } : body.includes("ADVICE") ? { safe: false, categories: ["S6"] } : { safe: true }, usage: { prompt_tokens: 200, completion_tokens: 8, total_tokens: 208 } }, job.id);
      default:
        return Array.isArray(inputs["messages"]) ? this.#text(body, job.id) : error(400, 5_007, `No such model ${model} or task`);
    }
  }

  failure(status: number): Response {
    return status === 429 ? error(429, 3_040, "No more data centers to forward the request to") : error(status, 3_000, "It did not work.");
  }

  messageOf(): null {
    return null;
  }

  sign(): Promise<Record<string, string>> {
    return Promise.resolve({});
  }

  #text(body: string, id: string): Response {
    const answer = this.texts.next(body);
    const text = answer === "stop" ? '{"half' : answer === "refuse" ? "I can't help with that." : wordsIn(answer);
    const usage = { prompt_tokens: tokensIn(body), completion_tokens: tokensIn(text), total_tokens: tokensIn(body) + tokensIn(text) };
    return result({ id: "chat_1", object: "chat.completion", created: 1_795_000_000, choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: answer === "stop" ? "length" : "stop" }], usage }, id);
  }
}

const result = (value: unknown, id: string): Response => Response.json({ result: value, success: true, errors: [], messages: [] }, { headers: { "cf-ai-req-id": id } });
const error = (status: number, code: number, message: string): Response => Response.json({ result: null, success: false, errors: [{ code, message: `AiError: ${message}` }], messages: [] }, { status });

/** An answer as the binding gives it. Only JSON is read: what a fault made of an answer stays as it is. */
async function unwrapped(answer: Response): Promise<Response> {
  if (!answer.headers.get("content-type")?.startsWith("application/json")) return answer;
  const copy = answer.clone();
  try {
    const { result: value, errors } = (await copy.json()) as { result?: unknown; errors?: { code: number; message: string }[] };
    if (errors?.[0]) return Response.json({ internalCode: errors[0].code, message: errors[0].message, name: "InferenceUpstreamError", description: errors[0].message }, { status: answer.status, headers: Object.fromEntries(answer.headers) });
    return value === undefined ? answer : Response.json(value, { status: answer.status, headers: { "cf-ai-req-id": answer.headers.get("cf-ai-req-id") ?? "" } });
  } catch {
    return answer;
  }
}
