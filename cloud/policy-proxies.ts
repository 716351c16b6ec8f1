/**
 * The client's address. Each proxy of ours adds the peer that it saw to the end of `x-forwarded-for`; what stands before
 * those is the client's own claim and counts for nothing.
 */
export function clientAddress(peer: string, forwarded: string | null, proxies: number): string {
  if (proxies === 0 || forwarded === null) return peer
  const hops = forwarded.split(',').map((hop) => hop.trim())
  const hop = hops[hops.length - proxies]
  return hop !== undefined && /^[0-9a-fA-F.:]{2,45}$/.test(hop) ? hop : peer
}
