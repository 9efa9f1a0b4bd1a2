import { test } from 'vitest';
import { shapes } from '../cases/shapes.js';
import { expectExact } from './derivatives.js';

test.each(shapes)('%s', (_name, fn, inputs) => expectExact(fn, inputs()));
