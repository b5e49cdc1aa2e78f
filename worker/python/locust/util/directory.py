from __future__ import annotations

import os


def get_abspaths_in(path: str, extension: str | None = None) -> list[str]:
    """All files below a folder, but those whose names begin with an underscore."""
    return [os.path.abspath(os.path.join(folder, name))
            for folder, _, names in os.walk(path) for name in names
            if not name.startswith("_") and (extension is None or name.endswith(extension))]
