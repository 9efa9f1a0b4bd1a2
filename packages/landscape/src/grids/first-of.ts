/** What a way of several places gives for the one that it has. */
export async function firstOf<T>(along: AsyncGenerator<T, void>): Promise<T> {
  const { value } = await along.next();
  await along.return();
  return value as T;
}
