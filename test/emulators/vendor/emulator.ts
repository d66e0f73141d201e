/**
 * What the emulators of vendors have in common: faults on the way, jobs that end when a test says so, files, webhooks, and a count of what was
 * asked. A vendor's own file says its paths, states, spellings and signatures.
 */
import { fileOf, fileTypes, type FileSpec } from "./files.ts";
import { awaitsJobFault, mangled, takeJobFault, takeRequestFault, untilGivenUp, webhookFaults, type Fault, type JobFault, type WebhookFault, type Where } from "./faults.ts";
import { deliver, signed, type Delivered, type Outgoing, type Sender, type Weather } from "./webhooks.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** How a job ends; a vendor's file says what `code` and `words` become. */
export interface Ending {
  as: "succeeded" | "failed" | "canceled" | "aborted";
  code?: string;
  words?: string;
  /** Of an answer, where the vendor tells a failure by one. */
  status?: number;
  /** In the vendor's own unit. */
  cost?: number;
}

export interface Job {
  id: string;
  /** The vendor's name of the model, or its endpoint. */
  model: string;
  input: { [key: string]: Json };
  webhook: string | null;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  state: "queued" | "running" | "ended";
  /** 0 to 1. */
  progress: number;
  ending: Ending | null;
  cancels: number;
}

/** A request as it came. */
export interface Seen extends Where {
  url: string;
  headers: Headers;
  body: string;
}

export interface VendorOptions {
  /** Where it is: its true address in a test, loopback behind a port. */
  origin: string;
  /** Where its files are. */
  filesOrigin: string;
  /** What a caller has to know. */
  key: string;
  now(): number;
  /** How webhooks leave; null: there are none. */
  deliver: ((url: string, init: RequestInit) => Promise<unknown>) | null;
  /** Milliseconds until a job is over; null: until `end` says so. */
  delayMs: number | null;
}

export interface Asked {
  request: Request;
  url: URL;
  body: string;
  where: Where;
}

/** Where faults send a caller that follows them. */
export const PRIVATE_ADDRESS = "http://169.254.169.254/latest/meta-data/";

export abstract class VendorEmulator {
  readonly jobs = new Map<string, Job>();
  readonly faults: Fault[] = [];
  readonly seen: Seen[] = [];
  readonly outbox: Outgoing[] = [];
  /** What was answered to webhooks. */
  readonly delivered: Delivered[] = [];
  /** How a job of a model ends when nobody says otherwise, by model. */
  readonly endings = new Map<string, Ending>();
  isDown = false;
  readonly options: VendorOptions;
  readonly #files = new Map<string, FileSpec>();

  constructor(options: VendorOptions) {
    this.options = options;
  }

  /** Which door a request knocks at, and whose job it is about. */
  abstract locate(method: string, url: URL, body: string): Pick<Where, "at" | "job">;
  /** Answers as the vendor does. */
  abstract answer(asked: Asked): Promise<Response>;
  /** The vendor's own words for a status. */
  abstract failure(status: number): Response;
  /** The body of the webhook about a job that is over; null: it sends none. */
  abstract messageOf(job: Job): Json | null;
  abstract readonly backoff: readonly number[];
  abstract sign(message: Parameters<Sender["sign"]>[0]): Promise<Record<string, string>>;

