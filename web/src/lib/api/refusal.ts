import type { ProblemError } from "./problem.ts";

/** Whether credits or the plan are the reason: what then helps is another page. */
export const isRefusal = ({ code }: ProblemError): boolean => (code.startsWith("credits.") && code !== "credits.frozen") || code.startsWith("plan.");
