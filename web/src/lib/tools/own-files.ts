/** Files that were uploaded from this device, kept on it: the server keeps them for making things and shows them to nobody. */
import { createStore, del, entries, get, set } from "idb-keyval";

interface OwnFile {
  file: File;
  at: number;
}

const KEPT_MOST = 20;
const BYTES_MOST = 200_000_000;
const store = () => createStore("dailies-own-files", "files");

/** A browser may refuse storage, or have no room: then there is no preview. */
export async function keepOwnFile(asset: string, file: File): Promise<void> {
  if (file.size > BYTES_MOST) return;
  try {
    await set(asset, { file, at: Date.now() } satisfies OwnFile, store());
    const all = (await entries<string, OwnFile>(store())).toSorted(([, a], [, b]) => b.at - a.at);
    await Promise.all(all.slice(KEPT_MOST).map(([key]) => del(key, store())));
  } catch { /* shown without a preview */ }
}

export async function ownFile(asset: string): Promise<File | null> {
  try {
    return (await get<OwnFile>(asset, store()))?.file ?? null;
  } catch {
    return null;
  }
}
