/** A database that counts the rows which it reads: what an index does not lead to shows here, however small the test is. */
export function countingRows(db: D1Database): { db: D1Database; rows: () => number } {
  let rows = 0;
  const count = <Result extends { meta: { rows_read?: number } }>(result: Result): Result => {
    rows += result.meta.rows_read ?? 0;
    return result;
  };
  const watched = (statement: D1PreparedStatement): D1PreparedStatement => new Proxy(statement, {
    get: (target, name) => {
      if (name === "bind") return (...values: unknown[]) => watched(target.bind(...values));
      // `raw` and `first` tell nothing of what they read: the same is asked once more.
      if (name === "raw" || name === "first") {
        return async (...input: unknown[]) => {
          count(await target.all());
          return (Reflect.get(target, name) as (...values: unknown[]) => Promise<unknown>).apply(target, input);
        };
      }
      if (name === "all" || name === "run") return async () => count(await target[name]());
      return Reflect.get(target, name) as unknown;
    },
  });
  const batch: D1Database["batch"] = async (statements) => {
    const results = await db.batch(statements);
    results.forEach(count);
    return results as never;
  };
  return { db: new Proxy(db, { get: (target, name) => (name === "batch" ? batch : name === "prepare" ? (query: string) => watched(target.prepare(query)) : (Reflect.get(target, name) as unknown)) }), rows: () => rows };
}
