// Stands in for the AI SDK's providers (stand-ins.json), each of which brings everything that its vendor can do: we ask for texts, with a
// key, at an address. The models are the SDK's own, set up as its providers do.
import { AnthropicLanguageModel } from "../../../node_modules/@ai-sdk/anthropic/dist/internal/index.js";
import { GoogleLanguageModel } from "../../../node_modules/@ai-sdk/google/dist/internal/index.js";
import { OpenAIResponsesLanguageModel } from "../../../node_modules/@ai-sdk/openai/dist/internal/index.js";

interface Where {
  apiKey: string;
  baseURL: string;
  fetch: typeof globalThis.fetch;
}

const newId = (): string => crypto.randomUUID().replaceAll("-", "").slice(0, 16);

export const createOpenAI = ({ apiKey, baseURL, fetch }: Where) => ({
  responses: (name: string) => new OpenAIResponsesLanguageModel(name, {
    provider: "openai.responses", baseURL, fetch, url: ({ path }) => `${baseURL}${path}`, headers: () => ({ Authorization: `Bearer ${apiKey}` }), fileIdPrefixes: ["file-"],
  }),
});

export const createAnthropic = ({ apiKey, baseURL, fetch }: Where) => (name: string) =>
  new AnthropicLanguageModel(name, {
    provider: "anthropic.messages", baseURL, fetch, generateId: newId, headers: () => ({ "anthropic-version": "2023-06-01", "x-api-key": apiKey }), supportedUrls: () => ({}),
  });

export const createGoogleGenerativeAI = ({ apiKey, baseURL, fetch }: Where) => (name: string) =>
  new GoogleLanguageModel(name, { provider: "google.generative-ai", baseURL, fetch, generateId: newId, headers: () => ({ "x-goog-api-key": apiKey }), supportedUrls: () => ({}) });
