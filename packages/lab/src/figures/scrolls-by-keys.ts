/** Lets the keyboard reach a part of the page that scrolls by itself; `label` says what it is. */
export function scrollsByKeys(node: HTMLElement, label: string): void {
  node.tabIndex = 0;
  node.setAttribute('role', 'region');
  node.setAttribute('aria-label', label);
}
