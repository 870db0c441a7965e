import { Empty, Screen } from "../parts/Screen";

export function MeasuresScreen() {
  return (
    <Screen name="measures" title="Measures">
      <Empty title="Measures" />
    </Screen>
  );
}
