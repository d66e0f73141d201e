import type { Ctx } from "#core/context.ts";
import { hex } from "#core/encoding.ts";
import type { ContentType } from "./rules.ts";

/** A body of which no byte comes for so long is given up: it is stored again from its beginning. */
const IDLE_MS = 45_000;
/** Parts of a multipart upload are this large; R2 wants at least 5 MiB, and memory holds one at a time. */
const PART_BYTES = 8 * 1024 * 1024;

export interface StoredObject {
  key: string;
  bytes: number;
  sha256: string;
}
/** `held`: all of it, where it was small enough to be in memory at once: whoever looks at it need not read it again. */
export type StoreOutcome = { ok: true; object: StoredObject; held: Uint8Array | null } | { ok: false; reason: "too_large" | "empty" | "cut_off" };

interface StoreRequest {
  key: string;
  body: ReadableStream<Uint8Array>;
  /** What people brought has none: it never leaves as what it says that it is. */
  contentType: ContentType | "application/octet-stream";
  bytesMax: number;
}

/** Collects a stream into parts of one size, hashing as it goes. */
class PartReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** What was given out last, and of several parts the hash of those before it: a small file is hashed at once. */
  #last: Uint8Array | null = null;
  #digest: { stream: DigestStream; writer: WritableStreamDefaultWriter<ArrayBuffer | ArrayBufferView> } | null = null;
  #rest = new Uint8Array(0);
  #done = false;
  bytes = 0;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** The next part, shorter only at the end; null after it. */
  async next(bytesMax: number): Promise<Uint8Array | null | "too_large"> {
    const chunks: Uint8Array[] = [this.#rest];
    let size = this.#rest.length;
    while (!this.#done && size < PART_BYTES) {
      const { done, value } = await this.#read();
      if (done) this.#done = true;
      else {
        chunks.push(value);
        size += value.length;
        this.bytes += value.length;
        if (this.bytes > bytesMax) return "too_large";
      }
    }
    const whole = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.#rest = whole.slice(PART_BYTES);
    if (size === 0) return null;
    const part = whole.subarray(0, PART_BYTES);
    if (this.#last) await this.#add(this.#last);
    this.#last = part;
    return part;
  }

  async #read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    let isIdle = false;
    const timer = setTimeout(() => {
      isIdle = true;
      void this.#reader.cancel().catch(() => undefined);
    }, IDLE_MS);
    try {
      const chunk = await this.#reader.read();
      // Cancelling looks like the end, which it is not.
      if (isIdle) throw new Error("no byte came");
      return chunk;
    } finally {
      clearTimeout(timer);
    }
  }

  async #add(part: Uint8Array): Promise<void> {
    if (!this.#digest) {
      const stream = new crypto.DigestStream("SHA-256");
      // Aborting rejects this promise, which nobody awaits then.
      stream.digest.catch(() => undefined);
      this.#digest = { stream, writer: stream.getWriter() };
    }
    await this.#digest.writer.write(part);
  }

  async hash(): Promise<string> {
    const last = this.#last ?? new Uint8Array(0);
    if (!this.#digest) return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", last)));
    await this.#add(last);
    await this.#digest.writer.close();
    return hex(new Uint8Array(await this.#digest.stream.digest));
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
    await this.#digest?.writer.abort().catch(() => undefined);
  }
}

/**
 * Stream into R2 whether or not its length is known, in memory of one part, and hash it on the way. Nothing is left behind where it fails.
 * Content type and disposition are fixed here and served as they are.
 */
export async function storeStream(ctx: Ctx, { key, body, contentType, bytesMax }: StoreRequest): Promise<StoreOutcome> {
  const parts = new PartReader(body);
  const httpMetadata = { contentType };
  let multipart: R2MultipartUpload | null = null;
  const uploaded: R2UploadedPart[] = [];
  try {
    const first = await parts.next(bytesMax);
    if (first === null) {
      await parts.cancel();
      return { ok: false, reason: "empty" };
    }
    let held: Uint8Array | null = null;
    let part: Uint8Array | null | "too_large" = first;
    while (part !== null) {
      if (part === "too_large") {
        await Promise.all([parts.cancel(), multipart?.abort()]);
        return { ok: false, reason: "too_large" };
      }
      const next: Uint8Array | null | "too_large" = part.length < PART_BYTES ? null : await parts.next(bytesMax);
      if (next === null && !multipart) {
        await ctx.env.MEDIA.put(key, part, { httpMetadata });
        held = part;
      } else {
        multipart ??= await ctx.env.MEDIA.createMultipartUpload(key, { httpMetadata });
        uploaded.push(await multipart.uploadPart(uploaded.length + 1, part));
      }
      part = next;
    }
    const sha256 = await parts.hash();
    if (multipart) await multipart.complete(uploaded);
    return { ok: true, object: { key, bytes: parts.bytes, sha256 }, held };
  } catch {
    await Promise.all([parts.cancel(), multipart?.abort().catch(() => undefined)]);
    return { ok: false, reason: "cut_off" };
  }
}
