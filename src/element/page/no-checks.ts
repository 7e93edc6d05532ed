// In place of src/model/checks.ts, as over-white.ts stands in place of what draws them.

/** Twin: isTransparent() in src/model/checks.ts. */
export const isTransparent = (): boolean => false

/** Twin: checksOf() in src/model/checks.ts. */
export const checksOf = (): undefined => undefined

/** Twin: HAS_CHECKS in src/model/checks.ts. */
export const HAS_CHECKS = false
