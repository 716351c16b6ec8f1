/**
 * The dark modules of the box's QR code, taken out of its SVG: markup from elsewhere is never put into the page as such.
 * Undefined when it is not of the form that is expected.
 */
export function qrShape(svg: string): { readonly box: string; readonly path: string } | undefined {
  const box = /viewBox="(0 0 \d{1,5} \d{1,5})"/.exec(svg)?.[1]
  const path = /<path [^>]*\bd="([MmHhVvLlZz\d\s.,-]+)"/.exec(svg)?.[1]
  return box === undefined || path === undefined ? undefined : { box, path }
}
