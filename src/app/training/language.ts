// For uPlot, which makes a number format of navigator.language when it is loaded: in a C locale that is no language tag ("c", "en-US@posix"),
// and the import throws. To be imported before it.

try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
}
