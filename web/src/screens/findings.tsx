import { Empty, Screen } from "../parts/Screen";

export function FindingsScreen() {
  return (
    <Screen name="findings" title="Findings">
      <Empty title="Findings" />
    </Screen>
  );
}
