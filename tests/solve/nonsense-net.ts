// A net that nothing can be told of, for the tests.

import { writeSafetensors } from '../../src/model/safetensors/write.js'
import { floatTensor, oracleTensors } from '../model/network-files.js'

/** The bytes of a net whose batch norms remember what no input gives. */
export function nonsenseNet(): Uint8Array {
  const tensors = oracleTensors('japan').map(tensor =>
    /running_(mean|var)$/.test(tensor.name)
      ? floatTensor(
          tensor.name,
          tensor.shape,
          Float64Array.from({ length: tensor.shape[0] }, (_, i) => 40 + ((i * 7) % 5)),
        )
      : tensor,
  )
  return writeSafetensors(tensors, new Map())
}
