// Weights from a uniform buffer, for the bench: constant memory feeds the multiply-adds without the texture units. Two
// blocks where the device has only the 16 KB that WebGL2 promises.
#if WEIGHT_BLOCKS == 1
layout(std140) uniform Weights0 {
  vec4 weights0[TEXEL_COUNT];
};

vec4 weightTexel(int texel) {
  return weights0[texel];
}
#else
layout(std140) uniform Weights0 {
  vec4 weights0[1024];
};
layout(std140) uniform Weights1 {
  vec4 weights1[TEXEL_COUNT - 1024];
};

vec4 weightTexel(int texel) {
  return texel < 1024 ? weights0[texel] : weights1[texel - 1024];
}
#endif
