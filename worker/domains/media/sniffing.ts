/** What a file is, by its first bytes: what it says of itself, or whoever sends it, is not believed. */
import type { ContentType } from "./rules.ts";

/** So many bytes tell. */
const HEAD_BYTES = 16;

const signatures: readonly { type: ContentType; at: number; bytes: string }[] = [
  { type: "image/png", at: 0, bytes: "\x89PNG\r\n\x1a\n" },
  { type: "image/jpeg", at: 0, bytes: "\xff\xd8\xff" },
  { type: "image/webp", at: 8, bytes: "WEBP" },
  { type: "audio/wav", at: 8, bytes: "WAVE" },
  { type: "image/avif", at: 4, bytes: "ftypavif" },
  { type: "audio/mp4", at: 4, bytes: "ftypM4A" },
  { type: "video/mp4", at: 4, bytes: "ftyp" },
  { type: "model/gltf-binary", at: 0, bytes: "glTF" },
  { type: "audio/mpeg", at: 0, bytes: "ID3" },
];

/** The type of a file that is served as it is, or null. */
export function sniff(head: Uint8Array): ContentType | null {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  const found = signatures.find(({ at, bytes }) => text.startsWith(bytes, at));
  if (found) return found.type;
  // A frame of MPEG audio, layer III: eleven set bits, then its version and layer.
  const [first = 0, second = 0] = head;
  return first === 0xff && (second & 0xe6) === 0xe2 ? "audio/mpeg" : null;
}

/** The first bytes of a stream, and a stream of all of them. Null where it ends or breaks before there are any. */
export async function peek(body: ReadableStream<Uint8Array>): Promise<{ head: Uint8Array; body: ReadableStream<Uint8Array> } | null> {
  const reader = body.getReader();
  const read: Uint8Array[] = [];
  let bytes = 0;
  try {
    while (bytes < HEAD_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      read.push(value);
      bytes += value.length;
    }
  } catch {
    return null;
  }
  if (bytes === 0) return null;
  const head = new Uint8Array(bytes);
  let at = 0;
  for (const part of read) {
    head.set(part, at);
    at += part.length;
  }
  let isFirst = true;
  const whole = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (isFirst) {
        isFirst = false;
        return controller.enqueue(head);
      }
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { head, body: whole };
}
