// The headers with which a page is cross-origin isolated: only then may its workers share memory. The site works without
// them, too: where they are missing, training workers send each other messages.

/** What every answer of a server of the site carries. */
export const ISOLATION_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}
