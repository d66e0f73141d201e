import { searchStudios, type AdminStudio } from "#lib/api/admin.ts";
import type { Fetch } from "#lib/api/client.ts";

/** The studio with that id, where an address names one; null where it names none, or one that is not there. */
export async function findStudio(fetch: Fetch, id: string | null): Promise<AdminStudio | null> {
  if (!id?.startsWith("studio_")) return null;
  const { data } = await searchStudios(fetch, { q: id, limit: 1 }).catch(() => ({ data: [] }));
  return data[0] ?? null;
}
