/** What the plain HTTP port tells a browser of the LAN: where the page is, and how to trust the box's certificate. */
export interface TrustFacts {
  /** `https://192.0.2.1:8443/`, of the address that was asked. */
  readonly url: string
  /** SHA-256 of the authority's certificate, as browsers show it: `AB:CD:…`. */
  readonly fingerprint: string
  readonly name: string
}

/** Everything in it is ours; it is escaped all the same. */
export function trustPage({ url, fingerprint, name }: TrustFacts): string {
  const at = escaped(url)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(name)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}code{overflow-wrap:anywhere}</style>
<h1>${escaped(name)}</h1>
<p>The page of this box is at <a href="${at}">${at}</a>. Nothing is sent unencrypted here.</p>
<p>Your browser does not know this box yet and will warn you. To trust it for good:</p>
<ol>
<li>Download <a href="/ca.crt" download>the box's certificate authority</a>.</li>
<li>Open the file and compare its SHA-256 fingerprint with the one that the box printed when it started
(<code>branchline accounts trust</code> prints it too). This page says <code>${escaped(fingerprint)}</code>, but this page
could be anybody's: only the box itself is proof.</li>
<li>Add it to the trusted authorities of your computer or browser, for web sites.</li>
<li>Go to <a href="${at}">${at}</a>.</li>
</ol>
</html>
`
}

/** The box's description for who found it by SSDP (UPnP Device Architecture 1.1 §2.3). */
export function deviceDescription(facts: {
  readonly url: string
  readonly name: string
  readonly udn: string
}): string {
  return `<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0">
<specVersion><major>1</major><minor>1</minor></specVersion>
<device>
<deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType>
<friendlyName>${escaped(facts.name)}</friendlyName>
<manufacturer>Branchline</manufacturer>
<modelName>Branchline</modelName>
<UDN>${escaped(facts.udn)}</UDN>
<presentationURL>${escaped(facts.url)}</presentationURL>
</device>
</root>
`
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (letter) => names[letter] ?? letter)
}
