import type { ProblemError } from "#lib/api/problem.ts";
import type { Misfit } from "#film/routing/fits.ts";

/** A step of a quote that no model can make, the model that comes nearest, and in what it falls short. */
export interface Unable {
  node: string;
  label: string;
  model: string;
  misfits: Misfit[];
}

const fields: ReadonlySet<string> = new Set<Misfit["field"]>(["seconds", "aspect", "resolution", "firstFrame", "prompt", "language"]);
const recordOf = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? { ...value } : {});
const isField = (value: unknown): value is Misfit["field"] => typeof value === "string" && fields.has(value);

function misfitOf(value: unknown): Misfit[] {
  const { field, detail, nearest } = recordOf(value);
  if (!isField(field) || typeof detail !== "string") return [];
  return [{ field, detail, nearest: typeof nearest === "string" || typeof nearest === "number" ? nearest : null }];
}

/** What a `tool.unsupported` says of each step; nothing of what it does not say. */
export function unableOf({ extra }: Pick<ProblemError, "extra">): Unable[] {
  return (Array.isArray(extra["steps"]) ? extra["steps"] : []).flatMap((entry: unknown): Unable[] => {
    const { node, label, model, misfits } = recordOf(entry);
    if (typeof node !== "string" || typeof model !== "string") return [];
    return [{ node, model, label: typeof label === "string" ? label : node, misfits: (Array.isArray(misfits) ? misfits : []).flatMap(misfitOf) }];
  });
}

/** The shot that a picture's node belongs to, or null: voices and music have none. */
export function shotOf(node: string): string | null {
  const [kind, shot] = node.split(":");
  return shot !== undefined && (kind === "clip" || kind === "frame" || kind === "move") ? shot : null;
}
