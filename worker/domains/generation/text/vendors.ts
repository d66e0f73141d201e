/**
 * The AI SDK's models, each with our own network: no redirect is followed with a key, and no answer is read without an end. The SDK is large, and most
 * requests never write: it is loaded when the first one does.
 */
import type { LanguageModel } from "ai";
import type { Ctx } from "#core/context.ts";
import { reach } from "../providers/index.ts";
import { textModels, type TextModel } from "./models.ts";

const ANSWER_BYTES_MAX = 8_000_000;

/** Models that may write here and now. */
export const textModelsHere = (ctx: Ctx): TextModel[] => [...textModels.values()].filter(({ provider, lifecycle }) => (lifecycle === "active" || lifecycle === "deprecated") && reach(ctx, provider) !== null);

/** The SDK's model of one of ours; null where its provider is not set up. */
export async function languageModel(ctx: Ctx, { provider, name }: TextModel): Promise<LanguageModel | null> {
  const call = reach(ctx, provider)?.call;
  if (!call) return null;
  const { baseUrl, token: apiKey, ai } = call;
  const fetch = limitedFetch(ctx) as typeof globalThis.fetch;
  const baseURL = (version: string): string => new URL(`/${version}`, baseUrl).href;
  switch (provider) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      return createOpenAI({ apiKey, baseURL: baseURL("v1"), fetch }).responses(name);
    }
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      return createAnthropic({ apiKey, baseURL: baseURL("v1"), fetch })(name);
    }
    case "gemini": {
      const { createGoogleGenerativeAI } = await import("@ai-sdk/google");
      return createGoogleGenerativeAI({ apiKey, baseURL: baseURL("v1beta"), fetch })(name);
    }
    case "workers-ai": {
      const { createWorkersAI } = await import("workers-ai-provider");
      return createWorkersAI({ binding: ai as unknown as Ai })(name as Parameters<ReturnType<typeof createWorkersAI>>[0]);
    }
  }
}

/** The context's network. What redirects is answered as it is, so the SDK takes it for a failure. */
const limitedFetch = (ctx: Ctx) => async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const address = input instanceof Request ? input.url : String(input);
  const answer = await ctx.fetch(address, { ...init, redirect: "manual" });
  if (!answer.body) return answer;
  let bytes = 0;
  const counted = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform: (part, controller) => {
      bytes += part.length;
      if (bytes > ANSWER_BYTES_MAX) controller.error(new Error("the answer has no end"));
      else controller.enqueue(part);
    },
  }));
  return new Response(counted, { status: answer.status, headers: answer.headers });
};
