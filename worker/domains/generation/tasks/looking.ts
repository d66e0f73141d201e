/** A vendor's video or sound of an order, looked at by the house before it is accepted: a video is written anew as it is coded, and of both it is heard how loud they are. */
import type { Ctx } from "#core/context.ts";
import { settings } from "#core/env.ts";
import { probe, signLink } from "#domains/media/index.ts";
import type { Json } from "#film/film.ts";
import { taskFault, type TaskFile } from "#film/tasks/files.ts";
import { reach } from "../providers/index.ts";
import { bad, download, held, type NotFetched } from "../runs/fetching.ts";
import { fit, LINK_SECONDS } from "../runs/fitting.ts";
import { keptKey, rawKey } from "../runs/keeping.ts";
import type { Delivery } from "../runs/recording.ts";
import { storeOrdered, type Reached, type StoredOrder } from "./reaching.ts";

export interface Asked {
  delivery: Delivery;
  role: string;
  file: TaskFile;
  address: string;
}

/** Where it lies now, and what was heard of it. */
export interface Looked {
  reached: Reached;
  address: string;
  values: { [key: string]: Json };
}

/** Whether a file is one that the house looks at: of its own it knows what they are. */
export const isLookedAt = ({ provider }: Reached, { kinds }: TaskFile): boolean => provider.delivers === "raw" && (kinds.includes("video") || kinds.includes("audio"));

/** Takes the file in and has it looked at. Repeating it goes on where it was; `wait` while the house works. */
export async function lookAt(ctx: Ctx, reached: Reached, asked: Asked): Promise<Looked | NotFetched> {
  const { delivery: { studio, fetch, attempt, quoted: { job } }, role, address } = asked;
  const key = keptKey(studio, { job, attempt }, address) ?? rawKey(studio, { job, attempt }, role);
  const lying = await ctx.env.MEDIA.head(key);
  const taken = lying ? null : await takeIn(ctx, reached, { ...asked, key });
  if (taken && !taken.ok) return taken;
  const house = reach(ctx, "house");
  if (!house) return held;
  const kind = (taken?.contentType ?? lying?.httpMetadata?.contentType)?.startsWith("video/") ? "video" : "audio";
  const input = async (): Promise<Json> => ({ file: `${settings(ctx.env).RENDERER_CALLBACK_ORIGIN}${(await signLink(ctx, key, LINK_SECONDS)).url}`, kind });
  const seen = await fit(ctx, house, { studio, attempt: { job, attempt }, fetch, model: "remux", role, text: "Looking at what came" }, { isNew: taken !== null, input });
  if ("ok" in seen) return seen;
  const { video, ...values } = seen.output;
  if (kind === "video" && typeof video !== "string") return bad(`${role}: it did not arrive`);
  return typeof video === "string" ? { reached: house, address: video, values } : { reached, address: `kept:${key.slice(key.lastIndexOf("/") + 1)}`, values };
}

/** Streams it to storage, if it is what was ordered as far as that can be told before the house has looked at it. */
async function takeIn(ctx: Ctx, reached: Reached, { delivery, role, file, address, key }: Asked & { key: string }): Promise<StoredOrder | NotFetched> {
  if (address.startsWith("kept:")) return bad(`${role}: what the provider answered is not there any more`);
  const opened = await download(reached, address, role);
  if ("ok" in opened) return opened;
  const stored = await storeOrdered(ctx, opened.body, { role, file, keyOf: () => key });
  if (!stored.ok) return stored;
  const facts = await probe(ctx, key, stored.held);
  const fault = facts ? taskFault(delivery.quoted.step.recipe, file, facts) : "it did not arrive";
  if (fault === null) return stored;
  await ctx.env.MEDIA.delete(key);
  return bad(`${role}: ${fault}`);
}
