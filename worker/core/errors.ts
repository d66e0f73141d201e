/** Every failure that a client can observe. One line here is one documented problem type; the detail says what to do next. */
export const problems = {
  "request.invalid": [422, "The request is understood but wrong"],
  "request.malformed": [400, "The request cannot be read"],
  "request.not_json": [415, "Send JSON"],
  "request.too_large": [413, "The body is too large"],
  "request.key_reused": [409, "This Idempotency-Key belongs to another request"],
  "request.origin_refused": [403, "This origin may not do that"],
  "request.rate_limited": [429, "Too many requests"],
  "route.not_found": [404, "No such page or route"],
  "auth.required": [401, "Sign in or send an API key"],
  "auth.scope_missing": [403, "This key may not do that"],
  "auth.role_too_low": [403, "Your role in this studio may not do that"],
  "auth.email_unverified": [403, "Confirm your e-mail address first"],
  "studio.not_found": [404, "No such studio"],
  "member.not_found": [404, "No such member"],
  "member.last_owner": [409, "A studio keeps at least one owner"],
  "invite.not_found": [404, "No such invitation"],
  "key.not_found": [404, "No such API key"],
  "handle.taken": [409, "That name is taken"],
  "profile.not_found": [404, "No such profile"],
  "project.not_found": [404, "No such project"],
  "script.not_found": [404, "No script yet"],
  "script.too_large": [413, "The script is too large"],
  "script.empty": [422, "The script is empty"],
  "script.binary": [422, "That is not a text file"],
  "script.encoding": [422, "The text is not valid UTF-8"],
  "script.changed": [409, "The script changed since you began"],
  "version.not_found": [404, "No such version"],
  "scene.not_found": [404, "No such scene"],
  "shot.not_found": [404, "No such shot"],
  "character.not_found": [404, "No such character"],
  "node.not_found": [404, "No such node"],
  "film.changed": [409, "The same field changed since you read it"],
  "film.empty": [409, "There is nothing to make yet"],
  "resource.changed": [409, "The resource changed since you read it"],
  "upload.not_found": [404, "No such upload"],
  "upload.incomplete": [409, "The upload has not arrived"],
  "upload.mismatch": [422, "The file is not what was announced"],
  "upload.unsupported": [422, "That kind of file cannot be used"],
  "asset.not_found": [404, "No such asset"],
  "asset.in_use": [409, "The asset is in use"],
  "media.link_invalid": [403, "This link is not valid"],
  "media.link_expired": [403, "This link has expired"],
  "media.not_found": [404, "No such file"],
  "media.range": [416, "That range is not in the file"],
  "take.not_found": [404, "No such take"],
  "tool.not_found": [404, "No such tool"],
  "tool.unavailable": [409, "No provider offers this tool here"],
  "quote.not_found": [404, "No such quote"],
  "quote.expired": [409, "The quote has expired"],
  "quote.used": [409, "The quote was used already"],
  "quote.needs_voices": [409, "Make the animatic first"],
  "quote.nothing_to_do": [409, "Everything is made already"],
  "quote.too_long": [422, "Quote fewer scenes at a time"],
  "run.not_found": [404, "No such run"],
  "run.overlaps": [409, "Another run is making the same thing"],
  "run.not_cancelable": [409, "The run is over"],
  "run.nothing_failed": [409, "Nothing in this run failed"],
  "run.limit_reached": [409, "Too many free runs at once"],
  "job.not_found": [404, "No such job"],
  "job.not_cancelable": [409, "The job is over"],
  "credits.insufficient": [402, "Not enough credits"],
  "credits.held_elsewhere": [402, "Your credits are held by other runs"],
  "credits.ceiling_reached": [402, "A spending ceiling was reached"],
  "credits.frozen": [409, "The wallet is being checked"],
  "video.not_found": [404, "No such video"],
  "video.gone": [410, "This video was taken down"],
  "video.not_publishable": [409, "This cannot be published"],
  "webhook.refused": [400, "The webhook was refused"],
  "service.unavailable": [503, "A part of the service is not answering"],
  "internal": [500, "Something went wrong on our side"],
} as const satisfies Record<string, readonly [status: number, title: string]>;
export type ProblemCode = keyof typeof problems;

/** A field that is wrong: `pointer` is a JSON pointer into the body, or `query`/`header`/`path` and a name. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** The only error thrown on purpose. `detail` speaks to the caller; `cause` never leaves the logs. */
export class AppError extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly extra: Record<string, unknown>;
  constructor(code: ProblemCode, detail: string, extra: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
    this.extra = extra;
  }
}
