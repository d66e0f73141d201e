const BROWSERS: [RegExp, string][] = [[/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Firefox\//, "Firefox"], [/HeadlessChrome\/|Chrome\//, "Chrome"], [/Safari\//, "Safari"]];
const SYSTEMS: [RegExp, string][] = [[/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"]];

const first = (names: [RegExp, string][], text: string): string | null => names.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/** A browser as its owner would recognise it, out of its user agent; null where nothing can be made of that. */
export function browserName(userAgent: string): { browser: string; system: string | null } | null {
  const browser = first(BROWSERS, userAgent);
  return browser ? { browser, system: first(SYSTEMS, userAgent) } : null;
}
