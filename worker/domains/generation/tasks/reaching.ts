/** How a file of an order comes to storage, from a vendor, the house, or our own keeping. */
import type { Ctx } from "#core/context.ts";
import { contentTypes, peek, sniff, storeStream, type ContentType, type StoreOutcome } from "#domains/media/index.ts";
import type { TaskFile, TaskFileKind } from "#film/tasks/files.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { bad, later, type NotFetched } from "../runs/fetching.ts";

/** A provider and the way to it. */
export type Reached = { provider: Provider; call: Call };

const BYTES_MAX: Record<TaskFileKind, number> = { video: 4_000_000_000, audio: 1_000_000_000, image: 100_000_000, model: 500_000_000, text: 10_000_000, data: 10_000_000 };

interface Ordered {
  role: string;
  file: TaskFile;
  /** Where it is stored, by what it really is. */
  keyOf(contentType: ContentType): string;
}

export type StoredOrder = Extract<StoreOutcome, { ok: true }> & { key: string; contentType: ContentType };

/** Looks at a file's first bytes, and stores it if they are of a kind that was ordered. */
export async function storeOrdered(ctx: Ctx, body: ReadableStream<Uint8Array>, { role, file, keyOf }: Ordered): Promise<StoredOrder | NotFetched> {
  const seen = await peek(body);
  if (!seen) return later(`${role}: it was cut off`);
  const contentType = sniff(seen.head) ?? (file.kinds.includes("data") ? "application/json" : null);
  if (contentType === null || !file.kinds.includes(contentTypes[contentType].kind)) {
    await seen.body.cancel();
    return bad(`${role}: it is ${contentType ?? "nothing that can be played"}, ordered was ${file.kinds.join(" or ")}`);
  }
  const key = keyOf(contentType);
  const outcome = await storeStream(ctx, { key, body: seen.body, contentType, bytesMax: Math.max(...file.kinds.map((kind) => BYTES_MAX[kind])) });
  if (outcome.ok) return { ...outcome, key, contentType };
  return outcome.reason === "cut_off" ? later(`${role}: it was cut off`) : bad(`${role}: it is ${outcome.reason === "empty" ? "empty" : "too large"}`);
}
