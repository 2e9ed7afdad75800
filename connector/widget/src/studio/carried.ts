/** A photo that is carried under the mouse or a finger. */
export class Carried {
  private image: HTMLImageElement | null = null;

  constructor(private readonly src: string) {}

  to(clientX: number, clientY: number): void {
    this.image ??= document.body.appendChild(Object.assign(document.createElement("img"), { className: "ghost", src: this.src, alt: "" }));
    this.image.style.translate = `${clientX}px ${clientY}px`;
  }

  drop(): void {
    this.image?.remove();
    this.image = null;
  }
}
