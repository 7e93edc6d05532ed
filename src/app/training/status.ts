// Where a training stands.

export type TrainingStatus =
  | { readonly kind: 'ready' }
  /** The workers start, or the speed is measured. */
  | { readonly kind: 'preparing' }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'done' }
  /** The weights are those of the last good step. */
  | { readonly kind: 'diverged'; readonly at: number }
  | { readonly kind: 'failed'; readonly reason: string }
