// The edges of the frame that have a slider each.

/** An edge of the frame that has a slider. */
export interface FrameEdge {
  readonly axis: 'x' | 'y'
  readonly end: 0 | 1
  readonly label: string
}

export const FRAME_EDGES: readonly FrameEdge[] = [
  { axis: 'x', end: 0, label: 'Left' },
  { axis: 'x', end: 1, label: 'Right' },
  { axis: 'y', end: 0, label: 'Top' },
  { axis: 'y', end: 1, label: 'Bottom' },
]
