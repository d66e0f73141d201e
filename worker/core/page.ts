import { z } from "@hono/zod-openapi";
import { base64url, fromBase64 } from "./encoding.ts";
import { AppError } from "./errors.ts";

/** Query of every list: `limit` 1-100, and the `nextCursor` of the page before. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(24).openapi({ type: "integer" }),
  cursor: z.string().max(400).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A list's wire form. */
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/** Keyset position: the values of the order columns of the last row. */
export const encodeCursor = (position: (string | number)[]): string => base64url(new TextEncoder().encode(JSON.stringify(position)));

const Position = z.array(z.union([z.string(), z.number()]));

/** The position in a cursor, of this many columns. A cursor that is not ours is a 422, never a crash. */
export function decodeCursor(cursor: string, columns: number): (string | number)[] {
  const bytes = fromBase64(cursor);
  if (bytes) {
    try {
      const position = Position.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
      if (position.success && position.data.length === columns) return position.data;
    } catch { /* falls through: the text was not JSON */ }
  }
  throw new AppError("request.invalid", "The cursor is not one of ours. Begin the list again without it.", { errors: [{ pointer: "query/cursor", detail: "unknown cursor" }] });
}

/** Cut a query of `limit + 1` rows into a page. */
export function toPage<Row, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item, position: (row: Row) => (string | number)[]) {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data: data.map(toItem), nextCursor: rows.length > limit && last ? encodeCursor(position(last)) : null };
}
