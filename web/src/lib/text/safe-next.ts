/** Where to go after signing in: a path of ours, never another site. */
export function safeNext(next: string | null, otherwise: string): string {
  if (!next || !next.startsWith("/") || next.startsWith("//") || next.startsWith("/\\") || next.includes("\n")) return otherwise;
  return next;
}
