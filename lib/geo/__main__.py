"""`python -m lib.geo`: builds the boundary file the product brings along."""

from lib import geo

print(f"Berkas batas wilayah: {geo.build().relative_to(geo.ROOT)}")
