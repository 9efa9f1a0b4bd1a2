const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number');

/** Names of the classes, where the scores tell them. */
const classesOf = ({ classes }: Readonly<Record<string, unknown>>): readonly string[] =>
  Array.isArray(classes) ? classes.map(String) : [];

/**
 * Scores as one flat record of numbers, the way tables name them: a list with a number for each class becomes
 * `iou.disc`, …, where the scores have their names as `classes`, else `iou.0`, …; a record beside such lists, as the means
 * over classes are, `iou.mean`; other records `outer.inner`. What is no number, and tables of numbers, are left out.
 */
export function scalarsOf(scores: object): Record<string, number> {
  const all = { ...scores } as Readonly<Record<string, unknown>>;
  const classes = classesOf(all);
  const perClass = (name: string) => isNumbers(all[name]);
  const named: [string, number][] = [];
  const visit = (name: string, value: unknown): void => {
    if (typeof value === 'number') named.push([name, value]);
    else if (isNumbers(value)) {
      const names = value.length === classes.length ? classes : value.map((_, i) => String(i));
      value.forEach((one, i) => {
        named.push([`${name}.${names[i]}`, one]);
      });
    } else if (isRecord(value))
      for (const [inner, held] of Object.entries(value))
        visit(perClass(inner) ? `${inner}.${name}` : `${name}.${inner}`, held);
  };
  for (const [name, value] of Object.entries(all)) visit(name, value);
  return Object.fromEntries(named);
}
