// Training flag networks: `vexel/train`. No Node, no page: it runs wherever WebAssembly SIMD does.

export type { Arithmetic } from '../kernel/module.js'
export { parseBlueprint } from '../model/blueprint.js'
export { type OptimizerName, parseRecipe, type Recipe, RECIPES, type RecipeStage } from './recipe.js'
export type { RgbImage } from './rgb-image.js'
export { train, type Trained, type TrainOptions } from './train.js'
export type { Progress } from './trainer.js'
