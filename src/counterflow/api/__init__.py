"""The HTTP interface: route, call one `View` method, print the answer. Only this package knows a web library.

In: a workspace. Out: JSON answers under ``/api``, errors as problem documents (RFC 9457), and the workbench at ``/``.
Invariant: a handler computes nothing; what a reader may see is decided below, and hidden and absent answer alike.
"""
