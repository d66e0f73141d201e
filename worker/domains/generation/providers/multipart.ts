/** A form with one file in it that streams through: nobody's recording is read whole into memory. */
import { badInput, INPUT_UNREAD } from "./answers.ts";
import type { Call, Submission } from "./provider.ts";

/** Until it begins to come. */
const OPEN_TIMEOUT_MS = 30_000;

export interface Form {
  body: ReadableStream<Uint8Array>;
  contentType: string;
}

export interface OpenFile {
  body: ReadableStream<Uint8Array>;
  bytes: number | null;
  contentType: string;
}

/**
 * Opens a file of ours that a link in an order points at, or says why the order cannot be sent: the file is not there, or larger than `bytesMax` (`gone`, in
 * words), or it cannot be read just now. `signal`: of the order, since its body comes as slowly as the vendor takes it in.
 */
export async function openLink(call: Call, link: string, { bytesMax, signal, gone }: { bytesMax: number; signal: AbortSignal; gone: string }): Promise<OpenFile | Submission> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), OPEN_TIMEOUT_MS);
  try {
    const response = await call.fetch(link, { redirect: "manual", signal: AbortSignal.any([signal, patience.signal]) });
    const length = response.headers.get("content-length");
    const bytes = length === null ? null : Number(length);
    if (response.status === 200 && response.body && (bytes === null || bytes <= bytesMax)) {
      return { body: response.body as ReadableStream<Uint8Array>, bytes, contentType: response.headers.get("content-type")?.split(";")[0] ?? "application/octet-stream" };
    }
    await response.body?.cancel();
    return response.status >= 500 || response.status === 429 ? INPUT_UNREAD : badInput(gone);
  } catch {
    return INPUT_UNREAD;
  } finally {
    clearTimeout(timer);
  }
}

/** What a file of ours is, for a vendor that fetches it by its link and wants to be told; or why the order cannot be sent. */
export async function typeOfLink(call: Call, link: string, { signal, gone }: { signal: AbortSignal; gone: string }): Promise<{ contentType: string } | Submission> {
  const file = await openLink(call, link, { bytesMax: Infinity, signal, gone });
  if (!("end" in file)) await file.body.cancel().catch(() => undefined);
  return file;
}

/** A `multipart/form-data` body (RFC 7578) of some fields and then a file, as a stream; its length is told where the file's is known. */
export function formWithFile(
  fields: readonly (readonly [name: string, value: string])[], file: { name: string; fileName: string; contentType: string; body: ReadableStream<Uint8Array>; bytes: number | null },
): Form {
  const boundary = `----dailies${crypto.randomUUID().replaceAll("-", "")}`;
  const encoder = new TextEncoder();
  const head = encoder.encode([
    ...fields.map(([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    `--${boundary}\r\ncontent-disposition: form-data; name="${file.name}"; filename="${file.fileName}"\r\ncontent-type: ${file.contentType}\r\n\r\n`,
  ].join(""));
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  const whole = around(head, file.body, tail);
  const contentType = `multipart/form-data; boundary=${boundary}`;
  if (file.bytes === null) return { body: whole, contentType };
  const counted = new FixedLengthStream(head.length + file.bytes + tail.length);
  // Where our own file breaks off, the request does too: its other end sees that.
  void whole.pipeTo(counted.writable).catch(() => undefined);
  return { body: counted.readable, contentType };
}

function around(head: Uint8Array, body: ReadableStream<Uint8Array>, tail: Uint8Array): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let isBegun = false;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (!isBegun) {
        isBegun = true;
        controller.enqueue(head);
        return;
      }
      const part = await reader.read();
      if (!part.done) return controller.enqueue(part.value);
      controller.enqueue(tail);
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
