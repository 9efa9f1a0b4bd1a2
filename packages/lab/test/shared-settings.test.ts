import { expect, test } from 'vitest';
import { linkOf, settingsIn } from '../src/shared-settings.js';
import { firstPlan, phantomData } from '../src/study/plan-settings.js';

const losses = [{ id: 3, kind: 'focal', options: { gamma: 2.5, label: 'Fokus ä' } }];
const hashOf = (link: string) => link.slice(link.indexOf('#'));

test('a link gives back what was chosen', () => {
  const plan = { ...firstPlan, depth: 4, amount: 7 };
  const link = linkOf('https://lab.example/here/#/data', { losses, plan, data: phantomData });
  expect(link).toMatch(/^https:\/\/lab\.example\/here\/#\/plan\?settings=[\w-]+$/);
  expect(settingsIn(hashOf(link))).toEqual({ losses: [{ ...losses[0], id: 1 }], plan, data: phantomData });
});
test('it holds no word of pictures that were picked', () => {
  const data = { kind: 'picked', folder: 'pictures-of-anna' };
  const shared = settingsIn(hashOf(linkOf('https://lab.example/', { losses, plan: firstPlan, data })));
  expect(shared).not.toHaveProperty('data');
});
test('what is of another kind than a setting is left as it comes first; what is not readable is told of', () => {
  const odd = {
    losses: [{ kind: 4 }, ...losses],
    plan: { depth: 'deep', amount: 9, __proto__: null, more: 1 },
  };
  const shared = settingsIn(`#/plan?settings=${Buffer.from(JSON.stringify(odd)).toString('base64url')}`);
  expect(shared?.losses.map(({ kind }) => kind)).toEqual(['focal']);
  expect(shared?.plan).toEqual({ ...firstPlan, amount: 9 });
  expect(() => settingsIn('#/plan?settings=abc')).toThrow('cut off');
  expect(settingsIn('#/plan')).toBeUndefined();
});
