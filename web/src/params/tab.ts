export const tabs = ["script", "production", "voiceovers"] as const;
export type Tab = (typeof tabs)[number];

/** A part of a film's page that has an address of its own. */
export const match = (param: string): param is Tab => tabs.some((tab) => tab === param);
