/** What every drawing is: plain TypeScript that owns the inside of one element. No React here. */

import type { Palette } from "../theme";

export interface Drawing<Data> {
  update(data: Data): void;
  destroy(): void;
}

export type Mount<Data> = (element: HTMLElement, data: Data) => Drawing<Data>;

/** What every drawing is given beside its own data. */
export interface Look {
  palette: Palette;
}

/** Calls back with the size in CSS pixels now and whenever it changes; returns how to stop. */
export function onSize(element: HTMLElement, draw: (width: number, height: number) => void): () => void {
  let width = -1;
  let height = -1;
  const look = () => {
    const box = element.getBoundingClientRect();
    if (Math.round(box.width) === width && Math.round(box.height) === height) return;
    width = Math.round(box.width);
    height = Math.round(box.height);
    if (width > 0 && height > 0) draw(width, height);
  };
  const observer = new ResizeObserver(look);
  observer.observe(element);
  look();
  return () => observer.disconnect();
}

/** Gives a drawing its size, and the box by which paper makes it smaller. */
export function sized(root: SVGSVGElement, width: number, height: number): void {
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
}

/** A canvas that fills the element at the screen's own resolution. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no 2-D canvas");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number | undefined>,
  parent?: Element,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, String(value));
  parent?.append(made);
  return made;
}
