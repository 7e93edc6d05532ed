// A tensor between its own order, row after row, and the padded rows of a vector.

import type { TensorPlace } from './training-places.js'

/** Copies a tensor into a vector. @throws RangeError when it is missing or of another size */
export function scatter(vector: Float32Array, place: TensorPlace, values?: Float32Array): void {
  const { name, rows, columns } = place
  if (values?.length !== rows * columns)
    throw new RangeError(`${name}: expected ${rows * columns} numbers, got ${values?.length ?? 'none'}`)
  eachNumber(place, (from, to) => (vector[to] = values[from]))
}

/** Copies a tensor out of a vector. */
export function gather(vector: Float32Array, place: TensorPlace): Float32Array {
  const values = new Float32Array(place.rows * place.columns)
  eachNumber(place, (to, from) => (values[to] = vector[from]))
  return values
}

/** Goes through a tensor. @param visit is given where a number stands in the tensor and where in the vector */
function eachNumber(
  { start, rows, columns, stride, columnsAt }: TensorPlace,
  visit: (inTensor: number, inVector: number) => void,
): void {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      visit(row * columns + column, start + row * stride + (columnsAt ? columnsAt[column] : column))
}
