import { Autocomplete, TagsInput } from "@mantine/core";

import { useApi } from "../api/client";
import type { CaseFile, Colleagues } from "../api/types";
import { useSession } from "../identity/session";

/** Whom a case may name, as far as the reader may know: every organisation, and the people and units of their own. */
export function useColleagues(): Colleagues {
  const may = useSession().data?.me?.verbs.includes("case") ?? false;
  const query = useApi<Colleagues>(may ? "/colleagues" : null, {}, { onScreen: false });
  return query.data ?? { organisations: [], people: [] };
}

const unique = (names: string[]): string[] => [...new Set(names.filter(Boolean))];

/** Organisations that have accounts here, and those that are in the case. */
export function useOrganisations(file?: CaseFile): string[] {
  const { organisations } = useColleagues();
  return unique([...organisations.map((one) => one.name), ...(file?.members.map((one) => one.organisation) ?? [])]);
}

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  data: string[];
  description?: string;
  required?: boolean;
  testId: string;
}

/** One of the names that are known, or another one. */
export function NameInput({ label, value, onChange, data, description, required = false, testId }: Props) {
  return <Autocomplete size="xs" label={label} description={description} required={required} maxLength={300} data={unique(data)} value={value} onChange={onChange} data-testid={testId} />;
}

/** To whom something may be sent: organisations, and their units. */
export function useAddressees(file: CaseFile): string[] {
  const { organisations } = useColleagues();
  return unique([...useOrganisations(file), ...organisations.flatMap((one) => one.units.map((unit) => `${one.name}/${unit}`))]);
}

/** Choices stay open while several are made: what stands below, such as the button that sends the form, is left free. */
export const UPWARDS = { position: "top-start" } as const;

/** Organisations inside the circle of a label. */
export function CircleInput({ value, onChange, file, description, placeholder, testId }: { value: string[]; onChange: (value: string[]) => void; file?: CaseFile; description?: string; placeholder?: string; testId?: string }) {
  return <TagsInput size={description ? undefined : "xs"} label={description ? "Organisations inside the circle" : "Inside the circle"} description={description} placeholder={placeholder} data={useOrganisations(file)} value={value} onChange={onChange} comboboxProps={UPWARDS} data-testid={testId} />;
}

/** The only persons who may read something. */
export function ReadersInput({ value, onChange }: { value: string[]; onChange: (value: string[]) => void }) {
  const { people } = useColleagues();
  return <TagsInput size="xs" label="Only these persons" placeholder="yourself too" data={unique(people.map((one) => one.name))} value={value} onChange={onChange} comboboxProps={UPWARDS} data-testid="row-readers" />;
}
