// The order of hidden units, which a network's function does not depend on: a unit is a row of its layer, a bias, its numbers
// in the batch norm behind it, and a column of the layer that takes it. All move together, so the picture stays the same.

import type { ParameterList } from '../parameters.js'

/** For each hidden layer the units of the old order, at the places of the new one: order[place] = old unit. */
export type UnitOrders = readonly (readonly number[])[]

/** The order that every network has already. */
export function identityOrders({ linears }: ParameterList): UnitOrders {
  return linears.slice(0, -1).map(({ outDim }) => Array.from({ length: outDim }, (_, unit) => unit))
}

/**
 * Puts the hidden units into another order.
 * @param values [count]; left as they are
 * @returns [count], a network of the same function
 */
export function reorderUnits(values: Float64Array, { linears }: ParameterList, orders: UnitOrders): Float64Array {
  const reordered = values.slice()
  linears.forEach(({ weight, bias, norm, inDim, outDim }, l) => {
    const rows = orders.at(l)
    const columns = l > 0 ? orders[l - 1] : null
    for (let o = 0; o < outDim; o++) {
      const row = rows ? rows[o] : o
      for (let i = 0; i < inDim; i++)
        reordered[weight.start + o * inDim + i] = values[weight.start + row * inDim + (columns ? columns[i] : i)]
      reordered[bias.start + o] = values[bias.start + row]
      if (norm) for (const { start } of Object.values(norm)) reordered[start + o] = values[start + row]
    }
  })
  return reordered
}
