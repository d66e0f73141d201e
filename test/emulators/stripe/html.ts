/** Pages that need no script. Everything that goes in is escaped, unless it is markup already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (value: unknown): string => {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(escaped).join("");
  return value === null || value === undefined || value === false ? "" : String(value).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? "");
};

export const html = (strings: TemplateStringsArray, ...values: unknown[]): Html => new Html(strings.reduce((text, part, index) => text + escaped(values[index - 1]) + part));

const STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf8; --ink: #1c1b1a; --soft: #5d5a56; --line: #d9d5cf; --accent: #8a4b00; --note: #fff3d6; --note-ink: #4a3200; --bad: #9c1c1c; }
@media (prefers-color-scheme: dark) { :root { --paper: #171614; --ink: #f0ede8; --soft: #aaa49c; --line: #3a3733; --accent: #f2b35c; --note: #332608; --note-ink: #ffe2ad; --bad: #ff9d9d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.note { margin: 0; padding: .75rem 1.25rem; background: var(--note); color: var(--note-ink); text-align: center; }
main { max-width: 40rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.125rem; }
p { margin: .5rem 0; }
.soft { color: var(--soft); }
.bad { color: var(--bad); font-weight: 600; }
table { width: 100%; margin: 1.5rem 0; border-collapse: collapse; }
h2 + table { margin-top: .5rem; }
th, td { padding: .6rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
th { color: var(--soft); font-weight: 500; font-size: .875rem; }
td + td, th + th { padding-inline-start: 1rem; }
.amount { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot td { font-weight: 600; }
form { margin: .75rem 0; }
button { width: 100%; min-height: 2.75rem; padding: .6rem 1rem; border: 1px solid var(--ink); border-radius: .5rem; background: transparent; color: var(--ink); font: inherit; font-weight: 600; cursor: pointer; }
button.main { background: var(--ink); color: var(--paper); }
button:hover { outline: 2px solid var(--accent); outline-offset: 1px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: inherit; text-underline-offset: .2em; }
.back { display: inline-block; padding: .6rem 0; }
`;

const HEADERS = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'" };

export function pageOf(title: string, body: Html, status = 200): Response {
  const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} (test)</title>
<style>${STYLE}</style>
</head>
<body>
<header class="note"><strong>This is a test.</strong> No money moves. This page stands in for Stripe's.</header>
<main>${body.text}</main>
</body>
</html>`;
  return new Response(text, { status, headers: HEADERS });
}

export const goTo = (url: string): Response => new Response(null, { status: 303, headers: { location: url } });

export const money = (cents: number, currency: string): string => new Intl.NumberFormat("en-US", { style: "currency", currency: currency.toUpperCase() }).format(cents / 100);

export const day = (seconds: number): string => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(seconds * 1_000);
