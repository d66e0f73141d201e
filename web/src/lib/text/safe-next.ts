const HERE = "https://dailies.invalid";

/** Where to go after signing in: a path of ours, never another site. Read as a browser reads it, which drops tabs and turns backslashes. */
export function safeNext(next: string | null, otherwise: string): string {
  if (!next?.startsWith("/") || !URL.canParse(next, HERE)) return otherwise;
  const url = new URL(next, HERE);
  return url.origin === HERE && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}${url.hash}` : otherwise;
}
