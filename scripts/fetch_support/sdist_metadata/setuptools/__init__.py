"""Stands in for setuptools while `scripts/fetch` downloads a source distribution.

pip asks a package's build back end for its name and version before it hands over the archive, which
normally runs the package's own setup.py and needs setuptools and wheel installed. `build_meta` answers
from the PKG-INFO file instead, so a download runs no code of the package and needs pip alone.
"""
