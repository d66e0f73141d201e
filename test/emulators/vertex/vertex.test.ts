/** The vendor's own SDK as a client: what it takes for Vertex AI is near enough to it. */
import { GoogleGenAI, type GoogleGenAIOptions } from "@google/genai";
import { importPKCS8, SignJWT } from "jose";
import { afterEach, expect, test } from "vitest";
import { serveVendor, type Served } from "../vendor/serve.ts";
import { VertexEmulator } from "./emulator.ts";

let served: Served<VertexEmulator> | null = null;
afterEach(() => served?.close());

async function world() {
  served = await serveVendor((origin) => new VertexEmulator({ origin, filesOrigin: origin, key: "", now: () => Date.now(), deliver: null, delayMs: null, project: "films", location: "us-central1", bucket: "films", tokenUrl: `${origin}/token` }));
  const { emulator, origin } = served;
  const account = JSON.parse(await emulator.serviceAccount()) as { client_email: string; private_key: string };
  const now = Math.floor(Date.now() / 1_000);
  const assertion = await new SignJWT({ scope: "https://www.googleapis.com/auth/cloud-platform" }).setProtectedHeader({ alg: "RS256" }).setIssuer(account.client_email).setAudience(`${origin}/token`).setIssuedAt(now).setExpirationTime(now + 3_600)
    .sign(await importPKCS8(account.private_key, "RS256"));
  const sold = await fetch(`${origin}/token`, { method: "POST", body: new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }) });
  const { access_token: token } = (await sold.json()) as { access_token: string };
  // Who signs its requests is told to the SDK; where a token comes from is Google's own matter.
  const authClient = { getRequestHeaders: () => Promise.resolve(new Headers({ authorization: `Bearer ${token}` })) };
  const client = new GoogleGenAI({ vertexai: true, project: "films", location: "us-central1", httpOptions: { baseUrl: origin }, googleAuthOptions: { authClient } } as unknown as GoogleGenAIOptions);
  return { emulator, client, origin, token };
}

const shot = { model: "veo-3.1-fast-generate-001", source: { prompt: "Tom walks alone" }, config: { durationSeconds: 6, aspectRatio: "9:16", resolution: "720p", numberOfVideos: 1, generateAudio: false, outputGcsUri: "gs://films/dailies" } } as const;

test("a film is made, asked for, and lies in the bucket that it was ordered to", async () => {
  const { emulator, client, origin, token } = await world();
  const operation = await client.models.generateVideos(shot);
  expect((await client.operations.getVideosOperation({ operation })).done).toBeFalsy();
  emulator.end(operation.name ?? "");
  const done = await client.operations.getVideosOperation({ operation });
  expect(done).toMatchObject({ done: true, response: { generatedVideos: [{ video: { uri: "gs://films/dailies/sample_0.mp4" } }] } });
  const file = await fetch(`${origin}/films/dailies/sample_0.mp4`, { headers: { authorization: `Bearer ${token}` } });
  expect(new TextDecoder().decode((await file.arrayBuffer()).slice(4, 8))).toBe("ftyp");
});

test("what is filtered comes without a film, and with a count", async () => {
  const { emulator, client } = await world();
  const operation = await client.models.generateVideos(shot);
  emulator.end(operation.name ?? "", { as: "failed", code: "filtered" });
  expect(await client.operations.getVideosOperation({ operation })).toMatchObject({ done: true, response: { raiMediaFilteredCount: 1 } });
  await expect(client.models.generateVideos({ ...shot, source: { prompt: "FORBIDDEN" } })).rejects.toThrow(/usage guidelines/);
});
