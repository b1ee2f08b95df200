"""What needs torch when reading: a GPU or bf16, and turning a pickle into safetensors.

Run as a program it does the latter, in a process of its own: `python -m nlp.torchside PICKLE SAFETENSORS`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nlp.huggingface import NEEDS_TORCH, Checkpoint
from sangtin.errors import MissingError

if TYPE_CHECKING:
    from nlp.backend import Lengths, Logits
    from nlp.batching import Ints


@dataclass(frozen=True, slots=True)
class TorchBackend:
    """transformers' own model, on the processor or a GPU."""

    model: Any
    device: str

    @classmethod
    def load(cls, checkpoint: Checkpoint, how: str, threads: int) -> TorchBackend:
        """`how` is fp32, bf16 or gpu (bf16 there). MissingError where the machine has no such thing."""
        import torch
        from transformers import RobertaConfig, RobertaForSequenceClassification

        if how == "gpu" and not torch.cuda.is_available():
            raise MissingError(
                "This machine has no GPU that torch can use. Choose another back end, or auto."
            )
        torch.set_num_threads(threads)
        config = RobertaConfig(**checkpoint.config.model_dump(exclude={"id2label", "model_type"}))
        config.num_labels = len(checkpoint.config.classes)
        config._attn_implementation = "sdpa"
        model = RobertaForSequenceClassification(config)
        weights = {
            name if name.startswith("classifier") else f"roberta.{name}": torch.from_numpy(table)
            for name, table in checkpoint.weights().items()
        }
        model.load_state_dict(weights, strict=False)
        device = "cuda" if how == "gpu" else "cpu"
        model.to(device, torch.float32 if how == "fp32" else torch.bfloat16).eval()
        return cls(model, device)

    def logits(self, ids: Ints, lengths: Lengths) -> Logits:
        """Shape (texts, classes)."""
        import torch

        table = torch.from_numpy(ids).to(self.device)
        seen = torch.arange(ids.shape[1])[None] < torch.from_numpy(lengths)[:, None]
        with torch.inference_mode():
            said = self.model(input_ids=table, attention_mask=seen.to(self.device).long()).logits
        found: Logits = said.float().cpu().numpy().astype(np.float64)
        return found


def has_bf16() -> bool:
    """Whether this processor multiplies bf16 itself (AVX-512 BF16 or AMX; on ARM its like)."""
    import torch

    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def has_gpu() -> bool:
    """Whether torch can use a GPU here."""
    import torch

    return bool(torch.cuda.is_available())


def main(arguments: list[str]) -> int:
    """Tensors of a pickle → safetensors; nothing but tensors is ever built (torch's weights_only)."""
    pickle, target = arguments
    try:
        import torch
    except ImportError:
        return NEEDS_TORCH
    from safetensors.torch import save_file

    held = torch.load(pickle, map_location="cpu", weights_only=True)
    tensors = {name: one.clone().contiguous() for name, one in held.items() if isinstance(one, torch.Tensor)}
    save_file(tensors, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
