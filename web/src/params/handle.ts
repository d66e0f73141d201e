/** `@name`: a maker's public name. */
export const match = (param: string): boolean => /^@[a-z0-9][a-z0-9-]{1,28}[a-z0-9]$/.test(param);
