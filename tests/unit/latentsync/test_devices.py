"""Which devices are there, and how their failures are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipeline.latentsync import devices
from pipeline.latentsync.errors import MemoryExhausted


def test_nothing_is_missing_where_these_tests_run() -> None:
    assert devices.missing_package() is None


def test_what_compiling_kernels_lacks_is_named(tmp_path: Path) -> None:
    assert devices.missing_to_compile("no-such-compiler", tmp_path) == "a C compiler"
    assert str(tmp_path) in (devices.missing_to_compile("sh", tmp_path) or "")
    (tmp_path / "Python.h").touch()
    assert devices.missing_to_compile("sh", tmp_path) is None


def test_a_cpu_is_always_there_and_a_gpu_beyond_the_last_is_not() -> None:
    count = len(devices.describe_gpus())

    assert devices.absent_device(("cpu",)) is None
    assert devices.absent_device(("cpu", f"cuda:{count}")) == f"cuda:{count}"
    assert (devices.absent_device(("cuda",)) is None) is (count > 0)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("no room"), MemoryExhausted("no room")])
def test_too_little_memory_is_no_fault(error: Exception) -> None:
    assert devices.is_out_of_memory(error)
    assert not devices.is_fault(error)


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError("CUDA error: unspecified launch failure"),
        RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED"),
        RuntimeError("cuDNN error: CUDNN_STATUS_MAPPING_ERROR"),
    ],
)
def test_other_errors_of_a_gpu_are_faults(error: Exception) -> None:
    assert devices.is_fault(error)
    assert not devices.is_out_of_memory(error)


@pytest.mark.parametrize(
    "error", [RuntimeError("mat1 and mat2 cannot be multiplied"), ValueError("CUDA error")]
)
def test_bugs_are_no_faults(error: Exception) -> None:
    assert not devices.is_fault(error)
