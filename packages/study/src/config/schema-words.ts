import { z } from 'zod';

/** A share, in [0, 1]. */
export const fraction = z.number().min(0).max(1);
export const count = z.number().int().positive();
export const seed = z.number().int();

/** `kind` chooses an entry of the registry; everything else goes to it. */
export const named = z.looseObject({ kind: z.string() });
