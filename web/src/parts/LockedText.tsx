import { useEffect, useRef } from "react";

import { BANDS } from "./Likelihood";

const NUMBER = "\\d+(?:[.,:/-]\\d+)*%?";
const WORDS = [...BANDS].map(([word]) => word).sort((a, b) => b.length - a.length).join("|");

export interface Piece {
  text: string;
  locked: boolean;
}

/** A sentence as its words and what is locked in it: numbers, and a judgement's word of likelihood. As the server cuts it. */
export function pieces(text: string, judgement: boolean): Piece[] {
  const locked = new RegExp(judgement ? `${NUMBER}|\\b(?:${WORDS})\\b` : NUMBER, "gi");
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(locked)) {
    if (match.index > end) found.push({ text: text.slice(end, match.index), locked: false });
    found.push({ text: match[0], locked: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ text: text.slice(end), locked: false });
  return found;
}

export const locks = (text: string, judgement: boolean): string =>
  pieces(text, judgement).filter((one) => one.locked).map((one) => one.text.toLowerCase()).join("\u0000");

interface Props {
  id: string;
  text: string;
  judgement?: boolean;
  label: string;
  onChange: (text: string) => void;
  /** Somebody tried to change what is locked. */
  onRefused: () => void;
}

/** Prose that can be edited around chips that cannot: an edit that would touch one does not happen. */
export function LockedText({ id, text, judgement = false, label, onChange, onRefused }: Props) {
  const box = useRef<HTMLSpanElement>(null);
  const good = useRef(text);
  const told = useRef({ onChange, onRefused });
  told.current = { onChange, onRefused };
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const expected = locks(text, judgement);
    const fill = (words: string) => element.replaceChildren(...pieces(words, judgement).map(node));
    fill(text);
    good.current = text;
    const before = (event: InputEvent) => {
      const chips = [...element.querySelectorAll("[data-locked]")];
      const touched = event.getTargetRanges().some((one) => {
        const range = document.createRange();
        range.setStart(one.startContainer, one.startOffset);
        range.setEnd(one.endContainer, one.endOffset);
        return !range.collapsed && chips.some((chip) => range.intersectsNode(chip));
      });
      const typed = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
      if (touched || locks(typed, judgement) || event.inputType.startsWith("format") || event.inputType === "insertParagraph") {
        event.preventDefault();
        told.current.onRefused();
      }
    };
    const after = () => {
      const words = (element.textContent ?? "").replace(/\s+/g, " ");
      if (locks(words, judgement) === expected) {
        good.current = words;
        told.current.onChange(words.trim());
      } else {
        fill(good.current);
        told.current.onRefused();
      }
    };
    const paste = (event: ClipboardEvent) => {
      event.preventDefault();
      const words = (event.clipboardData?.getData("text/plain") ?? "").replace(/\s+/g, " ");
      if (locks(words, judgement)) told.current.onRefused();
      else document.execCommand("insertText", false, words);
    };
    const drop = (event: DragEvent) => event.preventDefault();
    element.addEventListener("beforeinput", before);
    element.addEventListener("input", after);
    element.addEventListener("paste", paste);
    element.addEventListener("drop", drop);
    return () => {
      element.removeEventListener("beforeinput", before);
      element.removeEventListener("input", after);
      element.removeEventListener("paste", paste);
      element.removeEventListener("drop", drop);
    };
  }, [id, text, judgement]);
  return <span ref={box} className="cf-editable" contentEditable suppressContentEditableWarning role="textbox" aria-label={label} data-testid="editable" data-id={id} />;
}

function node(piece: Piece): Node {
  if (!piece.locked) return document.createTextNode(piece.text);
  const chip = document.createElement("span");
  chip.textContent = piece.text;
  chip.contentEditable = "false";
  chip.className = "cf-locked";
  chip.dataset.locked = "";
  chip.title = "From the records: cannot be changed by hand";
  return chip;
}
