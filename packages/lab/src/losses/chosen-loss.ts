/** A loss that the visitor compares, as a config says it. */
export interface ChosenLoss {
  /** Tells two of one kind apart. */
  readonly id: number;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const text = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(text).join(':')
    : typeof value === 'number'
      ? String(Number(value.toPrecision(4)))
      : String(value);

/** `focal, gamma 2`, as legends and run folders call it. */
export function labelOf({ kind, options }: Omit<ChosenLoss, 'id'>): string {
  const said = Object.entries(options).map(([name, value]) => `${name} ${text(value)}`);
  return [kind, ...said].join(', ');
}

/** What a study's config holds of it. */
export const configOf = ({ kind, options }: Omit<ChosenLoss, 'id'>) => ({ kind, ...options });

/** Labels of all, those that are equal numbered. */
export function distinctLabels(losses: readonly ChosenLoss[]): string[] {
  const seen = new Map<string, number>();
  return losses.map((loss) => {
    const label = labelOf(loss);
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label} (${count})`;
  });
}
