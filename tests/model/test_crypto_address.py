"""Check digits of blockchain addresses, against the examples that their standards give."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.entities.identifiers import parse as identifier
from counterflow.model.crypto_address import parse
from counterflow.model.keccak import keccak256

GOOD = {
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa": "bitcoin",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4": "bitcoin",  # BIP 173
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4": "bitcoin",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "bitcoin",  # BIP 350
    "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a": "bitcoin-cash",  # CashAddr
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed": "ethereum",  # EIP-55
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359": "ethereum",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB": "ethereum",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb": "ethereum",
    "TMStbg5fgb4uTV7fK1gEYF9hKAzP3siPsG": "tron",
    "rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66": "ripple",
}


@pytest.mark.parametrize(("text", "chain"), GOOD.items())
def test_good_addresses(text: str, chain: str) -> None:
    found = parse(text)
    assert (found.chains[0], found.valid) == (chain, True)
    assert parse(found.value).value == found.value


@pytest.mark.parametrize("text", GOOD)
def test_one_changed_character_is_seen(text: str) -> None:
    at = len(text) - 3
    if text.startswith("0x"):
        at = max(n for n, c in enumerate(text) if c.isalpha())
        changed = text[:at] + text[at].swapcase() + text[at + 1 :]
    else:
        other = "q" if text[at].lower() != "q" else "p"
        changed = text[:at] + (other.upper() if text.isupper() else other) + text[at + 1 :]
    assert parse(changed).valid is False


def test_what_checks_nothing_is_neither_good_nor_bad() -> None:
    assert parse("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed").valid is None
    assert parse("So11111111111111111111111111111111111111112").chains == ("solana",)
    for text in ("", "Pier Road 4", "DE89370400440532013000", "0x12", "kucoinrise11", "1" * 40):
        assert not parse(text).chains, text


def test_case_is_kept_where_it_counts() -> None:
    assert parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed").value == "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
    one = identifier("publicKey", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "CryptoWallet")
    assert one is not None and (one.scheme, one.value, one.valid) == (
        "wallet",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        True,
    )
    other = identifier("publicKey", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "CryptoWallet")
    assert other is not None and not other.valid


def test_keccak_against_published_digests() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_keccak_is_the_sponge_that_sha3_uses(data: bytes) -> None:
    """The same permutation with SHA-3's padding gives SHA-3: checked through the standard library."""
    from counterflow.model import keccak

    padded = bytearray(data + b"\x06" + bytes(-(len(data) + 1) % 136))
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), 136):
        for lane in range(17):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        keccak._permute(state)
    assert b"".join(lane.to_bytes(8, "little") for lane in state[:4]) == hashlib.sha3_256(data).digest()


@settings(deadline=None)
@given(st.text(max_size=110))
def test_nothing_fails(text: str) -> None:
    parse(text)


def test_every_address_of_ofac_is_good(shared_data: Path) -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(shared_data / "crypto-addresses" / "ofac_addresses.parquet").to_pylist()
    found = Counter(parse(row["address"]).valid for row in rows)
    # 47 Ethereum addresses in small letters alone and one view key of Monero have nothing to check
    assert found == {True: 609, None: 48}
