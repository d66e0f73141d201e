/** Turn a module of named exports into a map by id. Two entries of one id stop the program at load. */
export function registry<Entry extends { id: string }>(module: Record<string, Entry>): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const entry of Object.values(module)) {
    if (entries.has(entry.id)) throw new Error(`two entries are called ${entry.id}`);
    entries.set(entry.id, entry);
  }
  return entries;
}
