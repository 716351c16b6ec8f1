/** `805ec0005311` as the kernel's tools write it: `80:5e:c0:00:53:11`. */
export function colons(mac: string): string {
  return (mac.match(/../g) ?? []).join(':')
}
