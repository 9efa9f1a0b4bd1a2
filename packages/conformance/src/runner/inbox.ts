/** How long nothing may be heard, in milliseconds, before what works is taken for dead. */
const patience = 600_000;

const isLast = (message: { readonly type: string }) =>
  message.type === 'done' || message.type === 'unavailable';

/** Messages in the order they came, to be read at the reader's own pace; it ends with the last, or throws. */
export class Inbox<M extends { readonly type: string }> implements AsyncIterable<M> {
  readonly #waiting: M[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  put(message: M): void {
    this.#waiting.push(message);
    this.#wake();
  }

  /** The sender is gone; what came before is still read. */
  fail(reason: Error): void {
    this.#failure ??= reason;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<M> {
    while (true) {
      const message = this.#waiting.shift();
      if (message !== undefined) {
        yield message;
        if (isLast(message)) return;
      } else if (this.#failure) throw this.#failure;
      else await this.#next();
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`nothing was heard for ${patience / 60_000} minutes`)),
        patience,
      );
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
