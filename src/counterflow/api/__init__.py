"""The HTTP interface: route, call one `View` method, shape the answer. Only this package knows a web library."""
