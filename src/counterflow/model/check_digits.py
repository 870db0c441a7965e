"""Check digits of account numbers, numbers of ships and vehicles, addresses of wallets: whether a number can be right.

Sources: IMO Resolution A.1117(30) (ships); ISO 3779 and 49 CFR 565.15 (vehicles); ISO 13616 (IBAN) and ISO 7064
(mod 97-10); Base58Check (Bitcoin, Tron), BIP 173 and BIP 350 (Bech32).
"""

from __future__ import annotations

import hashlib
import re

__all__ = ["base58check", "bech32", "iban", "imo", "mod97", "vin"]

_IBAN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}")


def mod97(text: str) -> bool:
    """Whether digits and capitals, letters counted from A = 10, leave 1 when divided by 97."""
    return text.isalnum() and text.isascii() and int("".join(str(int(c, 36)) for c in text)) % 97 == 1


def iban(number: str) -> bool:
    """Whether a number, without blanks and in capitals, is shaped as an IBAN and its check digits agree."""
    return _IBAN.fullmatch(number) is not None and mod97(number[4:] + number[:4])


def imo(number: str) -> bool:
    """Whether the last of a ship's seven digits checks the others."""
    if len(number) != 7 or not (number.isascii() and number.isdigit()):
        return False
    return sum(int(d) * weight for d, weight in zip(number[:6], range(7, 1, -1), strict=True)) % 10 == int(number[6])


_VIN = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)),
                strict=True))  # fmt: skip
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(number: str) -> bool:
    """Whether the ninth of a vehicle's seventeen characters checks the others.

    North America and China ask for it; elsewhere the ninth is the maker's own, and a number that fails may be right.
    """
    if len(number) != 17 or not set(number) <= _VIN.keys():
        return False
    left = sum(_VIN[c] * weight for c, weight in zip(number, _VIN_WEIGHTS, strict=True)) % 11
    return number[8] == ("X" if left == 10 else str(left))


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_POLYNOMIAL = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def base58check(address: str) -> bool:
    """Whether an address of Bitcoin's older kinds, Litecoin, Tron… ends in the checksum of what it holds."""
    number = 0
    for letter in address:
        at = _BASE58.find(letter)
        if at < 0:
            return False
        number = number * 58 + at
    zeros = len(address) - len(address.lstrip("1"))
    held = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, end = held[:-4], held[-4:]
    return len(held) == 25 and hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == end


def bech32(address: str) -> bool:
    """Whether a native SegWit address (``bc1…``, ``ltc1…``) agrees with its checksum, in one case throughout."""
    if address not in (address.lower(), address.upper()) or len(address) > 90:
        return False
    prefix, mark, data = address.lower().rpartition("1")
    if not prefix or not mark or len(data) < 6 or any(c not in _BECH32 for c in data):
        return False
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_BECH32.find(c) for c in data]
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate(_POLYNOMIAL):
            check ^= factor if top >> bit & 1 else 0
    return check in (1, 0x2BC830A3)
