/** Writes wrangler.toml for what is bundled already, whose modules are sent as they are; answers its path. */
export function writeDeployedConfig(root: string): string;
