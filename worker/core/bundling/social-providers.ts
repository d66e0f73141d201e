// Stands in for better-auth's list of forty social providers in the worker's bundle (stand-ins.json): these are the two that can be
// configured. Another one is a line here.
import { z } from "zod";
import { github } from "../../../node_modules/@better-auth/core/dist/social-providers/github.mjs";
import { google } from "../../../node_modules/@better-auth/core/dist/social-providers/google.mjs";

export const socialProviders = { github, google };
export const socialProviderList = Object.keys(socialProviders);
export const SocialProviderListEnum = z.enum(["github", "google"]).or(z.string());
