// The point of the plane that is looked at: where the pointer is, or where it was pinned.

/** Plane coordinates. */
export interface PlanePoint {
  readonly x: number
  readonly y: number
}

export class Look {
  #isPinned = false

  constructor(
    private at: PlanePoint,
    private readonly onChange: () => void,
  ) {}

  /** A new object with every change. */
  get point(): PlanePoint {
    return this.at
  }

  get isPinned(): boolean {
    return this.#isPinned
  }

  /** Goes where the pointer is, unless it is pinned. */
  follow({ x, y }: PlanePoint): void {
    if (!this.#isPinned && (x !== this.at.x || y !== this.at.y)) this.at = { x, y }
  }

  /** Stays at a point. */
  pin(point: PlanePoint): void {
    this.at = point
    this.#isPinned = true
    this.onChange()
  }

  unpin(): void {
    this.#isPinned = false
    this.onChange()
  }
}
