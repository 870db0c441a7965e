"""Keccak-256 as Ethereum, Tron and Monero use it: as submitted to NIST, before SHA-3 changed the padding (so that
`hashlib.sha3_256` gives another value).

Source: G. Bertoni, J. Daemen, M. Peeters, G. Van Assche, "The Keccak reference", version 3.0, 2011.
"""

from __future__ import annotations

__all__ = ["keccak256"]

_RATE = 136
_MASK = (1 << 64) - 1


def _constants() -> list[int]:
    """Round constants, from the linear feedback shift register of section 1.2."""
    found, register = [], 1
    for _ in range(24):
        value = 0
        for j in range(7):
            if register & 1:
                value |= 1 << ((1 << j) - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        found.append(value)
    return found


def _steps() -> list[tuple[int, int]]:
    """(lane, rotation) in the order in which rho and pi visit the lanes; lane = x + 5 y."""
    found, x, y = [], 1, 0
    for t in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        found.append((x + 5 * y, (t + 1) * (t + 2) // 2 % 64))
    return found


_ROUNDS, _STEPS = _constants(), _steps()


def _permute(a: list[int]) -> None:
    for constant in _ROUNDS:
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        for x in range(5):
            turned = c[(x + 1) % 5]
            d = c[x - 1] ^ ((turned << 1 | turned >> 63) & _MASK)
            for y in range(0, 25, 5):
                a[x + y] ^= d
        held = a[1]
        for lane, turn in _STEPS:
            held, a[lane] = a[lane], (held << turn | held >> (64 - turn)) & _MASK
        for y in range(0, 25, 5):
            row = a[y : y + 5]
            for x in range(5):
                a[y + x] = row[x] ^ (~row[(x + 1) % 5] & _MASK & row[(x + 2) % 5])
        a[0] ^= constant


def keccak256(data: bytes) -> bytes:
    """The digest, 32 bytes."""
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % _RATE))
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            at = start + 8 * lane
            state[lane] ^= int.from_bytes(padded[at : at + 8], "little")
        _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])
