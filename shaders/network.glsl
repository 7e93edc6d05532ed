// The folded network for LANES pixels at once. Units go in quads: h[q] holds units 4q to 4q + 3 of each lane, a vec4
// for one lane, a matrix with a column a lane for two or four. A weight block is the four texels of four outputs by four inputs that
// src/gpu/weight-texels.ts packs, so that all lanes share what is fetched.
//
// The header (src/gpu/shader-header.ts) defines: LANES 1, 2 or 4; MAX_QUADS, FIRST_QUADS, SECOND_QUADS (0 where the second layer's
// bias comes from the weights); HEAD_WEIGHTS, HEAD_TEXEL, HEAD_TERMS and HEAD_BIAS; and HIDDEN_LAYERS, one RUN(weights, inputQuads,
// outputQuads, firstTexel, count, bias, terms, keeps, firstLayer, activation) for every run of equally shaped hidden layers; FIRST_ACTIVATION
// and HEAD_ACTIVATION, functions of all lanes (src/gpu/shader-activations.ts); HAS_RADIUS where the first layer takes a distance, too. Weights are the
// function that reads a texel of the run: weightTexel from a texture, weightTexel0 or weightTexel1 from uniform blocks; it, and
// weightTexel for any texel, come from the file before this one. Terms are TERM(weights, 0) TERM(weights, 1) ... OTHER(weights, n)
// ... for the inputs, keeps KEEP(0) KEEP(1) ... for the outputs, a bias is TEXEL_BIAS or SEEN_BIAS.
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

// The first layer, and the second one's halved bias, as this cell of the view sees them: at its centre (taken in float64),
// then the change a pixel to the right, then a pixel down (src/gpu/seen-layers.ts). Coordinates of the plane never come here.
uniform vec4 uFirstLayer[3 * FIRST_QUADS];
#if SECOND_QUADS > 0
uniform vec4 uSecondLayer[3 * SECOND_QUADS];
#endif

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
#define TAP_TERM(i) if (i < uTapInputQuads) sum = accumulate(sum, BLOCK(weightTexel, uTapTexel + 1 + 4 * i), h[i]);
#else
#define LAYERS_TO_RUN(FIRST_LAYER, COUNT) COUNT
#endif

// sum + weight block * h. A chain that starts from the sum is four multiply-adds a lane where sum + mat4 * vec4 compiles to a
// product, three multiply-adds and an addition; lanes are written out, as a loop over them is memory on SwiftShader.
#define CHAIN(sum, h) ((((sum + a * h.x) + b * h.y) + c * h.z) + d * h.w)

#define BLOCK(weights, texel) weights(texel), weights(texel + 1), weights(texel + 2), weights(texel + 3)

UNITS accumulate(UNITS sum, vec4 a, vec4 b, vec4 c, vec4 d, UNITS h) {
#if LANES == 4
  return mat4(CHAIN(sum[0], h[0]), CHAIN(sum[1], h[1]), CHAIN(sum[2], h[2]), CHAIN(sum[3], h[3]));
#elif LANES == 2
  return mat2x4(CHAIN(sum[0], h[0]), CHAIN(sum[1], h[1]));
#else
  return CHAIN(sum, h);
#endif
}

// The sum over the inputs is written out (from the header): a constant index into h is a register, one that a loop computes is
// memory, on SwiftShader a gather (bench/RESULTS.md: 1.6 times slower). It goes in two chains, each from half the bias: where large
// terms cancel a large bias, the partial sums stay half as large, and float32 rounds half as much.
#define TERM(weights, i) sum = accumulate(sum, BLOCK(weights, texel + 4 * i), h[i]);
#define OTHER(weights, i) other = accumulate(other, BLOCK(weights, texel + 4 * i), h[i]);
#define KEEP(i) h[i] = next[i];
#define TEXEL_BIAS(weights, o) BROADCAST(weights(texel))
#define SEEN_BIAS(weights, o) secondLayerBias(o, position, laneStep)

#define ROWS(WEIGHTS, FIRST, END, IN_QUADS, BIAS, TERMS, ACTIVATION) \
  for (int o = FIRST; o < END; o++) { \
    UNITS sum = BIAS(WEIGHTS, o); \
    UNITS other = sum; \
    texel++; \
    TERMS \
    texel += 4 * IN_QUADS; \
    next[o] = ACTIVATION(sum + other); \
  }

#define RUN(WEIGHTS, IN_QUADS, OUT_QUADS, FIRST_TEXEL, COUNT, BIAS, TERMS, KEEPS, FIRST_LAYER, ACTIVATION) \
  for (int layer = 0; layer < LAYERS_TO_RUN(FIRST_LAYER, COUNT); layer++) { \
    int texel = FIRST_TEXEL + layer * OUT_QUADS * (1 + 4 * IN_QUADS); \
    UNITS next[OUT_QUADS]; \
    ROWS(WEIGHTS, 0, OUT_QUADS, IN_QUADS, BIAS, TERMS, ACTIVATION) \
    KEEPS \
  }

