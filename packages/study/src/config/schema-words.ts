import { z } from 'zod';

/** A share, in [0, 1]. */
export const fraction = z.number().min(0).max(1);
export const count = z.number().int().positive();
export const seed = z.number().int();

/** `kind` chooses an entry of the registry; everything else goes to it. */
export const named = z.looseObject({ kind: z.string() });

/** A word stands for a kind without options: `flip` for `{ kind: flip }`. */
export const orWord = <T extends z.ZodType>(form: T) =>
  z.union([
    z.string().transform((kind, context): z.output<T> => {
      const made = form.safeParse({ kind });
      if (made.success) return made.data;
      for (const { path, message } of made.error.issues) context.addIssue({ code: 'custom', path, message });
      return z.NEVER;
    }),
    form,
  ]);
