/** Looks a figure up by the path that examples give. */

/** The figure at a path like `positions[0].liquidationPrice`; null where there is none. */
export function figureAt(outcome: unknown, path: string): string | null {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const found = keys.reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
    outcome,
  );
  return typeof found === 'string' ? found : null;
}
