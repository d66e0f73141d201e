declare global {
  namespace App {
    interface Platform {
      env: { API: { fetch: typeof fetch } };
      ctx: { waitUntil(work: Promise<unknown>): void };
    }
    interface Locals {
      requestId: string;
      /** Cookies that the API set during rendering, as it sent them. */
      setCookies: string[];
      /** The studio that the visitor had chosen is not theirs any more. */
      studioLost: boolean;
    }
    interface Error {
      message: string;
      /** To quote when asking for help. */
      requestId?: string;
      code?: string;
    }
  }
}
export {};
