import { partsStyle } from './parts-style.js';

/** An interactive part on a page. */
export interface Mounted<Data> {
  /** Shows other data in the same place. */
  update(data: Data): void;
  /** Stops listening and empties the element. */
  dispose(): void;
}

/** Puts a part into an element; what stood there is replaced. */
export type Mount<Data> = (element: HTMLElement, data: Data) => Mounted<Data>;

const dressed = new WeakSet<Document | ShadowRoot>();

/**
 * Gives the page (or the shadow root) of an element the style of the parts, once. A constructed sheet: no policy forbids it.
 * @param element where a part is mounted.
 */
export function dress(element: HTMLElement): void {
  element.classList.add('segscape');
  const found = element.getRootNode();
  const root = found instanceof ShadowRoot ? found : element.ownerDocument;
  if (dressed.has(root)) return;
  dressed.add(root);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(partsStyle);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/**
 * An element with its class and attributes.
 * @param name of the element.
 * @param attributes to set, as text.
 * @param children inside.
 */
export function made<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
