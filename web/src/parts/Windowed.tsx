import { useEffect, useRef, useState, type ReactNode } from "react";

interface Props {
  /** Rows in all, and the height of each in pixels. */
  total: number;
  height: number;
  /** Row that is kept in sight; -1: none. */
  at: number;
  row: (n: number, top: number) => ReactNode;
  /** First row in sight, and the one after the last. */
  onRange?: (first: number, last: number) => void;
  label: string;
  name: string;
}

/** Drawn above and below what is in sight. */
const SPARE = 5;

/** A list of any length, of which only what is in sight is drawn. */
export function Windowed({ total, height, at, row, onRange, label, name }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [tall, setTall] = useState(800);
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setTall(box.clientHeight));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.min(total, Math.floor(top / height)) - SPARE);
  const last = Math.min(total, Math.ceil((top + tall) / height) + SPARE);
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  useEffect(() => {
    const box = list.current;
    if (!box || at < 0) return;
    if (at * height < box.scrollTop) box.scrollTop = at * height;
    else if ((at + 1) * height > box.scrollTop + box.clientHeight) box.scrollTop = (at + 1) * height - box.clientHeight;
  }, [at, height, tall]);
  return (
    <div className="cf-window" ref={list} role="list" aria-label={label} onScroll={(event) => setTop(event.currentTarget.scrollTop)} data-testid={name}>
      <div style={{ height: total * height }}>{Array.from({ length: last - first }, (_, i) => row(first + i, (first + i) * height))}</div>
    </div>
  );
}
