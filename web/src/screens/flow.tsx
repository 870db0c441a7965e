import { Empty, Screen } from "../parts/Screen";

export function FlowScreen() {
  return (
    <Screen name="flow" title="Flow">
      <Empty title="Flow" />
    </Screen>
  );
}