// Layers whose blocks take and give quads of their own: RUN_BLOCKS(texels of a layer, outputQuads, firstTexel, count, rows, keeps,
// firstLayer), rows being ROWS(weights, first, end, inputQuads, bias, terms, activation) for each block, terms BLOCK_TERM(weights, 0, 4) ...
#define BLOCK_TERM(weights, k, i) sum = accumulate(sum, BLOCK(weights, texel + 4 * k), h[i]);
#define BLOCK_OTHER(weights, k, i) other = accumulate(other, BLOCK(weights, texel + 4 * k), h[i]);

#define RUN_BLOCKS(LAYER_TEXELS, OUT_QUADS, FIRST_TEXEL, COUNT, BLOCK_ROWS, KEEPS, FIRST_LAYER) \
  for (int layer = 0; layer < LAYERS_TO_RUN(FIRST_LAYER, COUNT); layer++) { \
    int texel = FIRST_TEXEL + layer * LAYER_TEXELS; \
    UNITS next[OUT_QUADS]; \
    BLOCK_ROWS \
    KEEPS \
  }

// A quad that changes evenly over the view, for each lane.
UNITS acrossView(vec4 centre, vec4 right, vec4 down, vec2 position, float laneStep) {
  vec4 base = centre + down * position.y;
#if LANES == 4
  return mat4(
    base + right * position.x,
    base + right * (position.x + laneStep),
    base + right * (position.x + 2.0 * laneStep),
    base + right * (position.x + 3.0 * laneStep)
  );
#elif LANES == 2
  return mat2x4(base + right * position.x, base + right * (position.x + laneStep));
#else
  return base + right * position.x;
#endif
}

#ifdef HAS_RADIUS
// What each unit takes of the distance from the origin; the cell's centre and its distance, and the plane's step a pixel.
uniform vec4 uFirstRadius[FIRST_QUADS];
uniform vec3 uRadiusCentre;
uniform vec2 uRadiusStep;

// How much farther than the centre a pixel is: a difference of squares, so that at a deep zoom nothing cancels.
float radiusChange(vec2 position) {
  vec2 offset = position * uRadiusStep;
  float sum = length(uRadiusCentre.xy + offset) + uRadiusCentre.z;
  return sum > 0.0 ? dot(2.0 * uRadiusCentre.xy + offset, offset) / sum : 0.0;
}

UNITS acrossRadius(vec4 weight, vec2 position, float laneStep) {
  vec2 next = vec2(laneStep, 0.0);
#if LANES == 4
  return mat4(
    weight * radiusChange(position),
    weight * radiusChange(position + next),
    weight * radiusChange(position + 2.0 * next),
    weight * radiusChange(position + 3.0 * next)
  );
#elif LANES == 2
  return mat2x4(weight * radiusChange(position), weight * radiusChange(position + next));
#else
  return weight * radiusChange(position);
#endif
}
#endif

// A quad of the first layer, before its activation.
UNITS firstLayer(int q, vec2 position, float laneStep) {
  UNITS sum = acrossView(uFirstLayer[q], uFirstLayer[FIRST_QUADS + q], uFirstLayer[2 * FIRST_QUADS + q], position, laneStep);
#ifdef HAS_RADIUS
  sum += acrossRadius(uFirstRadius[q], position, laneStep);
#endif
  return sum;
}

#if SECOND_QUADS > 0
UNITS secondLayerBias(int q, vec2 position, float laneStep) {
  return acrossView(uSecondLayer[q], uSecondLayer[SECOND_QUADS + q], uSecondLayer[2 * SECOND_QUADS + q], position, laneStep);
}
#endif

// Raw head outputs, xyz of each lane; of a tap, the four units of its quad.
// position: of the first lane, pixels from uCentre; laneStep: pixels from one lane to the next.
UNITS evaluateNetwork(vec2 position, float laneStep) {
#ifdef TAPPED
  UNITS sum;
  if (uTapLayer == 0) {
    sum = firstLayer(uTapQuad, position, laneStep);
  } else {
    UNITS h[MAX_QUADS];
    for (int q = 0; q < FIRST_QUADS; q++) h[q] = FIRST_ACTIVATION(firstLayer(q, position, laneStep));
    HIDDEN_LAYERS
    sum = BROADCAST(weightTexel(uTapTexel));
#if SECOND_QUADS > 0
    if (uTapLayer == 1) sum = secondLayerBias(uTapQuad, position, laneStep);
#endif
    UNITS other = sum;
    TAP_TERMS
    sum += other;
  }
  if (uTapIsPost) sum = FIRST_ACTIVATION(sum);
  return sum;
#else
  UNITS h[MAX_QUADS];
  for (int q = 0; q < FIRST_QUADS; q++) h[q] = FIRST_ACTIVATION(firstLayer(q, position, laneStep));
  HIDDEN_LAYERS
  int texel = HEAD_TEXEL;
  UNITS sum = HEAD_BIAS(HEAD_WEIGHTS, 0);
  UNITS other = sum;
  texel++;
  HEAD_TERMS
  return HEAD_ACTIVATION(sum + other);
#endif
}
