"""Stands in for scikit-build-core as `../setuptools` does for setuptools; see there."""
