/** Pictures open large in a dialog; the arrow keys go to the neighbours. */
export function connectPictures(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#enlarged');
  const large = dialog?.querySelector('img');
  const words = dialog?.querySelector('p');
  if (!dialog || !large || !words) return;
  let shown: HTMLElement | undefined;
  const show = (button: HTMLElement) => {
    const picture = button.querySelector('img')!;
    shown = button;
    large.src = picture.src;
    large.alt = picture.alt;
    words.textContent = picture.alt;
  };
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>('button.picture') : null;
    if (!button) return;
    show(button);
    dialog.showModal();
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => shown?.focus());
  dialog.addEventListener('keydown', ({ key }) => {
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (step === 0 || !shown) return;
    const all = [...(shown.closest('section')?.querySelectorAll<HTMLElement>('button.picture') ?? [])].filter(
      (button) => button.offsetParent !== null,
    );
    show(all[(all.indexOf(shown) + step + all.length) % all.length]!);
  });
}
