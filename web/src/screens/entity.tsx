import { Empty, Screen } from "../parts/Screen";

export function EntityScreen() {
  return (
    <Screen name="entity" title="Entity">
      <Empty title="Entity" />
    </Screen>
  );
}
