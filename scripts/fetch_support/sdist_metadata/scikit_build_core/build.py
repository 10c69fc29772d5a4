"""The metadata half of a PEP 517 build back end: what pip calls is a function of the module."""

from setuptools.build_meta import __legacy__

prepare_metadata_for_build_wheel = __legacy__.prepare_metadata_for_build_wheel
