// As much of index.ts as a page needs that only draws.

export { evaluate, evaluateUnit } from './evaluate'
