import { getAsset, type Asset } from "#lib/api/tools.ts";
import { ownFile } from "./own-files.ts";

/** An asset with where it can be looked at: null where it was uploaded from another device. */
export interface Shown {
  asset: Asset;
  url: string | null;
  /** What it was called on this device; empty where it was made, or came from another one. */
  name: string;
}

const links = new Map<string, string>();

/** A link to a file of this device; the browser keeps it for as long as the page is open. */
function linkTo(id: string, file: File): string {
  const link = links.get(id) ?? URL.createObjectURL(file);
  links.set(id, link);
  return link;
}

export async function shownOf(asset: Asset): Promise<Shown> {
  const own = asset.url === null ? await ownFile(asset.id) : null;
  return { asset, url: asset.url ?? (own && linkTo(asset.id, own)), name: own?.name ?? "" };
}

export const readShown = async (id: string): Promise<Shown> => shownOf(await getAsset(fetch, id));

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** `3.4 MB` */
export function formatBytes(bytes: number, locale: string): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(locale, { style: "unit", unit: UNITS[step] ?? "byte", unitDisplay: "short", maximumFractionDigits: 1 }).format(bytes / 1000 ** step);
}
