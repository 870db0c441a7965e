import { Empty, Screen } from "../parts/Screen";

export function NetworkScreen() {
  return (
    <Screen name="network" title="Network">
      <Empty title="Network" />
    </Screen>
  );
}
