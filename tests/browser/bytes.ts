// Bytes between the tests and a page. What the browser's protocol carries is JSON, so they travel as base64.

import type { Evaluating } from './pages.js'

declare global {
  interface Window {
    /** What {@link hand} handed over last. */
    handed: readonly Blob[]
  }
}

/** Hands files over to a page: there they are `window.handed`. */
export async function hand(page: Evaluating, ...files: readonly Uint8Array[]): Promise<void> {
  await page.evaluate(
    files => {
      window.handed = files.map(base64 => new Blob([Uint8Array.from(atob(base64), c => c.charCodeAt(0))]))
    },
    files.map(bytes => Buffer.from(bytes).toString('base64')),
  )
}

/**
 * Fetches bytes that a page has, and what else it says with them.
 * @param give runs in the page, so it may use nothing of the tests; or the text of such a function
 */
export async function fetchBytes<T extends { readonly bytes: Blob | Uint8Array }>(
  page: Evaluating,
  give: string | (() => T | Promise<T>),
): Promise<Omit<T, 'bytes'> & { readonly bytes: Uint8Array<ArrayBuffer> }> {
  const { base64, ...more } = (await page.evaluate(`(async () => {
    const { bytes: given, ...more } = await (${give})();
    const bytes = new Uint8Array(await new Blob([given]).arrayBuffer());
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return { ...more, base64: btoa(text) };
  })()`)) as Omit<T, 'bytes'> & { base64: string }
  return { ...(more as unknown as Omit<T, 'bytes'>), bytes: new Uint8Array(Buffer.from(base64, 'base64')) }
}

/** The bytes of a file that a page has. @param give as with {@link fetchBytes} */
export async function bytesOf(
  page: Evaluating,
  give: string | (() => Blob | Uint8Array | Promise<Blob | Uint8Array>),
): Promise<Uint8Array<ArrayBuffer>> {
  return (await fetchBytes<{ bytes: Blob }>(page, `async () => ({ bytes: await (${give})() })`)).bytes
}
