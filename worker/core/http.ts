import { createRoute, OpenAPIHono, z, type RouteConfig } from "@hono/zod-openapi";
import { guard, type Access, type AppEnv } from "./access.ts";
import { AppError, problems as catalogue, type FieldError, type ProblemCode } from "./errors.ts";

/** Every route of the API with its access rule: what the authorisation suite walks. */
export interface RouteRow {
  method: string;
  path: string;
  operationId: string;
  access: Access;
}

type Config = Omit<RouteConfig, "middleware"> & { operationId: string; summary: string };

/** Declare a route: who may call it, and its contract. */
export function route<const C extends Config>(access: Access, config: C) {
  const security: Record<string, string[]>[] = access === "public" || access === "signed" ? [] : [{ session: [] }, { key: [] }];
  return createRoute({ ...config, security, "x-access": access, middleware: [guard(access)] as const });
}

/** A router whose validation failures are problems that name the field. */
export const router = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => {
      if (result.success) return;
      if (result.target === "param") throw new AppError("route.not_found", "There is nothing at this address.");
      const errors: FieldError[] = result.error.issues.map((issue) => ({
        pointer: result.target === "json" ? `/${issue.path.join("/")}` : `${result.target}/${issue.path.join("/")}`,
        detail: issue.message,
      }));
      if (result.target === "json" && !c.req.header("content-type")?.startsWith("application/json")) {
        throw new AppError("request.not_json", "Send the body as application/json.");
      }
      throw new AppError("request.invalid", `Correct ${errors.map((error) => error.pointer).slice(0, 4).join(", ")} and send it again.`, { errors });
    },
  });

/** A JSON body that must be there. */
export const body = <S extends z.ZodType>(schema: S) => ({ content: { "application/json": { schema } }, required: true as const });

/** A JSON answer. */
export const json = <S extends z.ZodType>(schema: S, description: string) => ({ description, content: { "application/json": { schema } } });

export const Problem = z.object({
  type: z.string().openapi({ example: "/docs/problems#request.invalid" }),
  title: z.string(),
  status: z.int(),
  detail: z.string().openapi({ description: "Says what to do next" }),
  instance: z.string().openapi({ description: "The request id: quote it when you ask us" }),
  code: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
}).openapi("Problem");

/** The failures that a route documents, by status. */
export function problems(...codes: ProblemCode[]): Record<number, { description: string; content: { "application/problem+json": { schema: typeof Problem } } }> {
  const responses: ReturnType<typeof problems> = {};
  for (const code of codes) {
    const [status, title] = catalogue[code];
    const before = responses[status]?.description;
    responses[status] = { description: before ? `${before}; \`${code}\`: ${title}` : `\`${code}\`: ${title}`, content: { "application/problem+json": { schema: Problem } } };
  }
  return responses;
}

/** Path parameters by name. Malformed ids are answered like absent ones, so each is only text here. */
export const pathNames = <const Name extends string>(...names: Name[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.string().max(120).openapi({ param: { name, in: "path" } })])) as { [key in Name]: z.ZodString });

/** The path parameter `{id}`. */
export const pathId = () => pathNames("id");

/** Header of creates. */
export const IdempotencyKey = z.object({
  "idempotency-key": z.string().min(1).max(255).optional().openapi({ description: "Send the same key to repeat a request whose answer was lost" }),
});

/** The table of routes of an app, read from its OpenAPI registry. */
export function routeTable(app: OpenAPIHono<AppEnv>): RouteRow[] {
  const rows: RouteRow[] = [];
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const { method, path, operationId } = definition.route;
    const access: unknown = Reflect.get(definition.route, "x-access");
    rows.push({ method, path, operationId: operationId ?? "", access: access as Access });
  }
  return rows;
}
