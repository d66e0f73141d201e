/** The settings of providers that are taken from the environment. */
export const PROVIDER_SETTINGS: readonly string[];
/** Names of the providers that an environment has keys of. */
export function providersIn(env: Record<string, string | undefined>): string[];
