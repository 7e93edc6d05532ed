// The folded network for LANES pixels at once. Units go in quads: h[q] holds units 4q to 4q + 3 of each lane, a vec4
// for one lane, a matrix with a column a lane for two or four. A weight block is the mat4 of four outputs by four inputs that
// src/gpu/weight-texels.ts packs, so one product serves all lanes.
//
// The header (src/gpu/shader-header.ts) defines: LANES 1, 2 or 4; MAX_QUADS, FIRST_QUADS; HEAD_QUADS, HEAD_TEXEL; and
// HIDDEN_LAYERS, one RUN(inputQuads, outputQuads, firstTexel, count, terms, keeps, firstLayer) for every run of equally shaped
// hidden layers, with TERM(0) TERM(1) ... for its inputs and KEEP(0) KEEP(1) ... for its outputs.
// weightTexel(int) comes from the file before this one.
//
// With TAPPED defined it is a program of its own, so that the head's is not a branch slower: the layers in front of the tap's
// run whole, then one quad of the tap's own, which TAP_TERMS, a TAP_TERM for each of MAX_QUADS, sums up. Everything that depends
// on the tap is a uniform.
#if LANES == 4
#define UNITS mat4
#define BROADCAST(v) mat4(v, v, v, v)
#elif LANES == 2
#define UNITS mat2x4
#define BROADCAST(v) mat2x4(v, v)
#else
#define UNITS vec4
#define BROADCAST(v) v
#endif

// The first layer as seen from this view: its bias at the view's centre (taken in float64), then its change a pixel to
// the right, then a pixel down (src/gpu/first-layer.ts). Coordinates of the plane never come here.
uniform vec4 uFirstLayer[3 * FIRST_QUADS];

#ifdef TAPPED
// Of the folded layers; where its quad begins in the weights, and how many quads go into it. Of the first layer, which is not
// in the weights, the quad.
uniform int uTapLayer;
uniform int uTapTexel;
uniform int uTapInputQuads;
uniform int uTapQuad;
// Which of the quad's four it is.
uniform int uTapUnit;
// Whether it is looked at after its GELU.
uniform bool uTapIsPost;
#define LAYERS_TO_RUN(FIRST_LAYER, COUNT) min(COUNT, uTapLayer - FIRST_LAYER)
#define TAP_TERM(i) if (i < uTapInputQuads) sum += weightBlock(uTapTexel + 1 + 4 * i) * h[i];
#else
#define LAYERS_TO_RUN(FIRST_LAYER, COUNT) COUNT
#endif

mat4 weightBlock(int texel) {
  return mat4(weightTexel(texel), weightTexel(texel + 1), weightTexel(texel + 2), weightTexel(texel + 3));
}

// The sum over the inputs is written out (TERMS, from the header): a constant index into h is a register, one that a
// loop computes is memory, on SwiftShader a gather (bench/RESULTS.md: 1.6 times slower).
#define TERM(i) sum += weightBlock(texel + 4 * i) * h[i];
#define KEEP(i) h[i] = next[i];

#define RUN(IN_QUADS, OUT_QUADS, FIRST_TEXEL, COUNT, TERMS, KEEPS, FIRST_LAYER) \
  for (int layer = 0; layer < LAYERS_TO_RUN(FIRST_LAYER, COUNT); layer++) { \
    int texel = FIRST_TEXEL + layer * OUT_QUADS * (1 + 4 * IN_QUADS); \
    UNITS next[OUT_QUADS]; \
    for (int o = 0; o < OUT_QUADS; o++) { \
      UNITS sum = BROADCAST(weightTexel(texel)); \
      texel++; \
      TERMS \
      texel += 4 * IN_QUADS; \
      next[o] = gelu(sum); \
    } \
    KEEPS \
  }

// A quad of the first layer, before its GELU.
UNITS firstLayer(int q, vec2 position, float laneStep) {
  vec4 base = uFirstLayer[q] + uFirstLayer[2 * FIRST_QUADS + q] * position.y;
  vec4 slope = uFirstLayer[FIRST_QUADS + q];
#if LANES == 4
  return mat4(
    base + slope * position.x,
    base + slope * (position.x + laneStep),
    base + slope * (position.x + 2.0 * laneStep),
    base + slope * (position.x + 3.0 * laneStep)
  );
#elif LANES == 2
  return mat2x4(base + slope * position.x, base + slope * (position.x + laneStep));
#else
  return base + slope * position.x;
#endif
}

// Raw head outputs, xyz of each lane; of a tap, the four units of its quad.
// position: of the first lane, pixels from the view's centre; laneStep: pixels from one lane to the next.
UNITS evaluateNetwork(vec2 position, float laneStep) {
#ifdef TAPPED
  UNITS sum;
  if (uTapLayer == 0) {
    sum = firstLayer(uTapQuad, position, laneStep);
  } else {
    UNITS h[MAX_QUADS];
    for (int q = 0; q < FIRST_QUADS; q++) h[q] = gelu(firstLayer(q, position, laneStep));
    HIDDEN_LAYERS
    sum = BROADCAST(weightTexel(uTapTexel));
    TAP_TERMS
  }
  if (uTapIsPost) sum = gelu(sum);
  return sum;
#else
  UNITS h[MAX_QUADS];
  for (int q = 0; q < FIRST_QUADS; q++) h[q] = gelu(firstLayer(q, position, laneStep));
  HIDDEN_LAYERS
  UNITS head = BROADCAST(weightTexel(HEAD_TEXEL));
  for (int i = 0; i < HEAD_QUADS; i++) head += weightBlock(HEAD_TEXEL + 1 + 4 * i) * h[i];
  return head;
#endif
}
