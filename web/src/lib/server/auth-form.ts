import { fail, redirect, type RequestEvent } from "@sveltejs/kit";
import { ProblemError } from "#lib/api/problem.ts";

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};

/** Handles a form of the sign-in pages on the server, so that they work without scripts. What was typed comes back, but the password. */
export async function authForm(event: RequestEvent, send: (input: { name: string; email: string; password: string }) => Promise<string>) {
  const form = await event.request.formData();
  const input = { name: text(form, "name").trim(), email: text(form, "email").trim(), password: text(form, "password") };
  let next: string;
  try {
    next = await send(input);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { status, code, detail, requestId } = error;
    return fail(status >= 400 ? status : 503, { name: input.name, email: input.email, problem: { code, detail, requestId } });
  }
  redirect(303, next);
}
