/** The studio that a page works in, for people who are in several. */

/** The cookie that remembers it for the next page; the web in front of the API reads it too. */
export const STUDIO_COOKIE = "dailies-studio";
const YEAR_S = 31_536_000;

let chosen: string | null = null;

/** Which studio this page's calls name; null lets the cookie say it, or else it is the personal one. Only ever set in a browser. */
export const chosenStudio = (): string | null => chosen;

/** From here on this page stays in that studio, whatever other tabs choose; null once the studio's pages are left. */
export function stayIn(studio: string | null): void {
  chosen = studio;
}

/** Opens the studio afresh in this tab, and in those that are opened later. */
export function enterStudio(studio: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${STUDIO_COOKIE}=${studio}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
  location.assign("/studio");
}

/** The next page is of the personal studio again. */
export function forgetStudio(): void {
  document.cookie = `${STUDIO_COOKIE}=; Path=/; Max-Age=0; SameSite=Lax`;
}
