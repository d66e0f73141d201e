/** What two takes of one node have in common and what not, by their signed records. */
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { canonicalJson } from "#film/canonical.ts";
import type { Json } from "#film/film.ts";
import type { TakeDifference } from "../contract.ts";
import { getManifest } from "./service.ts";

/** Facts that are another with every take, and say nothing about it. */
const OWN = new Set(["v", "take", "run", "quote", "job", "attempt", "madeAt", "fingerprint", "providerId", "studio", "project", "node"]);

/** The fields that differ, one level deep where both are objects, in the order of their names. */
export function differencesBetween(from: Readonly<Record<string, unknown>>, to: Readonly<Record<string, unknown>>, under = ""): { field: string; from: Json; to: Json }[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((name) => under !== "" || !OWN.has(name)).toSorted();
  return names.flatMap((name) => {
    const [was, is] = [from[name] ?? null, to[name] ?? null] as [Json, Json];
    if (canonicalJson(was) === canonicalJson(is)) return [];
    if (isPlain(was) && isPlain(is)) return differencesBetween(was, is, `${under}${name}.`);
    return [{ field: `${under}${name}`, from: was, to: is }];
  });
}

const isPlain = (value: Json): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

/** Compares a take with another of the same node. */
export async function compareTakes(ctx: StudioCtx, id: string, other: string): Promise<TakeDifference> {
  const [{ manifest: from }, { manifest: to }] = await Promise.all([getManifest(ctx, id), getManifest(ctx, other)]);
  if (from["node"] !== to["node"] || from["project"] !== to["project"]) throw new AppError("request.invalid", "Compare takes of the same node.", { errors: [{ pointer: "/with", detail: "a take of another node" }] });
  const differences = differencesBetween(from, to);
  return { object: "take_difference", from: id, to: other, isSameFile: !differences.some(({ field }) => field.startsWith("files")), differences };
}
