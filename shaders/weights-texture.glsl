// Weights from a float texture array, a row a network (src/gpu/weight-store.ts): any net, no recompile.
uniform highp sampler2DArray uWeights;
// Row and array layer of the network's slot.
uniform ivec2 uSlot;

vec4 weightTexel(int texel) {
  return texelFetch(uWeights, ivec3(texel, uSlot), 0);
}
