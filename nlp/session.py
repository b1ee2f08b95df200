"""An ONNX graph on disk → arrays in, arrays out, by ONNX Runtime on the processor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from sangtin.errors import InputError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Session:
    """A graph that is ready to run; any number of threads may run it at once."""

    held: InferenceSession

    @property
    def inputs(self) -> dict[str, tuple[int | str, ...]]:
        """The shape of each input by its name; a word stands for a size that may vary."""
        return {one.name: tuple(one.shape) for one in self.held.get_inputs()}

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what a run gives, in its order."""
        return tuple(one.name for one in self.held.get_outputs())

    def run(self, feeds: Mapping[str, Array]) -> list[Array]:
        """All outputs in their order, for arrays of the inputs' shapes and types."""
        found: list[Array] = self.held.run(None, dict(feeds))
        return found


def open_session(graph: Path, threads: int = 0) -> Session:
    """Make the graph in a file ready; `threads` is how many it may use at once, 0: one a core.

    Reads no other file than weights that the graph names beside it, and runs nothing but its operators. A
    missing or damaged file is an InputError.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Every batch has a shape of its own: a plan of its memory is never used again.
    options.enable_mem_pattern = False
    # A waiting thread sleeps; spinning takes the core from a process beside it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return Session(onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"]))
    except Exception as error:  # noqa: BLE001  # ONNX Runtime raises classes that it does not name
        raise InputError(
            f"{graph} cannot be read as an ONNX graph ({type(error).__name__}). Copy or make the model again."
        ) from None
