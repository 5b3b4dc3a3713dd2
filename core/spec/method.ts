import { z } from 'zod';
import { CRITERIA } from '../pruning/criteria/index.js';
import { GRANULARITIES } from '../pruning/granularities/index.js';
import { SCOPES } from '../pruning/scopes/index.js';
import { pieceChoice } from './pieces.js';
import { sparsity as fraction } from './values.js';

const layerRule = z
  .strictObject({
    exclude: z.boolean().exactOptional().meta({ description: 'They are left as they are.' }),
    sparsity: fraction().exactOptional().meta({ description: 'Their own sparsity, whatever the scope says.' }),
    floor: z.number().gt(0).max(1).exactOptional().meta({ description: 'Part of each that stays in any case.' }),
  })
  .meta({ description: 'What holds for the layers of this name or pattern.' });

const layers = z
  .record(z.string().min(1), layerRule)
  .transform((rules) => Object.entries(rules).map(([pattern, rule]) => ({ pattern, ...rule })))
  .meta({
    description:
      'Rules for layers by name or pattern, in which `*` stands for any characters and `?` for one; where several match a layer, what a later one says holds.',
  });

/** What is pruned, by what score, compared with whom. */
export const method = z.strictObject({
  granularity: pieceChoice(GRANULARITIES).meta({ description: 'What goes or stays as one.' }),
  criterion: pieceChoice(CRITERIA).meta({ description: 'By what score; the lowest goes first.' }),
  scope: pieceChoice(SCOPES).meta({ description: 'Who is compared with whom.' }),
  count: z.enum(['weights', 'parameters', 'macs', 'bytes']).exactOptional().meta({
    description:
      'What sparsity is a fraction of: weights that can be pruned, all parameters, multiply-accumulates of one example, or bytes as they are stored.',
    absent: 'the weights that are pruned; where units or layers are removed, their number',
  }),
  layers: layers.exactOptional(),
});
