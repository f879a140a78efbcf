"""Run folders: what a training leaves behind, how it is read back, and how it goes on.

    RUN/
      run.json              the network's description, the plan, the data: all it takes to repeat it
      checkpoints/          the last places on the way, each with its weights
      weights.safetensors   W1, W2, …, b1, b2, …, once the training is finished
      history.csv           one row per epoch, in Keras's words
      *.png                 pictures

history.csv grows by a line an epoch; a checkpoint says how much of it is behind it, and half a line
counts for nothing. Every other file is written beside itself and then moved into place, so that a
reader, or a crash, sees the old file or the new one and never half of it. One process at a time
writes a run.
"""

from spusk.io.files import write
from spusk.runs.checkpoint import (
    Checkpoint,
    OlderCheckpointWarning,
    load_checkpoint,
    newest,
    save_checkpoint,
)
from spusk.runs.folder import Run, fingerprint, load, save
from spusk.runs.history import COLUMNS, HistoryMark, HistoryWarning, table
from spusk.runs.rate_history import Since
from spusk.runs.training import Resumed, open_new, open_resumed, resume
from spusk.runs.weights import load_weights, save_weights
from spusk.runs.writer import Every, RunWriter

__all__ = [
    "COLUMNS",
    "Checkpoint",
    "Every",
    "HistoryMark",
    "HistoryWarning",
    "OlderCheckpointWarning",
    "Resumed",
    "Run",
    "RunWriter",
    "Since",
    "fingerprint",
    "load",
    "load_checkpoint",
    "load_weights",
    "newest",
    "open_new",
    "open_resumed",
    "resume",
    "save",
    "save_checkpoint",
    "save_weights",
    "table",
    "write",
]
