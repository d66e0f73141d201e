/** Stored files against the rows that say what is stored. Pure; both in the order of their keys. */

export interface StoredFile {
  key: string;
  bytes: number;
  storedAt: number;
}

export interface FileRow {
  key: string;
  bytes: number;
  createdAt: number;
}

export type FileFault = { kind: "orphan"; key: string; bytes: number } | { kind: "missing"; key: string } | { kind: "size"; key: string; bytes: number; stored: number };

/** What is younger than `youngFrom` is being written, and left alone. */
export function compareFiles(files: readonly StoredFile[], rows: readonly FileRow[], youngFrom: number): FileFault[] {
  const stored = new Map(files.map((file) => [file.key, file]));
  const known = new Set(rows.map(({ key }) => key));
  const orphans = files.filter(({ key, storedAt }) => !known.has(key) && storedAt < youngFrom).map(({ key, bytes }): FileFault => ({ kind: "orphan", key, bytes }));
  const wrong = rows.flatMap(({ key, bytes, createdAt }): FileFault[] => {
    const file = stored.get(key);
    if (!file) return createdAt < youngFrom ? [{ kind: "missing", key }] : [];
    return file.bytes === bytes ? [] : [{ kind: "size", key, bytes, stored: file.bytes }];
  });
  return [...orphans, ...wrong];
}
