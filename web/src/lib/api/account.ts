import { answerOf, api, ask, type Fetch } from "./client.ts";
import type { Me, PublishVideo, SiteConfig, Studio, Video, Wallet } from "./types.ts";

export const getMe = (fetch: Fetch): Promise<Me> => answerOf(api(fetch).GET("/api/v1/me"));
export const createStudio = (fetch: Fetch, body: { name: string; handle: string }): Promise<Studio> => answerOf(api(fetch).POST("/api/v1/studios", { body }));
export const getWallet = (fetch: Fetch): Promise<Wallet> => answerOf(api(fetch).GET("/api/v1/wallet"));

/** What this installation offers. Where it cannot be asked, nothing optional is offered. */
export const getConfig = (fetch: Fetch): Promise<SiteConfig> => answerOf(api(fetch).GET("/api/v1/config")).catch(() => ({ emailVerification: false, social: [] }));

export const signUp = (fetch: Fetch, body: { name: string; email: string; password: string; callbackURL: string }): Promise<{ token: string | null }> => ask(fetch, { method: "POST", path: "/auth/sign-up/email", body });
export const signIn = (fetch: Fetch, body: { email: string; password: string }): Promise<unknown> => ask(fetch, { method: "POST", path: "/auth/sign-in/email", body });
export const signInWith = (fetch: Fetch, body: { provider: string; callbackURL: string }): Promise<{ url: string }> => ask(fetch, { method: "POST", path: "/auth/sign-in/social", body });
export const signOut = (fetch: Fetch): Promise<unknown> => ask(fetch, { method: "POST", path: "/auth/sign-out", body: {} });
export const requestPasswordReset = (fetch: Fetch, body: { email: string; redirectTo: string }): Promise<unknown> => ask(fetch, { method: "POST", path: "/auth/request-password-reset", body });
export const resetPassword = (fetch: Fetch, body: { newPassword: string; token: string }): Promise<unknown> => ask(fetch, { method: "POST", path: "/auth/reset-password", body });
export const sendVerification = (fetch: Fetch, body: { email: string; callbackURL: string }): Promise<unknown> => ask(fetch, { method: "POST", path: "/auth/send-verification-email", body });

export const publishVideo = (fetch: Fetch, body: PublishVideo, key: string): Promise<Video> => answerOf(api(fetch).POST("/api/v1/videos", { body, params: { header: { "idempotency-key": key } } }));