  /** Answers a request, or throws where the network would. */
  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    // A form with a recording in it is no text: what of it is none is lost, which nobody looks at.
    const body = new TextDecoder().decode(await request.arrayBuffer());
    const located = this.locate(request.method, url, body);
    const where: Where = { method: request.method, path: url.pathname, ...located, text: located.job === null ? body : JSON.stringify(this.jobs.get(located.job)?.input ?? null) };
    this.seen.push({ ...where, url: request.url, headers: new Headers([...request.headers]), body });
    if (this.isDown) throw new TypeError("connect ECONNREFUSED");
    this.pump();
    const fault = takeRequestFault(this.faults, where);
    if (fault === "hang") return untilGivenUp(request.signal);
    if (fault === "unreached") throw new TypeError("connect ECONNREFUSED");
    if (fault !== null && typeof fault === "object") return fault.body === undefined ? withHeaders(this.failure(fault.status), fault.headers) : new Response(fault.body, { status: fault.status, headers: fault.headers ?? {} });
    const asked: Asked = { request, url, body, where };
    const answer = where.at === "file" ? await this.file(asked) : await this.#answered(asked);
    return fault === null ? answer : mangled(answer, fault, request.signal);
  }

  /** Answers, where a fault says so about a job that is over as if it were not. */
  async #answered(asked: Asked): Promise<Response> {
    const job = asked.where.at === "check" ? this.jobs.get(asked.where.job ?? "") : undefined;
    if (!job?.ending || !this.meets(job, "undone")) return this.answer(asked);
    this.jobs.set(job.id, { ...job, state: "running", ending: null, endedAt: null });
    return this.answer(asked).finally(() => this.jobs.set(job.id, job));
  }

  /** Creates that were asked for, whatever became of them. */
  get submitted(): Seen[] {
    return this.seen.filter(({ at }) => at === "create");
  }

  /** Takes a job in; its id may be one that is known already, where a fault says so. */
  add({ id, model, input, webhook }: Pick<Job, "id" | "model" | "input" | "webhook">): Job {
    const last = [...this.jobs.keys()].at(-1);
    const isReused = last !== undefined && takeJobFault(this.faults, { at: "create", method: "POST", path: "", job: null, text: JSON.stringify(input) }, "reused");
    const known = isReused ? this.jobs.get(last) : undefined;
    if (known) return known;
    const job: Job = { id, model, input, webhook, createdAt: this.options.now(), startedAt: null, endedAt: null, state: "queued", progress: 0, ending: null, cancels: 0 };
    this.jobs.set(id, job);
    if (this.options.delayMs === 0) this.end(id);
    return job;
  }

  job(id: string): Job {
    const job = this.jobs.get(id);
    if (!job) throw new Error(`there is no job ${id}`);
    return job;
  }

  start(id: string, progress = 0): void {
    const job = this.job(id);
    Object.assign(job, { state: "running", startedAt: job.startedAt ?? this.options.now(), progress });
  }

  /** Ends a job, and writes its webhook. */
  end(id: string, ending?: Ending): void {
    const job = this.job(id);
    if (job.state === "ended") return;
    Object.assign(job, { state: "ended", startedAt: job.startedAt ?? this.options.now(), endedAt: this.options.now(), ending: ending ?? this.endings.get(job.model) ?? { as: "succeeded" } });
    const message = this.messageOf(job);
    if (job.webhook === null || message === null || this.meets(job, "silent")) return;
    const outgoing = { id: `msg_${job.id}`, job: job.id, url: job.webhook, body: JSON.stringify(message), attempts: 0, dueAt: this.options.now(), weather: this.#weatherOf(job) };
    for (let copies = this.meets(job, "repeated") ? 10 : 1; copies > 0; copies -= 1) this.outbox.push({ ...outgoing });
    if (this.meets(job, "reordered")) this.outbox.push({ ...outgoing, id: `${outgoing.id}_begun`, body: JSON.stringify(this.messageOf({ ...job, state: "running", ending: null, endedAt: null })) });
  }

  #weatherOf(job: Job): Weather {
    return Object.assign({}, ...(Object.keys(webhookFaults) as WebhookFault[]).map((fault) => (this.meets(job, fault) ? webhookFaults[fault] : {}))) as Weather;
  }

  /** What a cancel does: it is over, unless it comes late. */
  cancelJob(job: Job): void {
    job.cancels += 1;
    if (job.state !== "ended" && !this.meets(job, "late")) this.end(job.id, { as: "canceled" });
  }

  /** Ends all that are under way. */
  endAll(ending?: Ending): void {
    for (const { id } of this.jobs.values()) this.end(id, ending);
  }

  /** Lets time do what it does. */
  pump(): void {
    const { delayMs, now } = this.options;
    if (delayMs === null) return;
    for (const job of this.jobs.values()) {
      if (job.state === "ended" || job.createdAt + delayMs > now()) continue;
      // What is to be seen going back is not over before.
      if (awaitsJobFault(this.faults, whereOf(job), "backwards")) this.start(job.id, 0.5);
      else this.end(job.id);
    }
  }

  meets(job: Job, fault: JobFault): boolean {
    return takeJobFault(this.faults, whereOf(job), fault);
  }

  /** How far a job looks: one that goes backwards is queued again. */
  stateSeen(job: Job): Job["state"] {
    return job.state === "running" && this.meets(job, "backwards") ? "queued" : job.state;
  }

  /** Makes a file of a job, and says where it lies. */
  fileUrl(job: Job, role: string, spec: FileSpec): string {
    const path = `/files/${job.id}/${role}.${spec.ending}`;
    this.#files.set(path, spec);
    return this.meets(job, "elsewhere") ? `${PRIVATE_ADDRESS}${role}.${spec.ending}` : `${this.options.filesOrigin}${path}`;
  }

  /** Sends webhooks that are due. */
  async deliverPending(weather: Weather = {}): Promise<Delivered[]> {
    const answers = await deliver(this.outbox, this.#sender(), weather);
    this.delivered.push(...answers);
    return answers;
  }

  /** The webhook about a job as it travels, sent or not. */
  async webhookOf(id: string, weather: Weather = {}): Promise<RequestInit> {
    const job = this.job(id);
    return signed(this.#sender(), { id: `msg_${id}`, job: id, body: JSON.stringify(this.messageOf(job)) }, weather);
  }

  #sender(): Sender {
    return { now: this.options.now, backoff: this.backoff, carry: this.options.deliver, sign: (message) => this.sign(message) };
  }

  /** A file comes in pieces and without a length, as from a vendor's network. */
  protected async file({ url, where }: Asked): Promise<Response> {
    const spec = this.#files.get(url.pathname);
    const job = where.job === null ? undefined : this.jobs.get(where.job);
    if (!spec || !job || this.meets(job, "expired")) return new Response("<Error><Code>AccessDenied</Code></Error>", { status: 404, headers: { "content-type": "application/xml" } });
    if (this.meets(job, "private")) return new Response(null, { status: 302, headers: { location: PRIVATE_ADDRESS } });
    const bytes = await fileOf(spec);
    const half = Math.ceil(bytes.length / 2);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        controller.enqueue(bytes.slice(0, half));
        controller.enqueue(bytes.slice(half));
        controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": fileTypes[spec.ending] } });
  }
}

const whereOf = (job: Job): Where => ({ at: "other", method: "", path: "", job: job.id, text: JSON.stringify(job.input) });

/** Which job a file's path is about, or null where it is no file. */
export const fileJob = ({ pathname }: URL): string | null => /^\/files\/([^/]+)\//.exec(pathname)?.[1] ?? null;

function withHeaders(response: Response, headers: Record<string, string> = {}): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
