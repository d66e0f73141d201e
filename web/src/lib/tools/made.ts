/** How something was made, as its signed record says. */
import { getAsset, getManifest, type Manifest } from "#lib/api/tools.ts";
import { assetIn, chosenOf, type ChosenFile, type Params } from "./order.svelte.ts";
import { ownFile } from "./own-files.ts";

export interface Made {
  params: Params;
  wish: string;
  /** The words that were sent, or, to a model that reads none, those of the order. */
  words: string | null;
  /** Ids of the files that it was made from, by field. */
  files: Record<string, string>;
  seed: number | null;
  madeAt: string | null;
  /** Whether its record is as it was signed. */
  isProven: boolean;
}

const recordOf = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {});

export function madeOf({ manifest, proof }: Pick<Manifest, "manifest" | "proof">): Made {
  const recipe = recordOf(manifest["recipe"]);
  const params = recordOf(recipe["params"]);
  const { seed, madeAt } = manifest;
  const words = [manifest["prompt"], params["prompt"], params["text"], params["message"]].find((each) => typeof each === "string" && each !== "");
  return {
    params, wish: typeof recipe["wish"] === "string" ? recipe["wish"] : "best", words: typeof words === "string" ? words : null, seed: typeof seed === "number" ? seed : null,
    madeAt: typeof madeAt === "string" ? madeAt : null, isProven: proof !== "none",
    files: Object.fromEntries(Object.entries(params).flatMap(([field, value]) => { const asset = assetIn(value); return asset === null ? [] : [[field, asset]]; })),
  };
}

/** Records never change: each is asked for once. */
const known = new Map<string, Promise<Made>>();
export function readMade(take: string): Promise<Made> {
  const asked = known.get(take) ?? getManifest(fetch, take).then(madeOf);
  known.set(take, asked);
  asked.catch(() => known.delete(take));
  return asked;
}

/** A file of the studio as a field takes it, called as it was when it was uploaded here. */
export async function readChosen(id: string): Promise<ChosenFile> {
  const [asset, own] = await Promise.all([getAsset(fetch, id), ownFile(id)]);
  return chosenOf(asset, own?.name ?? "");
}

/** The files that something was made from, as far as they are still there. */
export async function readFiles({ files }: Pick<Made, "files">): Promise<Record<string, ChosenFile>> {
  const found = await Promise.all(Object.entries(files).map(async ([field, id]) => [field, await readChosen(id).catch(() => null)] as const));
  return Object.fromEntries(found.flatMap(([field, file]) => (file ? [[field, file]] : [])));
}
