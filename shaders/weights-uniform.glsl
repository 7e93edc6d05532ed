// Weights from uniform buffers (src/gpu/uniform-store.ts): constant memory, which many GPUs hand to the multiply-add as an
// operand, without the texture units. Two blocks at most, each within the 16,384 bytes that WebGL2 promises; the header says at which
// texel the second begins (SECOND_BLOCK, TEXEL_COUNT where there is none). It begins with a layer, so that every layer names
// its block: to choose at each texel would be a branch a fetch.
layout(std140) uniform Weights0 {
  vec4 weights0[SECOND_BLOCK];
};

vec4 weightTexel0(int texel) {
  return weights0[texel];
}

#if SECOND_BLOCK < TEXEL_COUNT
layout(std140) uniform Weights1 {
  vec4 weights1[TEXEL_COUNT - SECOND_BLOCK];
};

vec4 weightTexel1(int texel) {
  return weights1[texel - SECOND_BLOCK];
}

// For the quad of a tap, which may be any layer's.
vec4 weightTexel(int texel) {
  if (texel < SECOND_BLOCK) return weightTexel0(texel);
  return weightTexel1(texel);
}
#else
#define weightTexel weightTexel0
#endif
