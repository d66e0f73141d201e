/** The parts of an OpenAPI 3.1 document that the reference page shows. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  default?: unknown;
}
interface Content { schema?: Schema }
interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  "x-access"?: { scope?: string; role?: string } | string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content?: Record<string, Content> };
  responses?: Record<string, { description?: string; content?: Record<string, Content> }>;
}
export interface OpenApi {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** A type in words: pieces of text, and names of shapes to link to. */
export type TypeText = (string | { shape: string })[];
export interface Field {
  name: string;
  place: string | null;
  required: boolean;
  type: TypeText;
  text: string;
}
export interface Route {
  id: string;
  method: string;
  path: string;
  summary: string;
  text: string;
  access: string;
  parameters: Field[];
  body: TypeText | null;
  answers: { status: string; text: string; type: TypeText | null }[];
}
export interface Reference {
  title: string;
  description: string;
  groups: { name: string; routes: Route[] }[];
  shapes: { name: string; text: string; type: TypeText | null; fields: Field[] }[];
}

const METHODS = ["get", "post", "put", "patch", "delete"];
const joined = (parts: TypeText[], by: string): TypeText => parts.flatMap((part, index) => (index === 0 ? part : [by, ...part]));

function limits({ minimum, exclusiveMinimum, maximum, minLength, maxLength, minItems, maxItems, format }: Schema): string {
  const [low, high] = [minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1) ?? minLength ?? minItems, maximum ?? maxLength ?? maxItems];
  const bounded = high !== undefined && high < Number.MAX_SAFE_INTEGER;
  const range = bounded ? `${low ?? 0}-${high}` : "";
  return [format, range].filter((word) => word).map((word) => ` (${word})`).join("");
}

function typeText(schema: Schema): TypeText {
  if (schema.$ref) return [{ shape: schema.$ref.split("/").at(-1) ?? "" }];
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return joined(choices.map(typeText), schema.allOf ? " and " : " or ");
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" or ")];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  const types = [schema.type ?? "any"].flat();
  return joined(types.map((type) => {
    if (type === "array") return ["list of ", ...typeText(schema.items ?? {}), limits(schema)];
    if (type === "object" && schema.properties) return ["{ ", ...joined(Object.entries(schema.properties).map(([name, field]) => [`${name}: `, ...typeText(field)]), ", "), " }"];
    if (type === "object" && typeof schema.additionalProperties === "object") return ["map of ", ...typeText(schema.additionalProperties)];
    return [type === "null" ? "null" : type + limits(schema)];
  }), " or ");
}

function fieldsOf(schema: Schema): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name, place: null, required: schema.required?.includes(name) ?? false, type: typeText(field), text: field.description ?? "",
  }));
}

function accessOf({ security, "x-access": access }: Operation): string {
  if (!security || security.length === 0) return "";
  return typeof access === "object" && access.scope ? access.scope : "session";
}

function routeOf(path: string, method: string, operation: Operation): Route {
  const body = operation.requestBody?.content ? Object.values(operation.requestBody.content)[0]?.schema : undefined;
  return {
    id: operation.operationId ?? `${method}-${path}`, method: method.toUpperCase(), path, summary: operation.summary ?? "", text: (operation.description ?? "").replaceAll("`", ""), access: accessOf(operation),
    parameters: (operation.parameters ?? []).map(({ name, in: place, required = false, description = "", schema = {} }) => ({ name, place, required, type: typeText(schema), text: description })),
    body: body ? typeText(body) : null,
    answers: Object.entries(operation.responses ?? {}).map(([status, { description = "", content }]) => {
      const shape = status.startsWith("2") ? Object.values(content ?? {})[0]?.schema : undefined;
      return { status, text: description.replaceAll("`", ""), type: shape ? typeText(shape) : null };
    }),
  };
}

/** Brings the API's own description into the order that people read in: by noun, then the shapes that are named. */
export function referenceOf(document: OpenApi): Reference {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) => METHODS.flatMap((method) => {
    const operation = methods[method];
    return operation ? [routeOf(path, method, operation)] : [];
  }));
  const groups = Map.groupBy(routes, ({ path }) => path.split("/")[3] ?? path);
  return {
    title: document.info.title, description: document.info.description ?? "",
    groups: [...groups].map(([name, members]) => ({ name, routes: members })),
    shapes: Object.entries(document.components?.schemas ?? {}).toSorted(([a], [b]) => a.localeCompare(b, "en")).map(([name, schema]) => ({
      name, text: schema.description ?? "", type: schema.properties ? null : typeText(schema), fields: fieldsOf(schema),
    })),
  };
}
