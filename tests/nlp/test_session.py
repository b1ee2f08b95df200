"""An ONNX graph runs from a file; a damaged one is refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlp.session import open_session
from sangtin.errors import InputError


def product(file: Path, table: np.ndarray) -> Path:
    """A graph that multiplies rows by `table`."""
    from onnx import TensorProto, helper, numpy_helper, save

    graph = helper.make_graph(
        [helper.make_node("MatMul", ["rows", "table"], ["found"])],
        "product",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["many", table.shape[0]])],
        [helper.make_tensor_value_info("found", TensorProto.FLOAT, ["many", table.shape[1]])],
        [numpy_helper.from_array(table, "table")],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), str(file))
    return file


def test_a_graph_runs_with_any_number_of_rows(tmp_path: Path) -> None:
    table = np.arange(6, dtype=np.float32).reshape(2, 3)
    session = open_session(product(tmp_path / "product.onnx", table), threads=1)
    assert session.inputs == {"rows": ("many", 2)}
    assert session.outputs == ("found",)
    for many in (1, 5):
        rows = np.ones((many, 2), np.float32)
        assert np.array_equal(session.run({"rows": rows})[0], rows @ table)


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "text"])
def test_a_damaged_graph_is_refused_in_words(tmp_path: Path, damage: str) -> None:
    file = product(tmp_path / "product.onnx", np.ones((64, 64), np.float32))
    whole = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "text": b"no graph at all"}[damage])
    with pytest.raises(InputError, match=r"product\.onnx cannot be read as an ONNX graph"):
        open_session(file)
