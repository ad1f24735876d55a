"""The matrix product that compiled steps call."""

import ctypes

import numpy as np
import pytest
import torch

from nnplay.engine.kernels import blas


def product(address, a, b):
    """Return a b of matrices laid out row after row, which BLAS takes for their transposes."""
    (m, k), n = a.shape, b.shape[1]
    c = np.full((m, n), np.nan, np.float32)
    sizes = {
        name: ctypes.byref(ctypes.c_int32(value))
        for name, value in zip("mnk", (m, n, k), strict=True)
    }
    letter, one, zero = ctypes.c_char(b"N"), ctypes.c_float(1), ctypes.c_float(0)
    at = [part.ctypes.data_as(ctypes.c_void_p) for part in (a, b, c)]
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 13)(address)
    call(
        *(ctypes.cast(one_, ctypes.c_void_p) for one_ in (
            ctypes.byref(letter), ctypes.byref(letter), sizes["n"], sizes["m"], sizes["k"],
            ctypes.byref(one), at[1], sizes["n"], at[0], sizes["k"], ctypes.byref(zero), at[2],
            sizes["n"],
        ))
    )  # fmt: skip
    return c


@pytest.mark.parametrize("address", [blas.sgemm_address, blas._of_scipy])
def test_it_is_a_matrix_product(address):
    chance = np.random.default_rng(0)
    a = chance.normal(size=(64, 100)).astype(np.float32)
    b = chance.normal(size=(100, 128)).astype(np.float32)
    np.testing.assert_allclose(product(address(), a, b), a @ b, rtol=1e-4, atol=1e-4)


def test_without_one_in_pytorch_it_is_scipys(monkeypatch, tmp_path):
    monkeypatch.setattr(torch, "__file__", str(tmp_path / "__init__.py"))
    assert blas._of_torch() == 0
    blas.sgemm_address.cache_clear()
    assert blas.sgemm_address() == blas._of_scipy()
    blas.sgemm_address.cache_clear()


def test_a_function_with_wider_integers_is_not_used():
    @ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 13)
    def long_sizes(*parts):
        m, n, k = (ctypes.c_int64.from_address(at).value for at in parts[2:5])
        if min(m, n, k) < 0:
            return  # what such a library does with sizes below zero
        raise AssertionError("sizes were handed over as numbers of 64 bits")

    assert not blas._multiplies(ctypes.cast(long_sizes, ctypes.c_void_p).value)
