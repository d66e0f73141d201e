import { error, redirect } from "@sveltejs/kit";
import { ProblemError } from "./problem.ts";

/** For `load`: the answer, or the page that the failure leads to. Without a session that is the sign-in, which comes back here. */
export async function orPage<Answer>(answer: Promise<Answer>, url: URL): Promise<Answer> {
  try {
    return await answer;
  } catch (failure) {
    if (!(failure instanceof ProblemError)) throw failure;
    if (failure.status === 401) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
    error(failure.status >= 400 ? failure.status : 503, { message: failure.detail, code: failure.code, ...(failure.requestId && { requestId: failure.requestId }) });
  }
}

/** The answer, or null where there is nothing yet (404). */
export async function orNull<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (failure) {
    if (failure instanceof ProblemError && failure.status === 404) return null;
    throw failure;
  }
}
