"""What an encoder in torch and the graph that is written from it agree on."""

NORM = 1e-5  # keeps a norm from dividing by nothing (RoBERTa's config)
HEAD = 64  # dimensions of a head (Vaswani et al. 2017)


def head_size(hidden: int) -> int:
    """Dimensions of a head of an encoder: HEAD, or all of a smaller one."""
    return min(HEAD, hidden)
