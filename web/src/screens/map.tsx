import { Empty, Screen } from "../parts/Screen";

export function MapScreen() {
  return (
    <Screen name="map" title="Map">
      <Empty title="Map" />
    </Screen>
  );
}
