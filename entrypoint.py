"""Runs the action: in its container, and from a clone without installing anything.

The image is laid out like a clone, with the libraries beside the package in `src`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

from dictionary_deploy.__main__ import main

if __name__ == "__main__":
    main()
