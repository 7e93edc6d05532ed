// The count of the isa bench: assembly as Mesa prints it, with loops written by hand whose trips are known.

import { expect, test } from 'vitest'
import { countDynamically } from '../../bench/isa/dynamic-count.js'

const LOOP = `
BB0:
\ts_mov_b32 s8, 0                                             ; be880380
\tv_mov_b32_e32 v0, 0                                         ; 7e000280
\ts_waitcnt lgkmcnt(0)                                        ; bf8cc07f
BB1:
\ts_cmp_ge_i32 s8, 5                                          ; bf038508
\ts_cbranch_scc1 BB3                                          ; bf850004
BB2:
\tv_fmac_f32_e32 v0, s4, v1                                   ; 56000204
\tv_exp_f32_e32 v2, v0                                        ; 7e044b00
\timage_load v[4:7], v[0:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D_ARRAY unorm ; f0001f28 00020800
\ts_add_i32 s8, s8, 1                                         ; 81088108
\ts_branch BB1                                                ; bf82fff9
BB3:
\ts_endpgm                                                    ; bf810000
`

test('a loop is counted as often as it runs, and waiting is no instruction', () => {
  // Two before, 5 turns of 7, the comparison and the branch that leave.
  expect(countDynamically(LOOP)).toEqual({
    total: 2 + 5 * 7 + 2,
    vector: 1 + 5 * 2,
    fused: 5,
    transcendental: 5,
    vectorMemory: 5,
  })
})

test('of a branch that a uniform decides what it skips is counted, and a loop behind one runs once', () => {
  const unknown = LOOP.replace('s_mov_b32 s8, 0 ', 's_buffer_load_dword s8, s[4:7], null ')
  expect(countDynamically(unknown)).toMatchObject({ fused: 1, vector: 3 })
})

test('assembly that ends nowhere, or never, is refused', () => {
  expect(() => countDynamically('BB0:\n\tv_mov_b32_e32 v0, 0 ; 7e000280\n')).toThrow('without s_endpgm')
  expect(() => countDynamically('')).toThrow('without s_endpgm')
  expect(() => countDynamically('BB0:\n\ts_branch BB0 ; bf82ffff\n')).toThrow('without an end')
})
