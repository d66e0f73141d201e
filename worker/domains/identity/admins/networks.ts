/** Networks in CIDR notation, versions 4 and 6, and whether an address lies in one. Whatever cannot be read matches nothing. */

/** An address in four or sixteen bytes. A version 4 address that is written as version 6 (`::ffff:192.0.2.1`) is one of version 4. */
type Address = Uint8Array;

interface Network {
  address: Address;
  bits: number;
}

const V6_PARTS = 8;
const MAPPED_BYTES = 12;

function readV4(text: string): Address | null {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)) return null;
  return Uint8Array.from(parts, Number);
}

/** The groups on one side of `::`; the last of the whole address may be written as version 4. */
function readGroups(text: string): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 && part.includes(".") ? readV4(part) : null;
    if (v4) groups.push(((v4[0] ?? 0) << 8) | (v4[1] ?? 0), ((v4[2] ?? 0) << 8) | (v4[3] ?? 0));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

function readV6(text: string): Address | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = [readGroups(halves[0] ?? ""), readGroups(halves[1] ?? "")];
  // Only the end of an address may be written as version 4.
  if (!head || !tail || (halves.length === 2 && (halves[0] ?? "").includes("."))) return null;
  const missing = V6_PARTS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

const isMapped = (address: Address): boolean =>
  address.length === 16 && address.subarray(0, 10).every((byte) => byte === 0) && address[10] === 0xff && address[11] === 0xff;

function readAddress(text: string): Address | null {
  const address = text.includes(":") ? readV6(text) : readV4(text);
  return address && isMapped(address) ? address.subarray(MAPPED_BYTES) : address;
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. */
function readNetwork(text: string): Network | null {
  const [written = "", length, ...rest] = text.split("/");
  const address = readAddress(written);
  if (!address || rest.length > 0) return null;
  const most = address.length * 8;
  if (length === undefined) return { address, bits: most };
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return null;
  const bits = Number(length) - (written.includes(":") && address.length === 4 ? MAPPED_BYTES * 8 : 0);
  return bits >= 0 && bits <= most ? { address, bits } : null;
}

function contains({ address: base, bits }: Network, address: Address): boolean {
  if (base.length !== address.length) return false;
  return base.every((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    const mask = (0xff << (8 - kept)) & 0xff;
    return (byte & mask) === ((address[index] ?? 0) & mask);
  });
}

/** Whether a client's address lies in one of these networks, which are written with commas between them. No network at all: from anywhere. */
export function isWithin(networks: string, client: string | null): boolean {
  const written = networks.split(",").map((one) => one.trim()).filter((one) => one !== "");
  if (written.length === 0) return true;
  const address = client === null ? null : readAddress(client.trim());
  if (!address) return false;
  return written.some((one) => {
    const network = readNetwork(one);
    return network !== null && contains(network, address);
  });
}
