/** Does it when what was drawn until now is on the screen; at once where nobody looks. */
export function painted(then: () => void): void {
  if (document.hidden) then();
  else requestAnimationFrame(() => setTimeout(then));
}
