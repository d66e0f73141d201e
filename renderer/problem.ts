/** A refusal that the caller reads, in Replicate's error shape. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly extra: { [key: string]: unknown };

  constructor(status: number, title: string, detail: string, extra: { [key: string]: unknown } = {}) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.extra = extra;
  }

  body(): { [key: string]: unknown } {
    return { title: this.title, detail: this.message, status: this.status, ...this.extra };
  }
}

export const notFound = (what: string): Problem => new Problem(404, "Not found", `There is no such ${what}.`);

/** One line for the operator. */
export function complain(error: unknown): void {
  process.stderr.write(`${JSON.stringify({ level: "error", message: error instanceof Error ? (error.stack ?? error.message) : String(error) })}\n`);
}
