"""Seeds by purpose."""

from hashlib import sha256

from nnplay.experiment import derive_seed


def test_seeds_are_the_first_bytes_of_a_hash() -> None:
    digest = int(sha256(b"nnplay/5/shuffle/3").hexdigest(), 16).to_bytes(32, "big")[:8]
    assert derive_seed(5, "shuffle", 3) == int.from_bytes(digest, "little") // 2


def test_seeds_differ_by_seed_purpose_and_number() -> None:
    found = {
        derive_seed(seed, purpose, number)
        for seed in range(5)
        for purpose in ("init", "shuffle", "noise", "split", "dropout")
        for number in range(5)
    }
    assert len(found) == 125 and all(0 <= seed < 2**63 for seed in found)
