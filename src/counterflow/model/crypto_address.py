"""Addresses on blockchains: which chain one can be of, its form for comparison, and whether its check digits agree.

Upper and lower case mean different digits in base58, and are the check digits of Ethereum's form: an address is never
put into capitals; only where case carries nothing (bech32, hexadecimal) is it made small.

Sources: Bitcoin wiki "Base58Check encoding"; BIP 173 and BIP 350 (bech32, bech32m); the CashAddr specification; EIP-55;
Tron's and Ripple's developer documentation; Monero's "Standard address" and CryptoNote standard 007.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from counterflow.model.keccak import keccak256

__all__ = ["CHAINS", "Address", "chain_of", "doubt", "parse"]

_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_EVM = ("ethereum", "bsc", "polygon", "arbitrum", "optimism", "avalanche", "ethereum-classic")
_VERSIONS: dict[bytes, tuple[str, ...]] = {
    b"\x00": ("bitcoin", "bitcoin-cash", "bitcoin-sv"), b"\x05": ("bitcoin", "bitcoin-cash", "bitcoin-sv", "litecoin"),
    b"\x30": ("litecoin",), b"\x32": ("litecoin",), b"\x1e": ("dogecoin", "verge"), b"\x16": ("dogecoin",),
    b"\x4c": ("dash",), b"\x10": ("dash",), b"\x41": ("tron",), b"\x26": ("bitcoin-gold",),
    b"\x17": ("bitcoin-gold", "neo"),
    b"\x1c\xb8": ("zcash",), b"\x1c\xbd": ("zcash",), b"\x21": ("verge",),
}  # fmt: skip
_HRP = {"bc": "bitcoin", "ltc": "litecoin", "bnb": "binance-chain", "cosmos": "cosmos", "addr": "cardano",
        "thor": "thorchain", "zs": "zcash", "terra": "terra", "bitcoincash": "bitcoin-cash"}  # fmt: skip
CHAINS = {
    "BTC": "bitcoin", "XBT": "bitcoin", "BITCOIN": "bitcoin", "ETH": "ethereum", "ETHEREUM": "ethereum",
    "LTC": "litecoin", "BCH": "bitcoin-cash", "BSV": "bitcoin-sv", "BTG": "bitcoin-gold", "DASH": "dash",
    "DOGE": "dogecoin", "ETC": "ethereum-classic", "TRX": "tron", "TRON": "tron", "XMR": "monero", "XRP": "ripple",
    "RIPPLE": "ripple", "XVG": "verge", "ZEC": "zcash", "BSC": "bsc", "BNB": "bsc", "BEP20": "bsc",
    "BEP2": "binance-chain", "ARB": "arbitrum", "MATIC": "polygon", "SOL": "solana", "ADA": "cardano",
    "ATOM": "cosmos", "NEO": "neo",
}  # fmt: skip
"""Ticker, in capitals → the chain whose own asset it is. Tokens (USDT, USDC) live on several."""


_FORMS = {*(chain for chains in _VERSIONS.values() for chain in chains), *_EVM, "monero", "ripple"}
"""Chains all of whose forms are known here."""


@dataclass(frozen=True)
class Address:
    """:param value: form for comparison; :param chains: those it can be of, none where its form is unknown
    :param valid: whether its check digits agree; None where it has none, or its form is not known
    """

    value: str
    chains: tuple[str, ...] = ()
    valid: bool | None = None


def chain_of(ticker: str | None) -> str | None:
    """The chain whose own asset a ticker is; None for tokens and unknown ones."""
    return CHAINS.get((ticker or "").upper())


def doubt(text: str, ticker: str | None = None) -> str | None:
    """What is wrong with an address, in words; None where nothing is seen to be.

    :param ticker: the asset it is said to be for
    """
    found = parse(text)
    if found.valid is False:
        return "fails its check digits"
    chain = chain_of(ticker)
    if chain in _FORMS and not found.chains:
        return f"has not the form of an address of {chain}"
    return None


@lru_cache(1 << 16)
def parse(text: str) -> Address:
    """What an address is."""
    text = "".join(text.split())
    if re.fullmatch(r"0[xX][0-9a-fA-F]{40}", text):
        return Address("0x" + text[2:].lower(), _EVM, _eip55(text[2:]))
    prefixed = text.partition(":")[2] if text.lower().startswith("bitcoincash:") else text
    if re.fullmatch(r"[qp][0-9a-z]{41}", prefixed.lower()) and prefixed in (prefixed.lower(), prefixed.upper()):
        return Address(prefixed.lower(), ("bitcoin-cash",), _cashaddr(prefixed.lower()))
    hrp, one, data = text.lower().rpartition("1")
    if one and hrp in _HRP and len(data) >= 6 and not set(data) - set(_BECH32):
        mixed = text not in (text.lower(), text.upper())
        return Address(text.lower(), (_HRP[hrp],), not mixed and _bech32(hrp, data))
    if re.fullmatch(r"[48][0-9A-Za-z]{94}|4[0-9A-Za-z]{105}", text) and not set(text) - set(_BITCOIN):
        return Address(text, ("monero",), _monero(text))
    return _base58(text)


def _eip55(digits: str) -> bool | None:
    """Capitals stand where the digest of the small form has a digit of 8 or more; one case alone checks nothing."""
    if digits in (digits.lower(), digits.upper()):
        return None
    digest = keccak256(digits.lower().encode()).hex()
    return all(c == (c.upper() if int(d, 16) > 7 else c.lower()) for c, d in zip(digits, digest, strict=False))


def _decoded(text: str, alphabet: str) -> bytes | None:
    number = 0
    for c in text:
        at = alphabet.find(c)
        if at < 0:
            return None
        number = number * 58 + at
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _double(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]


def _base58(text: str) -> Address:
    if not 25 <= len(text) <= 60 or not text.isalnum() or not text.isascii():
        return Address(text)
    if text.startswith("r") and not set(text) - set(_RIPPLE):
        raw = _decoded(text, _RIPPLE) or b""
        return Address(text, ("ripple",), len(raw) == 25 and raw[0] == 0 and _double(raw[:-4]) == raw[-4:])
    raw = _decoded(text, _BITCOIN) or b""
    for size in (1, 2):
        chains = _VERSIONS.get(raw[:size])
        if chains and len(raw) == 24 + size:
            return Address(text, chains, _double(raw[:-4]) == raw[-4:])
    if len(raw) == 32:
        return Address(text, ("solana",))  # a bare public key: nothing to check
    meant = _MEANT.get(text[0])
    return Address(text, meant, False) if meant and 26 <= len(text) <= 35 else Address(text)


_MEANT = {"1": ("bitcoin",), "3": ("bitcoin",), "L": ("litecoin",), "M": ("litecoin",), "T": ("tron",),
          "D": ("dogecoin",), "X": ("dash",), "t": ("zcash",)}  # fmt: skip
"""First letter of an address whose digits do not add up → what was most likely meant."""


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


def _bech32(hrp: str, data: str) -> bool:
    """Bech32; bech32m for Bitcoin's and Litecoin's witness versions from 1 on."""
    values = [_BECH32.index(c) for c in data]
    expanded = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]
    later = hrp in ("bc", "ltc") and values[0] > 0
    return _polymod(expanded + values) == (0x2BC830A3 if later else 1)


def _cashaddr(data: str) -> bool:
    if set(data) - set(_BECH32):
        return False
    check = 1
    for value in [ord(c) & 31 for c in "bitcoincash"] + [0] + [_BECH32.index(c) for c in data]:
        top = check >> 35
        check = (check & 0x07FFFFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)):
            check ^= generator if top >> bit & 1 else 0
    return check == 1


def _monero(text: str) -> bool:
    """Base58 in blocks of eleven characters for eight bytes; the last four bytes are the beginning of a digest."""
    sizes = {11: 8, 7: 5, 6: 4, 9: 6, 10: 7, 5: 3, 3: 2, 2: 1}
    raw = b""
    for start in range(0, len(text), 11):
        block = text[start : start + 11]
        number = 0
        for c in block:
            number = number * 58 + _BITCOIN.index(c)
        size = sizes.get(len(block), 0)
        if number >= 1 << (8 * size):
            return False
        raw += number.to_bytes(size, "big")
    return keccak256(raw[:-4])[:4] == raw[-4:]
