"""The metadata half of a PEP 517 build back end; it cannot build anything."""

import email
from pathlib import Path


class _MetadataOnly:
    """What pip calls, with the unpacked source distribution as the working directory."""

    def prepare_metadata_for_build_wheel(self, metadata_directory, config_settings=None):
        text = Path("PKG-INFO").read_text(encoding="utf-8")
        package = email.message_from_string(text)
        folder = Path(metadata_directory) / f"{package['Name']}-{package['Version']}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(text, encoding="utf-8")
        (folder / "WHEEL").write_text(
            "Wheel-Version: 1.0\nGenerator: lorad-fetch\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        return folder.name


# A package without pyproject.toml is built through `setuptools.build_meta:__legacy__`.
__legacy__ = _MetadataOnly()
