/** Storage of a submission, as an adapter is handed it: in memory, and failing where a test says so. */
export class MemoryKeep {
  readonly files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; contentType: string }>();
  /** Roles in the order in which they were put. */
  readonly puts: string[] = [];
  /** Storage that is down. */
  isDown = false;

  /** Keeps a file once it is whole: one that is cut off is not there. */
  async put(role: string, body: ReadableStream<Uint8Array>, contentType: string): Promise<`kept:${string}`> {
    this.puts.push(role);
    if (this.isDown) throw new Error("storage is down");
    const bytes = await wholeOf(body);
    if (bytes.length === 0) throw new Error("what the provider answered is empty");
    this.files.set(role, { bytes, contentType });
    return `kept:${role}`;
  }

  async has(role: string): Promise<`kept:${string}` | null> {
    if (this.isDown) throw new Error("storage is down");
    return this.files.has(role) ? `kept:${role}` : null;
  }
}

/** Storage has a largest size: what never ends is cut there. */
const BYTES_MAX = 20_000_000;

async function wholeOf(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.length;
    if (bytes > BYTES_MAX) {
      await reader.cancel();
      throw new Error("what the provider answered is too_large");
    }
    parts.push(Uint8Array.from(part.value));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
