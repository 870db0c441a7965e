import { NumberInput } from "@mantine/core";
import { useEffect, useState } from "react";

interface Props {
  label: string;
  hint: string;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  whole?: boolean;
  most?: number;
  least?: number;
  empty?: string;
}

/** A number that may be left open; it is asked with once it is finished: on Enter, or on leaving the field. */
export function Amount({ label, hint, value, onChange, whole = false, least = 0, most, empty = "no limit" }: Props) {
  const [typed, setTyped] = useState<number | string>(value ?? "");
  useEffect(() => setTyped(value ?? ""), [value]);
  const ask = () => {
    const next = typeof typed === "number" ? typed : undefined;
    if (next !== value) onChange(next);
  };
  return (
    <NumberInput
      size="xs"
      w={190}
      label={label}
      description={hint}
      placeholder={empty}
      min={least}
      max={most}
      allowDecimal={!whole}
      allowNegative={false}
      clampBehavior="strict"
      value={typed}
      onChange={setTyped}
      onBlur={ask}
      onKeyDown={(event) => event.key === "Enter" && ask()}
    />
  );
}
