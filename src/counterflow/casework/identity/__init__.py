"""Identity: organisations and their people, what these may do, and how they show who they are.

One idea a module: `roles` (verbs), `people`, `tokens`, `sessions`, `proofs` (codes, passwords), `passkeys`, `oidc`,
`emergencies` (break-glass, notices), `confirmations` (who is behind an account), `limits` (how often), `guessable`.
"""
