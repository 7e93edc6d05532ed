// What a server of the site sends with it. The headers with which a page is cross-origin isolated: only then may its workers share memory. The
// site works without them, too: where they are missing, training workers send each other messages.

/** What every answer of a server of the site carries. */
export const ISOLATION_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/**
 * What the page may do, as a Content-Security-Policy: scripts and workers of its own, WebAssembly, files from any https address that somebody names. Styles stand in
 * attributes, too. It may be embedded anywhere.
 */
export const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob:",
  "worker-src 'self'",
  "connect-src 'self' https: blob: data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')
