// The kernel's unit of work: a block of pixels, small enough that two matrices of it and the weights between them stay in
// the first-level cache. A matrix of d units is d rows of BLOCK float32, whatever the number of columns in use, so that
// four lanes are four neighbouring pixels of one unit.
//
//   byte 0          4           8                    ROW_BYTES
//   unit 0 pixel 0, unit 0 px 1, unit 0 px 2, ...    unit 1 pixel 0, ...
//
// Units are padded with zeros to whole quads: register tiles are four units by eight pixels. Columns in use are a
// multiple of COLUMNS, which is what one turn of the GELU loop takes.

/** Pixels of a block. */
export const BLOCK: i32 = 64
/** Pixels that a number of columns in use is a multiple of. */
export const COLUMNS: i32 = 16
/** Bytes from one unit's row to the next. */
export const ROW_BYTES: usize = 256
/** Bytes of four rows. */
export const QUAD_BYTES: usize = 1024
