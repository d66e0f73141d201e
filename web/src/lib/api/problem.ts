/** A failure that the API explained (RFC 9457), or that the network gave us. `detail` is for the person who reads it. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly errors: { pointer: string; detail: string }[];
  /** Members that belong to the code, e.g. `{ run }` of a conflict. */
  readonly extra: Record<string, unknown>;

  constructor(input: { status: number; code: string; detail: string; requestId?: string | null; errors?: { pointer: string; detail: string }[]; extra?: Record<string, unknown> }) {
    super(`${input.code}: ${input.detail}`);
    this.status = input.status;
    this.code = input.code;
    this.detail = input.detail;
    this.requestId = input.requestId ?? null;
    this.errors = input.errors ?? [];
    this.extra = input.extra ?? {};
  }

  /** What is wrong with a field of the body that was sent, or null. */
  at(pointer: string): string | null {
    return this.errors.find((error) => error.pointer === pointer)?.detail ?? null;
  }
}

/** The request never got an answer: no connection, or the server is down. */
export const OFFLINE = "network.offline";

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** The failure that an answer's body describes. */
export function problemOf(body: unknown, response: Response): ProblemError {
  const fields: Record<string, unknown> = typeof body === "object" && body !== null ? { ...body } : {};
  const { code, detail, instance, message, errors, ...extra } = fields;
  return new ProblemError({
    status: response.status,
    code: textOf(code) ?? `http.${response.status}`,
    detail: textOf(detail) ?? textOf(message) ?? `The server answered ${response.status}. Try again.`,
    requestId: textOf(instance) ?? response.headers.get("dailies-request-id"),
    errors: Array.isArray(errors) ? errors : [],
    extra,
  });
}

/** Any thrown value as a problem, so that pages have one thing to show. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError({ status: 0, code: "internal", detail: error instanceof Error ? error.message : String(error) });
}

/** An answer of a route that can also give a file, where figures were asked for. */
export function jsonOf<Answer>(answer: Answer | string): Answer {
  if (typeof answer === "string") throw new ProblemError({ status: 0, code: "internal", detail: "The server answered a file instead of figures. Try again." });
  return answer;
}
