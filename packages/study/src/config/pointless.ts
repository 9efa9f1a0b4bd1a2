import type { StudyConfig } from './schema.js';
import { training as trainingSchema } from './training-schema.js';

/** What a config says and nothing comes of, in words. Defaults cannot be told from what was left out. */
export function* pointless({ training }: StudyConfig): Generator<string> {
  const plain = trainingSchema.parse({});
  const { budget, select, selectBy, patience, learningRate, averageDecay, averageFrom } = training;
  const beside = (['epochs', 'repeats'] as const).filter((key) => training[key] !== plain[key]);
  if (budget !== undefined && beside.length > 0)
    yield `training.budget says how long trainings last; beside it ${beside.map((key) => `training.${key} (=${training[key]})`).join(' and ')} count${beside.length === 1 ? 's' : ''} for nothing.`;
  const averages = [
    ...(averageDecay === undefined ? [] : ['training.averageDecay']),
    ...(averageFrom === undefined ? [] : ['training.averageFrom']),
  ];
  if (select !== 'ema' && averages.length > 0)
    yield `${averages.join(' and ')} ${averages.length === 1 ? 'is' : 'are'} for training.select: ema, and count${averages.length === 1 ? 's' : ''} for nothing here.`;
  const chooses = select === undefined || select === 'best' || patience !== undefined;
  if (selectBy !== undefined && !chooses && typeof learningRate !== 'object')
    yield `training.selectBy (=${selectBy}) chooses nothing with training.select: ${select}.`;
}
